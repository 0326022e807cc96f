using System.Text;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.Catalog;
using Ticketing.Tickets.Documents;
using Ticketing.Tickets.IssuedTickets;
using UglyToad.PdfPig;

namespace Ticketing.Tickets.Tests.Documents;

public sealed class TicketPageTests
{
    private static Ticket Make(
        string title = "Noite de Choro & Canções",
        string holder = "Conceição Müller d’Ávila",
        TicketKind kind = TicketKind.Half,
        string? seat = "Plateia A-12",
        string venue = "Teatro São Pedro"
    )
    {
        var e = new Event
        {
            Id = Guid.CreateVersion7(),
            OrganizerId = Guid.CreateVersion7(),
            OrganizerName = "Produções Aurora Ltda.",
            Title = title,
            VenueName = venue,
            VenueAddress = "Rua Barra Funda, 171 – Barra Funda",
            VenueCity = "São Paulo",
            VenueState = "SP",
            TimeZone = "America/Sao_Paulo",
        };
        var session = new Session
        {
            Id = Guid.CreateVersion7(),
            EventId = e.Id,
            Event = e,
            // Saturday evening in São Paulo is Sunday already in UTC.
            StartsAt = new(2026, 3, 15, 0, 30, 0, TimeSpan.Zero),
            DoorsAt = new(2026, 3, 14, 22, 0, 0, TimeSpan.Zero),
        };
        return new()
        {
            Id = Guid.CreateVersion7(),
            Number = "K7M4QX2P",
            OrderId = Guid.CreateVersion7(),
            SessionId = session.Id,
            Session = session,
            PoolId = Guid.CreateVersion7(),
            TypeName = "Plateia – 1º lote",
            Kind = kind,
            Seat = seat,
            BuyerId = Guid.Empty,
            OwnerId = Guid.CreateVersion7(),
            HolderName = holder,
        };
    }

    private static string CodeOf(int seed) =>
        System.Buffers.Text.Base64Url.EncodeToString(
            Enumerable.Range(0, 105).Select(i => (byte)(i * 37 + seed)).ToArray()
        );

