using System.Text;
using Ticketing.Contracts;
using Ticketing.Pdf;
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
        string? seat = "Plateia · A · 12",
        string venue = "Teatro São Pedro",
        string locale = Locales.Portuguese,
        DateTimeOffset? startsAt = null,
        Money? price = null,
        string? accent = null
    )
    {
        // Saturday evening in São Paulo is Sunday already in UTC.
        var starts = startsAt ?? new(2026, 3, 15, 0, 30, 0, TimeSpan.Zero);
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
            ContactEmail = "ola@aurora.example",
            AccentColor = accent,
        };
        var session = new Session
        {
            Id = Guid.CreateVersion7(),
            EventId = e.Id,
            Event = e,
            StartsAt = starts,
            DoorsAt = starts.AddMinutes(-150),
            EndsAt = starts.AddHours(2),
        };
        var owner = Guid.CreateVersion7();
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
            BuyerId = owner,
            OwnerId = owner,
            HolderName = holder,
            PriceAmount = (price ?? new(6_000, "BRL")).Amount,
            PriceCurrency = (price ?? new(6_000, "BRL")).Currency,
            OrderNumber = "7GK2M9QX",
            Locale = locale,
        };
    }

    private static string CodeOf(int seed) =>
        System.Buffers.Text.Base64Url.EncodeToString(
            Enumerable.Range(0, 105).Select(i => (byte)(i * 37 + seed)).ToArray()
        );

    private static byte[] Render(Ticket ticket, int seed, PageSize size = PageSize.A4, Picture? picture = null) =>
        TicketPage.Render([(ticket, CodeOf(seed))], size, picture);

    private static string TextOf(PdfDocument pdf) => string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text));

    [Fact]
    public void The_page_says_what_holder_and_door_need()
    {
        var bytes = Render(Make(), 1);
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
                    "Sábado, 14 de março de 2026",
                    "21h30",
                    "Portas: 19h",
                    "Término: 23h30",
                    "horário local (UTC−3)",
                    "Teatro São Pedro",
                    "São Paulo – SP",
                    "Plateia – 1º lote",
                    "MEIA-ENTRADA",
                    "SETOR FILA ASSENTO",
                    "Plateia A 12",
                    "R$ 60,00",
                    "7GK2M9QX",
                    "ola@aurora.example",
                    "Conceição Müller d’Ávila",
                    "K7M4 QX2P",
                    "Lei nº 12.933/2013",
                    "Produções Aurora Ltda.",
                ]
        )
            Assert.Contains(expected, text);
        Assert.Equal("Ingresso K7M4QX2P – Noite de Choro & Canções", pdf.Information.Title);
        Assert.Contains("/Lang", Encoding.Latin1.GetString(bytes));
        Assert.Contains("<pdfuaid:part>1</pdfuaid:part>", Encoding.Latin1.GetString(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_qr_code_reads_back(int seed)
    {
        using var pdf = PdfDocument.Open(Render(Make(), seed));
        Assert.Equal(CodeOf(seed), pdf.ReadQr());
    }

    [Theory]
    [MemberData(nameof(Strange))]
    public void Long_and_strange_words_stay_on_the_page(string title, PageSize size)
    {
        var ticket = Make(title, string.Join(' ', Enumerable.Repeat(title, 3)), TicketKind.Half, null, title);
        var bytes = Render(ticket, 5, size);
        if (Environment.GetEnvironmentVariable("KEEP_PDF") is { } keep)
            File.WriteAllBytes($"{keep}{title.Length}{size}.pdf", bytes);
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
        Assert.DoesNotContain(
            page.Letters,
            l =>
                l.StartBaseLine.Y > qr.Bottom
                && l.StartBaseLine.Y < qr.Top
                && l.BoundingBox.Right > qr.Left
                && l.BoundingBox.Left < qr.Right
        );
        Assert.True(qr.Bottom > 60);
        NothingOverlaps(page);
    }

    public static TheoryData<string, PageSize> Strange()
    {
        string[] titles =
        [
            "O Auto da Compadecida – temporada comemorativa de setenta anos, com orquestra ao vivo e tradução em Libras, "
                + "no palco principal do festival de inverno",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
            "A",
            "Ünïcödé ‽ 東京 🎭 مرحبا",
            "No \uFFFE \uFFFF \uFDD0 characters",
        ];
        return [.. titles.SelectMany(t => Enum.GetValues<PageSize>().Select(size => (t, size)))];
    }

    /// <summary>No line is written into another: of two letters that cross, one line is.</summary>
    private static void NothingOverlaps(UglyToad.PdfPig.Content.Page page)
    {
        var letters = page.Letters.Where(l => l.BoundingBox is { Width: > 1, Height: > 1 }).ToList();
        foreach (var a in letters)
        foreach (var b in letters)
            if (Math.Abs(a.StartBaseLine.Y - b.StartBaseLine.Y) > 3)
                Assert.False(
                    Crosses(a.StartBaseLine.X, a.EndBaseLine.X, b.StartBaseLine.X, b.EndBaseLine.X)
                        && Crosses(
                            a.StartBaseLine.Y,
                            a.StartBaseLine.Y + 0.5 * a.PointSize,
                            b.StartBaseLine.Y,
                            b.StartBaseLine.Y + 0.5 * b.PointSize
                        ),
                    $"{a.Value} at {a.StartBaseLine} is written over {b.Value} at {b.StartBaseLine}"
                );

        static bool Crosses(double a, double b, double c, double d) => Math.Min(b, d) - Math.Max(a, c) > 0.5;
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
        var without = Characters(Render(Make("", ""), 1));
        var shown = Characters(Render(Make(title, holder), 1));
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
        using var pdf = PdfDocument.Open(Render(Make(holder: name), 1));
        Assert.Contains(shown, TextOf(pdf).Split(' '));
    }

    /// <summary>What is read from right to left stands so, and what is in it from left to right does, too.</summary>
    [Fact]
    public void Directions_are_kept()
    {
        using var pdf = PdfDocument.Open(Render(Make("פסטיבל Rock 2026 (תל)"), 1));
        var title = pdf.GetPage(1)
            .Letters.Where(l => l.PointSize > 26 && l.PointSize < 30)
            .OrderBy(l => l.StartBaseLine.X);
        Assert.Equal(
            "(לת) Rock 2026 לביטספ".Replace(" ", "", StringComparison.Ordinal),
            string.Concat(title.Select(l => l.Value)).Replace(" ", "", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Pages_are_drawn_in_parallel()
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Render(Make(), i))));
        for (var i = 0; i < pages.Length; i++)
        {
            using var pdf = PdfDocument.Open(pages[i]);
            Assert.Equal(CodeOf(i), pdf.ReadQr());
        }
    }

    [Theory]
    [InlineData("\u1EBA\u1B83 \uA9A9 \u12A0\u1208\u121D \u0F56\u0F7C\u0F51")]
    [InlineData("\u13A3\u13B3 \U00020000 \U0001F9FF \U0001FAE8 \uF8FF \uFFFD")]
    [InlineData("\u3164\u115F name \u034F\u061C\u2066x\u2069")]
    [InlineData("\u0708\u0721 \u07A0 \u0DC0\u0DCA \u1019\u103C\u1014\u103A")]
    public void What_no_face_has_is_neither_a_question_mark_nor_a_box(string name)
    {
        using var pdf = PdfDocument.Open(Render(Make(name, name), 1));
        var letters = pdf.GetPage(1).Letters;
        Assert.DoesNotContain(letters, l => l.Value.Contains('?'));
        using var plain = PdfDocument.Open(Render(Make("x", "x"), 1));
        Assert.Equal(0, NotDefined(pdf) + NotDefined(plain));

        static int NotDefined(PdfDocument pdf) => pdf.GetPage(1).Letters.Count(l => l.Value is "" or "\0");
    }

    [Fact]
    public void An_order_in_english_is_printed_in_english()
    {
        var bytes = Render(Make(locale: Locales.English), 1);
        using var pdf = PdfDocument.Open(bytes);
        var text = TextOf(pdf);
        foreach (
            var expected in (string[])
                [
                    "Saturday, March 14, 2026",
                    "9:30 PM",
                    "Doors: 7 PM",
                    "local time (UTC−3)",
                    "SECTION ROW SEAT",
                    "HALF PRICE",
                    "HOLDER",
                    "R$60.00",
                ]
        )
            Assert.Contains(expected, text);
        Assert.DoesNotContain("Meia", text.Replace("(meia-entrada)", "", StringComparison.Ordinal));
        Assert.Equal("Ticket K7M4QX2P – Noite de Choro & Canções", pdf.Information.Title);
        Assert.Contains("/Lang" + PdfObjects.Text("en"), Encoding.Latin1.GetString(bytes));
    }

    /// <summary>Doors on Friday at 23h of a show on Saturday at 0h.</summary>
    [Theory]
    [InlineData(
        Locales.Portuguese,
        "Sábado, 14 de março de 2026",
        "Portas: sexta-feira, 13 de março, 21h30",
        "Término: 2h"
    )]
    [InlineData(Locales.English, "Saturday, March 14, 2026", "Doors: Friday, March 13, 9:30 PM", "Ends: 2 AM")]
    public void A_time_of_another_day_names_it(string locale, string day, string doors, string ends)
    {
        var midnight = new DateTimeOffset(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);
        using var pdf = PdfDocument.Open(Render(Make(locale: locale, startsAt: midnight), 1));
        var text = TextOf(pdf);
        Assert.Contains(day, text);
        Assert.Contains(doors, text);
        Assert.Contains(ends, text);
    }

    [Theory]
    [InlineData(5_000, "JPY", "JPY 5.000")]
    [InlineData(5_000, "KWD", "KWD 5,000")]
    [InlineData(5_000, "BRL", "R$ 50,00")]
    [InlineData(123_456_789, "CLP", "CLP 123.456.789")]
    public void A_price_has_its_currencys_digits(long amount, string currency, string printed)
    {
        using var pdf = PdfDocument.Open(Render(Make(price: new(amount, currency)), 1));
        Assert.Contains(printed, TextOf(pdf));
    }

    [Fact]
    public void The_time_is_as_loud_as_the_date()
    {
        using var pdf = PdfDocument.Open(Render(Make(), 1));
        var words = pdf.GetPage(1).GetWords().ToList();
        double SizeOf(string text) => words.First(w => w.Text == text).Letters[0].PointSize;
        Assert.True(SizeOf("21h30") >= SizeOf("Sábado,"));
        Assert.True(SizeOf("12") > SizeOf("Sábado,"));
    }

    [Fact]
    public void All_tickets_of_an_order_are_one_document()
    {
        var tickets = Enumerable.Range(0, 3).Select(i => (Make(holder: $"Holder {i}"), CodeOf(i))).ToList();
        using var pdf = PdfDocument.Open(TicketPage.Render(tickets));
        Assert.Equal(3, pdf.NumberOfPages);
        for (var i = 1; i <= 3; i++)
        {
            var text = string.Join(' ', pdf.GetPage(i).GetWords().Select(w => w.Text));
            Assert.Contains($"INGRESSO {i} DE 3", text);
            Assert.Contains($"Holder {i - 1}", text);
        }
    }

    [Fact]
    public void A_phones_page_is_a_phones_width()
    {
        var bytes = Render(Make(), 1, PageSize.Phone, Picture.Read(Jpeg()));
        if (Environment.GetEnvironmentVariable("KEEP_PDF") is { } keep)
            File.WriteAllBytes(keep + "phone.pdf", bytes);
        using var pdf = PdfDocument.Open(bytes);
        Assert.Equal(360, pdf.GetPage(1).Width);
        Assert.Equal(CodeOf(1), pdf.ReadQr());
        Assert.Contains("MEIA-ENTRADA", TextOf(pdf));
    }

    [Theory]
    [InlineData(PageSize.A4)]
    [InlineData(PageSize.Phone)]
    public void The_events_picture_and_colour_are_printed(PageSize size)
    {
        var picture = Picture.Read(Jpeg())!;
        Assert.Equal((900, 500, false), (picture.Width, picture.Height, picture.IsGrey));
        var bytes = Render(Make(accent: "#E4572E"), 1, size, picture);
        if (Environment.GetEnvironmentVariable("KEEP_PDF") is { } keep)
            File.WriteAllBytes($"{keep}picture{size}.pdf", bytes);
        using var pdf = PdfDocument.Open(bytes);
        var image = Assert.Single(pdf.GetPage(1).GetImages());
        Assert.Equal(900, image.WidthInSamples);
        Assert.Equal(CodeOf(1), pdf.ReadQr());
        NothingOverlaps(pdf.GetPage(1));
    }

    [Fact]
    public void What_is_no_jpeg_is_no_picture()
    {
        Assert.Null(Picture.Read([]));
        Assert.Null(Picture.Read("<svg/>"u8.ToArray()));
        Assert.Null(Picture.Read([0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Null(Picture.Read(Jpeg()[..20]));
    }

    private static byte[] Jpeg()
    {
        using var bitmap = new SkiaSharp.SKBitmap(900, 500);
        using (var canvas = new SkiaSharp.SKCanvas(bitmap))
        {
            using var paint = new SkiaSharp.SKPaint();
            paint.Shader = SkiaSharp.SKShader.CreateLinearGradient(
                new(0, 0),
                new(900, 500),
                [new(0x20, 0x10, 0x60), new(0xF0, 0x60, 0x30)],
                SkiaSharp.SKShaderTileMode.Clamp
            );
            canvas.DrawRect(0, 0, 900, 500, paint);
        }
        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 80);
        return data.ToArray();
    }

    /// <summary>
    /// By what it allocates once faces are loaded, which nothing else on the machine changes: text that goes through a fallback, or a
    /// face that is read anew, is many times as much. Its time is the benchmark's (<c>documents</c>).
    /// </summary>
    [Fact]
    public void A_page_of_latin_text_is_made_of_little()
    {
        const int most = 1_000_000;
        for (var warm = 0; warm < 3; warm++)
            Render(Make(), warm);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Render(Make(), 3);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes a page");
        Assert.InRange(allocated, 1, most);
    }
}
