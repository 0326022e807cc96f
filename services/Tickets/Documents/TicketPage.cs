using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;
using QRCoder;
using Ticketing.Contracts;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>One A4 page: what the holder reads at the top, what the door scans in the middle.</summary>
internal static class TicketPage
{
    // Points; A4 is 595 × 842.
    private const double Width = 595;
    private const double Height = 842;
    private const double Margin = 48;
    private const double Inner = Width - 2 * Margin;
    private const double MaxQrSize = 320;

    private static readonly XColor Ink = XColor.FromArgb(0x1B, 0x1E, 0x2E);
    private static readonly XColor Grey = XColor.FromArgb(0x5F, 0x65, 0x7A);
    private static readonly XColor Accent = XColor.FromArgb(0x3D, 0x2C, 0x8D);
    private static readonly XColor Rule = XColor.FromArgb(0xD5, 0xD8, 0xE3);

    // PDFsharp knows only one resolver a process; nobody else here draws PDFs.
    static TicketPage() => GlobalFontSettings.FontResolver ??= new OpenSans();

    /// <param name="ticket">With its session and event.</param>
    /// <param name="code">What the QR says.</param>
    public static byte[] Render(Ticket ticket, string code)
    {
        using var document = new PdfDocument();
        document.Info.Title = $"Ingresso {ticket.Number} – {ticket.Session.Event.Title}";
        document.Info.Author = ticket.Session.Event.OrganizerName;
        document.Info.Subject = "Ingresso";
        document.Info.Creator = "Ticketing";
        document.Language = "pt-BR";
        document.ViewerPreferences.DisplayDocTitle = true;
        var page = document.AddPage();
        (page.Width, page.Height) = (XUnit.FromPoint(Width), XUnit.FromPoint(Height));
        using (var g = XGraphics.FromPdfPage(page))
        {
            var pen = new PagePen(g);
            var y = DrawHeader(pen, ticket);
            y = DrawFacts(pen, ticket, y);
            DrawCode(pen, ticket, code, y, DrawTerms(pen, ticket));
        }
        using var stream = new MemoryStream();
        document.Save(stream);
        return stream.ToArray();
    }

    private static double DrawHeader(PagePen pen, Ticket ticket)
    {
        var e = ticket.Session.Event;
        var title = pen.Fit(e.Title, Inner, maxLines: 3, largest: 28, smallest: 16);
        var bottom = 52 + title.Height + 18;
        pen.Box(0, 0, Width, bottom, Accent);
        pen.Line("INGRESSO", Margin, 34, 9, bold: true, XColors.White);
        pen.Line(
            pen.Cut(e.OrganizerName, 9, false, Inner / 2),
            Width - Margin,
            34,
            9,
            bold: false,
            XColors.White,
            right: true
        );
        pen.Block(title, Margin, 52, XColors.White);
        return bottom + 24;
    }

    private static double DrawFacts(PagePen pen, Ticket ticket, double y)
    {
        var (session, e) = (ticket.Session, ticket.Session.Event);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(e.TimeZone);
        var starts = TimeZoneInfo.ConvertTime(session.StartsAt, zone);
        var time = BrazilianDate.Time(starts);
        if (session.DoorsAt is { } doors)
            time += $"   ·   portas às {BrazilianDate.Time(TimeZoneInfo.ConvertTime(doors, zone))}";
        const double gap = 24;
        const double half = (Inner - gap) / 2;
        var right = Margin + half + gap;

        var left = pen.Fact("DATA", BrazilianDate.Day(starts), time, Margin, y, half);
        var place = pen.Fact("LOCAL", e.VenueName, $"{e.VenueAddress}\n{e.VenueCity} – {e.VenueState}", right, y, half);
        y = Math.Max(left, place) + 14;
        var kind = ticket.Kind == TicketKind.Half ? "Meia-entrada" : "Inteira";
        left = pen.Fact("INGRESSO", ticket.TypeName, kind, Margin, y, half);
        var seat = pen.Fact("LUGAR", ticket.Seat ?? "Sem lugar marcado", "", right, y, half);
        y = Math.Max(left, seat) + 14;
        return pen.Fact("TITULAR", ticket.HolderName, "", Margin, y, Inner) + 16;
    }

    /// <summary>As large as fits between what is above and below, number and hint included.</summary>
    private static void DrawCode(PagePen pen, Ticket ticket, string code, double top, double bottom)
    {
        const double below = 52;
        pen.Dashes(Margin, Width - Margin, top, Rule);
        var size = Math.Min(MaxQrSize, bottom - top - below);
        var y = top + (bottom - top - below - size) / 2;
        pen.Modules(Modules(code), (Width - size) / 2, y, size, Ink);
        y += size;
        var number = $"{ticket.Number[..4]} {ticket.Number[4..]}";
        pen.Line(number, Width / 2, y + 10, 20, bold: true, Ink, center: true);
        pen.Line(
            "Apresente este código na entrada, impresso ou no celular.",
            Width / 2,
            y + 28,
            9,
            bold: false,
            Grey,
            center: true
        );
    }

    /// <summary>Answers where they begin.</summary>
    private static double DrawTerms(PagePen pen, Ticket ticket)
    {
        var terms =
            "Este ingresso dá direito a uma única entrada: o código vale na primeira leitura. Não o publique nem o "
            + "compartilhe. Ao ser transferido para outra pessoa, este documento perde a validade.";
        if (ticket.Kind == TicketKind.Half)
            terms +=
                " Meia-entrada: leve o documento que comprova o direito (Lei nº 12.933/2013); sem ele a entrada pode "
                + "ser recusada.";
        var text = pen.Wrap(terms, 8, bold: false, Inner);
        var y = Height - 36 - text.Height;
        pen.Dashes(Margin, Width - Margin, y - 10, Rule);
        pen.Block(text, Margin, y, Grey);
        return y - 10;
    }

    /// <summary>The QR's dark modules, row by row, quiet zone included.</summary>
    private static bool[,] Modules(string code)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(code, QRCodeGenerator.ECCLevel.M);
        // QRCoder's matrix has the quiet zone already.
        var n = data.ModuleMatrix.Count;
        var modules = new bool[n, n];
        for (var row = 0; row < n; row++)
        for (var column = 0; column < n; column++)
            modules[row, column] = data.ModuleMatrix[row][column];
        return modules;
    }
}