    private static string TextOf(PdfDocument pdf) => string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text));

    [Fact]
    public void The_page_says_what_holder_and_door_need()
    {
        var bytes = TicketPage.Render(Make(), CodeOf(1));
        if (Environment.GetEnvironmentVariable("KEEP_PDF") is { } keep)
            File.WriteAllBytes(keep, bytes);
        using var pdf = PdfDocument.Open(bytes);
        Assert.Equal(1, pdf.NumberOfPages);
        Assert.Equal(UglyToad.PdfPig.Content.PageSize.A4, pdf.GetPage(1).Size);
        var text = TextOf(pdf);
        foreach (
            var expected in (string[])
                [
                    "Noite de Choro & Canções",
                    "sábado, 14 de março de 2026",
                    "21h30",
                    "portas às 19h",
                    "Teatro São Pedro",
                    "São Paulo – SP",
                    "Plateia – 1º lote",
                    "Meia-entrada",
                    "Plateia A-12",
                    "Conceição Müller d’Ávila",
                    "K7M4 QX2P",
                    "Lei nº 12.933/2013",
                    "Produções Aurora Ltda.",
                ]
        )
            Assert.Contains(expected, text);
        Assert.Equal("Ingresso K7M4QX2P – Noite de Choro & Canções", pdf.Information.Title);
        Assert.Contains("/Lang", Encoding.Latin1.GetString(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_qr_code_reads_back(int seed)
    {
        using var pdf = PdfDocument.Open(TicketPage.Render(Make(), CodeOf(seed)));
        Assert.Equal(CodeOf(seed), pdf.ReadQr());
    }

    [Theory]
    [InlineData(
        "O Auto da Compadecida – temporada comemorativa de setenta anos, com orquestra ao vivo e tradução em Libras, no palco principal do festival de inverno"
    )]
    [InlineData("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft")]
    [InlineData("A")]
    [InlineData("Ünïcödé ‽ 東京 🎭 مرحبا")]
    [InlineData("No \uFFFE \uFFFF \uFDD0 characters")]
    public void Long_and_strange_words_stay_on_the_page(string title)
    {
        var bytes = TicketPage.Render(
            Make(title, string.Join(' ', Enumerable.Repeat(title, 3)), TicketKind.Full, null, title),
            CodeOf(5)
        );
        if (Environment.GetEnvironmentVariable("KEEP_PDF") is { } keep)
            File.WriteAllBytes(keep + title.Length, bytes);
        using var pdf = PdfDocument.Open(bytes);
        var page = pdf.GetPage(1);
        Assert.All(
            page.Letters,
            l =>
            {
                Assert.InRange(l.BoundingBox.Right, 0, page.Width);
                Assert.InRange(l.BoundingBox.Bottom, 0, page.Height);
            }
        );
        Assert.Equal(CodeOf(5), pdf.ReadQr());
        // Nothing is written over the QR or the terms.
        var qr = pdf.Qr().GetBoundingRectangle()!.Value;
        Assert.DoesNotContain(page.Letters, l => l.StartBaseLine.Y > qr.Bottom && l.StartBaseLine.Y < qr.Top);
        Assert.True(qr.Bottom > 60);
    }

    /// <summary>Every character is on the page once, as a glyph of some face.</summary>
    [Theory]
    [InlineData("東京フェスティバル 上海音乐会", "李小龍")]
    [InlineData("서울 콘서트", "김민수")]
    [InlineData("مهرجان القاهرة الدولي للموسيقى", "محمد عبد الله")]
    [InlineData("פסטיבל תל אביב", "דוד בן־גוריון")]
    [InlineData("เทศกาลดนตรีกรุงเทพ ครั้งที่ ๑", "สมชาย ใจดี")]
    [InlineData("संगीत महोत्सव दिल्ली", "नरेन्द्र शर्मा")]
    [InlineData("বাংলা தமிழ் ગુજરાતી తెలుగు", "ქართული Հայերեն")]
    [InlineData("Rock 🎸 na praça ♥ ★", "Ọláṣeun Nǐ x̂")]
    [InlineData("Đêm nhạc Trịnh Công Sơn", "Ðặng Thị Hồng")]
    [InlineData("Żółć Čeština ǅ Ελληνικά Кириллица", "Łukasz Şahin")]
    public void Names_of_all_scripts_are_printed(string title, string holder)
    {
        var without = Characters(TicketPage.Render(Make("", ""), CodeOf(1)));
        var shown = Characters(TicketPage.Render(Make(title, holder), CodeOf(1)));
        foreach (var character in without)
            Assert.True(shown.Remove(character));
        Assert.Equal(
            (title + holder).Normalize().EnumerateRunes().Where(r => !Rune.IsWhiteSpace(r)).Order(),
            shown.Order()
        );

        static List<Rune> Characters(byte[] bytes)
        {
            using var pdf = PdfDocument.Open(bytes);
            return
            [
                .. pdf.GetPage(1)
                    .Letters.SelectMany(l => l.Value.EnumerateRunes())
                    .Where(r => !Rune.IsWhiteSpace(r) && r.Value != 0x200B),
            ];
        }
    }

    [Theory]
    [InlineData("Jean\u2011Luc", "Jean-Luc")]
    [InlineData("zero\u200Bwidth\uFEFF", "zerowidth")]
    [InlineData("soft\u00ADhyphen\u2060", "softhyphen")]
    [InlineData("heart\uFE0F", "heart")]
    [InlineData("A\u0301vila", "Ávila")]
    public void What_is_never_seen_leaves_no_mark(string name, string shown)
    {
        using var pdf = PdfDocument.Open(TicketPage.Render(Make(holder: name), CodeOf(1)));
        Assert.Contains(shown, TextOf(pdf).Split(' '));
    }

    /// <summary>What is read from right to left stands so, and what is in it from left to right does, too.</summary>
    [Fact]
    public void Directions_are_kept()
    {
        using var pdf = PdfDocument.Open(TicketPage.Render(Make("פסטיבל Rock 2026 (תל)"), CodeOf(1)));
        var title = pdf.GetPage(1).Letters.Where(l => l.PointSize > 20).OrderBy(l => l.StartBaseLine.X);
        Assert.Equal(
            "(לת) Rock 2026 לביטספ".Replace(" ", "", StringComparison.Ordinal),
            string.Concat(title.Select(l => l.Value)).Replace(" ", "", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Pages_are_drawn_in_parallel()
    {
        var pages = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(i => Task.Run(() => TicketPage.Render(Make(), CodeOf(i))))
        );
        for (var i = 0; i < pages.Length; i++)
        {
            using var pdf = PdfDocument.Open(pages[i]);
            Assert.Equal(CodeOf(i), pdf.ReadQr());
        }
    }
}
