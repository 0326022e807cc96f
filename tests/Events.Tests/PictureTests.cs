using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using CsCheck;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class PictureTests(EventsApp app)
{
    private const int FrameMarker = 0xC0;

    public static TheoryData<string> Kinds => [nameof(Jpegs.Baseline), nameof(Jpegs.Progressive), nameof(Jpegs.Grey)];

    private static byte[] Of(string kind) =>
        kind switch
        {
            nameof(Jpegs.Progressive) => Jpegs.Progressive,
            nameof(Jpegs.Grey) => Jpegs.Grey,
            _ => Jpegs.Baseline,
        };

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_picture_is_shown_to_everybody_as_it_was_given(string kind)
    {
        var ana = await app.Organizer();
        var (id, _, _) = await ana.Published();
        var put = await PutAsync(ana, id, Of(kind));
        Assert.Equal(200, put.Status);

        var path = PathOf(put);
        var show = await app.Anonymous.Get($"/api/v1/events/{id}");
        Assert.Equal((string)put["imageUrl"]!, (string)show["imageUrl"]!);
        using var answer = await app.Anonymous.Http.GetAsync(path);
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
        Assert.Equal(Of(kind), await answer.Content.ReadAsByteArrayAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var known = await app.Anonymous.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(Of(kind), await app.Peer.GetByteArrayAsync($"/internal/pictures/{id}"));
    }

    [Fact]
    public async Task What_is_no_picture_is_left_out_of_it()
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        var secret = "GPS -23.5 -46.6 Maria <script>"u8.ToArray();
        var photograph = new byte[] { 0xE1, 0xE2, 0xED, 0xE0, 0xFE, 0xEF }.Aggregate(
            Jpegs.Baseline,
            (picture, marker) => Jpegs.With(picture, marker, secret)
        );
        var put = await PutAsync(ana, id, [.. photograph, .. secret]);
        Assert.Equal(200, put.Status);
        Assert.Equal(Jpegs.Baseline, await app.Anonymous.Http.GetByteArrayAsync(PathOf(put)));
    }

    [Fact]
    public async Task How_colours_are_meant_stays()
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        var coloured = Jpegs.With(
            Jpegs.With(Jpegs.Baseline, 0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, 0]),
            0xEE,
            [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1]
        );
        var put = await PutAsync(ana, id, coloured);
        Assert.Equal(coloured, await app.Anonymous.Http.GetByteArrayAsync(PathOf(put)));
    }

    [Fact]
    public async Task A_later_one_takes_its_place_also_where_the_earlier_address_is_known()
    {
        var ana = await app.Organizer();
        var (id, _, _) = await ana.Published();
        var first = await PutAsync(ana, id, Jpegs.Baseline);
        await app.Anonymous.Http.GetByteArrayAsync(PathOf(first));
        var second = await PutAsync(ana, id, Jpegs.Grey, first.ETag);
        Assert.Equal(200, second.Status);
        Assert.NotEqual(PathOf(first), PathOf(second));
        Assert.Equal(Jpegs.Grey, await app.Anonymous.Http.GetByteArrayAsync(PathOf(second)));
        // Asked for without a picture's tag, or with none of this event's.
        foreach (var path in new[] { PathOf(second)[..PathOf(second).IndexOf('?')], $"{PathOf(second)}0" })
        {
            using var current = await app.Anonymous.Http.GetAsync(path);
            Assert.Equal("public, max-age=60", current.Headers.CacheControl!.ToString());
            Assert.Equal(Jpegs.Grey, await current.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task It_is_taken_away_by_itself_or_with_its_event_and_no_other_address_takes_its_place()
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        var path = $"/api/v1/events/{id}/picture";
        await ShowsAsync(null);
        var put = await PutAsync(ana, id, Jpegs.Baseline);
        await ShowsAsync((string)put["imageUrl"]!);
        for (var again = 0; again < 2; again++)
        {
            await ana.Delete(path);
            await app.Anonymous.Get(path, 404);
            await ShowsAsync(null);
        }
        await PutAsync(ana, id, Jpegs.Baseline);
        await ana.Delete($"/api/v1/events/{id}");
        await app.Anonymous.Get(path, 404);

        async Task ShowsAsync(string? address)
        {
            var edited = await ana.Patch($"/api/v1/events/{id}", new { imageUrl = "https://example.com/other.jpg" });
            Assert.Equal(address, edited.Body!["imageUrl"]?.GetValue<string>());
        }
    }

    [Fact]
    public async Task Only_the_team_gives_one_and_only_to_what_is_not_over_nor_changed_meanwhile()
    {
        var ana = await app.Organizer();
        var (id, _, _) = await ana.Published();
        var other = await app.Organizer();
        Assert.Equal(401, (await PutAsync(app.Anonymous, id, Jpegs.Baseline)).Status);
        Assert.Contains((await PutAsync(other, id, Jpegs.Baseline)).Status, new[] { 403, 404 });
        Assert.Equal(404, (await PutAsync(ana, Guid.CreateVersion7(), Jpegs.Baseline)).Status);
        Assert.Equal(412, (await PutAsync(ana, id, Jpegs.Baseline, "\"0\"")).Status);
        await ana.Post($"/api/v1/events/{id}/cancel", new { reason = "Chuva" }, 200);
        var late = await PutAsync(ana, id, Jpegs.Baseline);
        Assert.Equal((409, "event-cancelled"), (late.Status, late.Code));
        await app.Anonymous.Get($"/api/v1/events/{id}/picture", 404);
    }

    public static TheoryData<string, byte[]> Bad =>
        new()
        {
            { "nothing", [] },
            { "a start", [0xFF, 0xD8] },
            { "a start and an end", [0xFF, 0xD8, 0xFF, 0xD9] },
            { "a PNG", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8] },
            { "a GIF", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0] },
            { "an SVG", [.. "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8] },
            { "a page", [.. "<!doctype html><script>alert(1)</script>"u8] },
            { "no end", Jpegs.Baseline[..^2] },
            { "half of it", Jpegs.Baseline[..(Jpegs.Baseline.Length / 2)] },
            { "something before it", [0, .. Jpegs.Baseline] },
            { "two frames", Twice() },
            { "no frame", Without(FrameMarker) },
            { "no scan", Without(0xDA) },
            { "twelve bits", Framed(0, 12) },
            { "four channels", Framed(5, 4) },
            { "no height", Framed(2, 0) },
            { "too wide", Framed(3, 0x40) },
            { "arithmetic codes", Jpegs.With(Jpegs.Baseline, 0xC9, [8, 0, 40, 0, 64, 3]) },
            { "a length of its own", [0xFF, 0xD8, 0xFF, 0xDB, 0, 1, .. Jpegs.Baseline[2..]] },
        };

    [Theory, MemberData(nameof(Bad))]
    public async Task What_cannot_be_shown_is_refused(string what, byte[] body)
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        var refused = await PutAsync(ana, id, body);
        Assert.True((refused.Status, refused.Code) == (422, "invalid"), $"{what}: {refused.Text}");
        await app.Anonymous.Get($"/api/v1/events/{id}/picture", 404);
    }

    [Fact]
    public async Task What_is_too_large_or_says_that_it_is_something_else_is_refused()
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        var large = await PutAsync(ana, id, [.. Jpegs.Baseline, .. new byte[1024 * 1024]]);
        Assert.Equal((413, "too-large"), (large.Status, large.Code));
        foreach (var type in new[] { "image/png", "application/json", "multipart/form-data", "text/html" })
            Assert.Equal(415, (await PutAsync(ana, id, Jpegs.Baseline, type: type)).Status);
    }

    /// <summary>Whatever is sent, it is refused, or what is shown of it is a picture that is accepted again as it is.</summary>
    [Fact]
    public async Task Whatever_is_sent_is_answered()
    {
        var ana = await app.Organizer();
        var id = await ana.Draft();
        await Gen.Select(
                Gen.OneOf(Gen.Const(Jpegs.Baseline), Gen.Const(Jpegs.Progressive), Gen.Const(Jpegs.Grey)),
                Gen.Int[0, 625],
                Gen.Byte,
                Gen.Int[0, 625]
            )
            .SampleAsync(
                async (picture, at, value, cut) =>
                {
                    var sent = picture.ToArray();
                    sent[at % sent.Length] = value;
                    var put = await PutAsync(ana, id, cut % 5 == 0 ? sent[..(cut % sent.Length)] : sent);
                    Assert.Contains(put.Status, new[] { 200, 422 });
                    if (put.Status != 200)
                        return;
                    var shown = await app.Anonymous.Http.GetByteArrayAsync(PathOf(put));
                    var again = await PutAsync(ana, id, shown);
                    Assert.Equal(PathOf(put), PathOf(again));
                },
                iter: 100,
                threads: 1
            );
    }

    private static string PathOf(Answer put) => new Uri((string)put["imageUrl"]!).PathAndQuery;

    private static async Task<Answer> PutAsync(
        Person who,
        Guid eventId,
        byte[] body,
        string? ifMatch = null,
        string type = "image/jpeg"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/events/{eventId}/picture");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await who.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(
            (int)response.StatusCode,
            text.Length == 0 ? null : JsonNode.Parse(text),
            response.Headers.TryGetValues("ETag", out var etag) ? etag.Single() : null,
            null,
            null,
            text
        );
    }

    /// <summary>Where a segment begins and ends.</summary>
    private static (int From, int To) Find(int marker)
    {
        var picture = Jpegs.Baseline;
        for (var at = 2; ; )
        {
            var to = at + 2 + (picture[at + 2] << 8) + picture[at + 3];
            if (picture[at + 1] == marker)
                return (at, to);
            at = to;
        }
    }

    private static byte[] Without(int marker)
    {
        var (from, to) = Find(marker);
        return [.. Jpegs.Baseline[..from], .. Jpegs.Baseline[to..]];
    }

    private static byte[] Twice()
    {
        var (from, to) = Find(FrameMarker);
        return [.. Jpegs.Baseline[..to], .. Jpegs.Baseline[from..]];
    }

    /// <summary>With another byte in its frame.</summary>
    private static byte[] Framed(int at, byte value)
    {
        var picture = Jpegs.Baseline.ToArray();
        var (from, _) = Find(FrameMarker);
        picture[from + 4 + at] = value;
        if (value == 0)
            picture[from + 4 + at - 1] = 0;
        return picture;
    }
}
