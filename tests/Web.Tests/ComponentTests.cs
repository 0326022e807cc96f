using System.Globalization;
using Bunit;
using CsCheck;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;
using Ticketing.Web.Hosting;
using Ticketing.Web.Language;
using Ticketing.Web.Layout;
using Ticketing.Web.Organizer;
using ZXing;
using ZXing.Common;

namespace Ticketing.Web.Tests;

/// <summary>Pieces of pages that need no browser: what they show of what they are given.</summary>
public sealed class ComponentTests : BunitContext
{
    /// <summary>A Saturday, half past eleven at night in São Paulo: Sunday in UTC.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 2, 30, 0, TimeSpan.Zero);

    private const string SaoPaulo = "America/Sao_Paulo";

    public ComponentTests()
    {
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        Services.AddHttpContextAccessor();
        Services.AddSingleton<Sidecar>();
        Services.AddScoped<TicketingApi>();
        Services.AddSingleton<Assets>();
        Services.AddSingleton<TimeProvider>(new StillClock());
        Read("pt-BR");
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static void Read(string language) =>
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);

    private static string Words(IRenderedComponent<IComponent> shown) =>
        string.Join(' ', shown.Nodes.Select(n => n.TextContent)).Replace('\u00a0', ' ');

    /// <summary>The framework fails at what it cannot read as another type: 500 for a link that was cut.</summary>
    [Fact]
    public void Pages_take_text_alone_from_their_query()
    {
        var bound = typeof(WebOptions)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetProperties())
            .Where(p => p.IsDefined(typeof(SupplyParameterFromQueryAttribute), inherit: true))
            .ToList();

