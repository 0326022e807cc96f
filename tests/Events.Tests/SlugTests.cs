using System.Text.RegularExpressions;
using CsCheck;

namespace Ticketing.Events.Tests;

public sealed partial class SlugTests(EventsApp app)
{
    [Theory]
    [InlineData("Canção do Sertão — Ao Vivo!", "cancao-do-sertao-ao-vivo")]
    [InlineData("  Pão & Circo, 2ª edição  ", "pao-circo-2a-edicao")]
    [InlineData("ÀÉÎÕÜÇ", "aeiouc")]
    [InlineData("Łódź Ørsted Straße", "lodz-orsted-strasse")]
    [InlineData("Đặng Þór Æsir Œuvre Ħal Ŋ ı", "dang-thor-aesir-oeuvre-hal-ng-i")]
    [InlineData("Москва и Αθήνα", "moskva-i-athina")]
    [InlineData("日本", "riben")]
    [InlineData("D'Água Rock’n’Roll", "d-agua-rock-n-roll")]
    [InlineData("***", "evento")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", "evento-01890a5d-ac96-774b-bcce-b302099a8057")]
    public void A_slug_is_the_title_in_plain_letters(string title, string slug) => Assert.Equal(slug, Slug.Of(title));

    [Fact]
    public void A_slug_of_any_title_is_an_address()
    {
        var accented = Gen.Char["aeiouçãõáéíóúâêôàü ÁÉÍÕÇ-_!0123456789"];
        var titles = Gen.OneOf(Gen.String[0, 200], Gen.String[accented, 0, 200]);
        titles.Sample(title =>
        {
            // A title that is not text does not get this far.
            if (title.Any(char.IsSurrogate))
                return;
            var slug = Slug.Of(title);
            Assert.Matches(Address(), slug);
            Assert.True(slug.Length <= Slug.MaxLength && Slug.IsSlug(slug), slug);
            Assert.True(Slug.IsSlug(Slug.Unique(slug)), slug);
            Assert.False(Guid.TryParse(slug, out _));
            Assert.Equal(slug, Slug.Of(slug));
            Assert.Equal(slug, Slug.Of(title.ToUpperInvariant().ToLowerInvariant()));
        });
    }

    [Fact]
    public async Task Events_of_one_title_created_at_once_get_an_address_each()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var title = $"Réveillon {Guid.CreateVersion7():N}";

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ana.Draft(title, venueId)));

        var slugs = new List<string>();
        foreach (var id in ids)
            slugs.Add((string)(await ana.Get($"/api/v1/events/{id}"))["slug"]!);
        Assert.Equal(10, slugs.Distinct().Count());
        Assert.Contains(Slug.Of(title), slugs);
        Assert.All(slugs, s => Assert.StartsWith(Slug.Of(title), s));
    }

    [Fact]
    public async Task An_address_stays_when_the_title_changes()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        var slug = (string)(await ana.Get($"/api/v1/events/{eventId}"))["slug"]!;

        await ana.Patch($"/api/v1/events/{eventId}", new { title = "Outro nome" });

        Assert.Equal("Outro nome", (string)(await app.Anonymous.Get($"/api/v1/events/{slug}"))["title"]!);
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Address();
}