        Assert.NotEmpty(bound);
        Assert.All(bound, p => Assert.Equal(typeof(string), p.PropertyType));
    }

    [Theory]
    [InlineData("pt-BR", "até 20h00")]
    [InlineData("en", "until 8:00 PM")]
    public void A_countdown_says_until_when_by_the_venues_clock_and_counts_by_the_servers(string language, string words)
    {
        Read(language);
        var until = new DateTimeOffset(2026, 11, 29, 23, 0, 0, TimeSpan.Zero);

        var shown = Render<Countdown>(p =>
            p.Add(c => c.Until, until).Add(c => c.Zone, SaoPaulo).Add(c => c.To, "/fim")
        );

        var time = shown.Find("time");
        Assert.Equal(words, time.TextContent);
        Assert.Equal("2026-11-29T23:00:00Z", time.GetAttribute("data-countdown"));
        Assert.Equal($"{Now.ToUnixTimeMilliseconds()}", time.GetAttribute("data-now"));
        Assert.Equal(("/fim", null), (time.GetAttribute("data-next"), time.GetAttribute("data-reload")));
    }

    [Theory]
    [InlineData(569, "9 min")]
    [InlineData(15, "15 s")]
    public void Where_nobody_knows_the_place_a_countdown_says_how_long(int seconds, string words) =>
        Assert.Equal(
            words,
            Render<Countdown>(p => p.Add(c => c.Until, Now.AddSeconds(seconds))).Find("time").TextContent
        );

    [Fact]
    public void A_teams_events_are_told_by_the_clock_of_where_they_are()
    {
        var first = new DateTimeOffset(2030, 5, 5, 0, 0, 0, TimeSpan.Zero);
        var item = new OwnEvent(Guid.Empty, "boi", "Boi", "published", "Bumbódromo", first, first, "America/Manaus");

        var shown = Render<EventRows>(p => p.Add(c => c.Room, "/organizar/x").Add(c => c.Events, [item]));

        Assert.Contains("20h00", Words(shown));
    }

    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData("   \n\n \n", 0, 0)]
    [InlineData("Um\nverso\n\nOutro", 2, 0)]
    [InlineData("Traga:\n\n- água\n* boné\n\nAté lá", 2, 2)]
    [InlineData("- um\nnão é lista", 1, 0)]
    public void An_organizers_words_are_paragraphs_and_lists(string? text, int paragraphs, int items)
    {
        var shown = Render<Prose>(p => p.Add(c => c.Text, text));

        Assert.Equal((paragraphs, items), (shown.FindAll("p").Count, shown.FindAll("li").Count));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("- <img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("\"><svg/onload=alert(1)>")]
    [InlineData("&lt;b&gt;")]
    public void Whatever_they_write_is_text(string text)
    {
        var shown = Render<Prose>(p => p.Add(c => c.Text, text));

        Assert.Empty(shown.FindAll("script, img, svg, a, b"));
        Assert.Contains(text.TrimStart('-', ' '), Words(shown), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "BRL", "Grátis", false)]
    [InlineData(18_000, "BRL", "R$ 180,00", true)]
    [InlineData(500, "JPY", "JPY 500", true)]
    public void A_card_says_when_where_and_from_how_much(long amount, string currency, string price, bool from)
    {
        var summary = new EventSummary(
            Guid.CreateVersion7(),
            "noite-de-choro",
            "Choro & <b>Canções</b>",
            "music",
            "https://tickets.example/api/v1/events/1/picture?v=1",
            new(Guid.CreateVersion7(), "Casa"),
            new(Guid.CreateVersion7(), "Arena", "Rua 1", "São Paulo", "SP", SaoPaulo),
            Now,
            new(amount, currency)
        );

        var shown = Render<EventCard>(p => p.Add(c => c.Event, summary));

        Assert.Equal("Choro & <b>Canções</b>", shown.Find("h3 a").TextContent);
        Assert.Equal("/eventos/noite-de-choro", shown.Find("h3 a").GetAttribute("href"));
        Assert.Contains("28 nov", shown.Find("time").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(price, shown.Find("strong").TextContent.Replace('\u00a0', ' '));
        Assert.Equal(from, Words(shown).Contains("a partir de", StringComparison.Ordinal));
        Assert.Equal(summary.ImageUrl, shown.Find("img").GetAttribute("src"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400005303986540510.005802BR6304ABCD"
    )]
    [InlineData("Ingresso 🎫 São João")]
    public void A_qr_code_says_what_it_was_given(string text)
    {
        var shown = Render<QrImage>(p => p.Add(c => c.Text, text).Add(c => c.Label, "Código"));

        Assert.Equal("Código", shown.Find("svg").GetAttribute("aria-label"));
        Assert.Equal(text, Scan(shown.Find("svg").GetAttribute("viewBox")!, shown.Find("path").GetAttribute("d")!));
    }

    private static string? Scan(string viewBox, string path)
    {
        const int pixels = 8;
        var side = int.Parse(viewBox.Split(' ')[^1], CultureInfo.InvariantCulture) * pixels;
        using var bitmap = new SKBitmap(side, side, SKColorType.Gray8, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        canvas.Scale(pixels);
        using var dark = new SKPaint { Color = SKColors.Black };
        using var modules = SKPath.ParseSvgPathData(path);
        canvas.DrawPath(modules, dark);
        return new MultiFormatReader()
            .decode(
                new BinaryBitmap(
                    new GlobalHistogramBinarizer(
                        new RGBLuminanceSource(bitmap.Bytes, side, side, RGBLuminanceSource.BitmapFormat.Gray8)
                    )
                ),
                new Dictionary<DecodeHintType, object> { [DecodeHintType.CHARACTER_SET] = "UTF-8" }
            )
            ?.Text;
    }

    private static SalesDay Sold(int daysAgo, long gross, int tickets = 1, string currency = "BRL", long back = 0) =>
        new(
            // The venue's today is still the 28th.
            new DateOnly(2026, 11, 28).AddDays(-daysAgo),
            1,
            tickets,
            new(gross, currency),
            back > 0 ? 1 : 0,
            new(back, currency)
        );

    private IRenderedComponent<SalesFigures> Figures(params SalesDay[] days) =>
        Render<SalesFigures>(p => p.Add(c => c.Days, days).Add(c => c.Span, 30).Add(c => c.Zone, SaoPaulo));

    [Fact]
    public void Figures_are_of_the_venues_days_and_of_one_currency()
    {
        var shown = Figures(
            Sold(0, 10_000, tickets: 2, back: 2_500),
            Sold(6, 5_000),
            Sold(7, 1_000),
            Sold(29, 100),
            Sold(30, 999_000),
            Sold(1, 400, currency: "EUR")
        );

        var tiles = shown.FindAll(".tile").Select(t => t.TextContent.Replace('\u00a0', ' ')).ToList();
        Assert.Contains("R$ 100,00", tiles[0], StringComparison.Ordinal);
        Assert.Contains("2 ingressos em 1 pedido · devolvido R$ 25,00", tiles[0], StringComparison.Ordinal);
        Assert.Contains("R$ 150,00", tiles[1], StringComparison.Ordinal);
        Assert.Contains("R$ 161,00", tiles[2], StringComparison.Ordinal);
        Assert.Equal(4, shown.FindAll("tbody tr").Count);
        // A column each; today's is the last and the highest, the least is seen all the same.
        var columns = shown.Find("figure path").GetAttribute("d")!.Split('M', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["291 100v-100h8v100z", "1 100v-2h8v2z"], [columns[0], columns[^1]]);
        Assert.Contains(
            "28 nov",
            shown.Find("figure svg").GetAttribute("aria-label"),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public void Without_a_sale_there_are_zeros_and_no_table()
    {
        var shown = Figures();

        Assert.All(shown.FindAll(".big-figure"), f => Assert.Equal("R$ 0,00", f.TextContent.Replace('\u00a0', ' ')));
        Assert.Empty(shown.FindAll("table"));
        Assert.Contains("Nenhuma venda", shown.Find("figure svg").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "BRL", "pt-BR", "")]
    [InlineData(1_000, "BRL", "pt-BR", "inclui R$ 10,00 de taxa de serviço")]
    [InlineData(150, "KWD", "en", "includes a service fee of KWD 0.150")]
    public void A_fee_is_said_where_there_is_one(long amount, string currency, string language, string words)
    {
        Read(language);

        var shown = Render<FeeNote>(p => p.Add(c => c.Fee, new Money(amount, currency)));

        Assert.Equal(words, Words(shown).Trim());
    }

    [Theory]
    [InlineData("created", "pt-BR", "A caminho", "warm", 2)]
    [InlineData("paid", "pt-BR", "Pago", "good", 3)]
    [InlineData("failed", "en", "Failed", "bad", 4)]
    public void A_payout_says_when_where_to_and_why_it_failed(
        string status,
        string language,
        string name,
        string tag,
        int facts
    )
    {
        Read(language);
        var payout = new Payout(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            new(10_000, "BRL"),
            status,
            "<b>…4321</b>",
            Now,
            status == "created" ? null : Now.AddDays(1),
            status == "failed" ? "<img src=x onerror=alert(1)>" : null,
            []
        );

        var shown = Render<PayoutFacts>(p => p.Add(c => c.Payout, payout));

        Assert.Equal((name, tag), (PayoutStates.NameOf(status), PayoutStates.TagOf(status)));
        Assert.Equal(facts, shown.FindAll("dd").Count);
        Assert.Equal("2026-11-29T02:30:00Z", shown.Find("time").GetAttribute("datetime"));
        Assert.Contains("<b>…4321</b>", Words(shown), StringComparison.Ordinal);
        Assert.Empty(shown.FindAll("b, img"));
    }

    [Theory]
    [InlineData(0, "BRL", "pt-BR", "R$ 0,00")]
    [InlineData(-123_456, "BRL", "pt-BR", "−R$ 1.234,56")]
    [InlineData(-123_456, "BRL", "en", "−R$1,234.56")]
    [InlineData(-500, "JPY", "en", "−JPY 500")]
    public void What_is_less_than_nothing_has_its_minus_in_front(
        long amount,
        string currency,
        string language,
        string text
    )
    {
        Read(language);

        Assert.Equal(text, PageFormats.Signed(new(amount, currency)).Replace('\u00a0', ' '));
    }

    [Fact]
    public void A_problem_is_told_at_once_and_nothing_is_told_without_one()
    {
        Assert.Empty(Render<Alert>().Nodes);

        var shown = Render<Alert>(p => p.Add(c => c.Text, "<i>Não</i>"));

        Assert.Equal("<i>Não</i>", shown.Find("[role=alert]").TextContent);
    }

    /// <summary>WCAG 2.2, 1.4.3; on every ground that <c>site.css</c> puts such letters on.</summary>
    [Fact]
    public void Whatever_colour_an_event_has_is_read_by_day_and_by_night() =>
        Gen
            .Byte.Select(Gen.Byte, Gen.Byte)
            .Select((red, green, blue) => new AccentColor(red, green, blue))
            .Sample(color =>
            {
                foreach (
                    var (tones, grounds) in new[]
                    {
                        (AccentSheet.Light(color), new[] { "#FAF9FC", "#FFFFFF" }),
                        (AccentSheet.Dark(color), ["#12101B", "#1C1928"]),
                    }
                )
                {
                    foreach (var ground in grounds.Select(g => AccentColor.Parse(g)!.Value).Append(tones.Wash))
                    {
                        Assert.InRange(tones.Accent.ContrastWith(ground), 4.5, 21);
                        Assert.InRange(tones.Strong.ContrastWith(ground), 4.5, 21);
                    }
                    Assert.InRange(tones.OnAccent.ContrastWith(tones.Accent), 4.5, 21);
                    Assert.InRange(tones.OnAccent.ContrastWith(tones.Strong), 4.5, 21);
                }
            });
}
