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

    private static readonly Ink Dark = new(0x1B, 0x1E, 0x2E);
    private static readonly Ink Grey = new(0x5F, 0x65, 0x7A);
    private static readonly Ink Accent = new(0x3D, 0x2C, 0x8D);
    private static readonly Ink Rule = new(0xD5, 0xD8, 0xE3);

    private static readonly Ink White = new(0xFF, 0xFF, 0xFF);

    /// <param name="ticket">With its session and event.</param>
    /// <param name="code">What the QR says.</param>
    public static byte[] Render(Ticket ticket, string code)
    {
        var page = new PdfPage(Width, Height);
        var pen = new PagePen(page);
        var y = DrawHeader(page, pen, ticket);
        y = DrawFacts(pen, ticket, y);
        DrawCode(page, pen, ticket, code, y);
        var e = ticket.Session.Event;
        return page.Save(new($"Ingresso {ticket.Number} – {e.Title}", e.OrganizerName, "Ingresso", "pt-BR"));
    }

    private static double DrawHeader(PdfPage page, PagePen pen, Ticket ticket)
    {
        var e = ticket.Session.Event;
        var title = Typesetting.Fit(e.Title, Inner, maxLines: 3, largest: 28, smallest: 16);
        var bottom = 52 + title.Height + 18;
        page.Box(0, 0, Width, bottom, Accent);
        pen.Line("INGRESSO", Margin, 34, 9, bold: true, White);
        pen.Line(
            Typesetting.Cut(e.OrganizerName, 9, false, Inner / 2),
            Width - Margin,
            34,
            9,
            bold: false,
            White,
            right: true
        );
        pen.Block(title, Margin, 52, White);
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
    private static void DrawCode(PdfPage page, PagePen pen, Ticket ticket, string code, double top)
    {
        var terms = Terms(ticket);
        var bottom = Height - 36 - terms.Height - 10;
        const double below = 52;
        page.Dashes(Margin, Width - Margin, top, Rule);
        var size = Math.Min(MaxQrSize, bottom - top - below);
        var y = top + (bottom - top - below - size) / 2;
        var number = $"{ticket.Number[..4]} {ticket.Number[4..]}";
        using (var generator = new QRCodeGenerator())
        using (var data = generator.CreateQrCode(code, QRCodeGenerator.ECCLevel.M))
        {
            // QRCoder's matrix has the quiet zone already.
            var rows = data.ModuleMatrix;
            page.Modules(
                (row, column) => rows[row][column],
                rows.Count,
                (Width - size) / 2,
                y,
                size,
                Dark,
                $"QR code {number}"
            );
        }
        y += size;
        pen.Line(number, Width / 2, y + 10, 20, bold: true, Dark, center: true);
        pen.Line(
            "Apresente este código na entrada, impresso ou no celular.",
            Width / 2,
            y + 28,
            9,
            bold: false,
            Grey,
            center: true
        );
        page.Dashes(Margin, Width - Margin, bottom, Rule);
        pen.Block(terms, Margin, bottom + 10, Grey);
    }

    private static Lines Terms(Ticket ticket)
    {
        var terms =
            "Este ingresso dá direito a uma única entrada: o código vale na primeira leitura. Não o publique nem o "
            + "compartilhe. Ao ser transferido para outra pessoa, este documento perde a validade.";
        if (ticket.Kind == TicketKind.Half)
            terms +=
                " Meia-entrada: leve o documento que comprova o direito (Lei nº 12.933/2013); sem ele a entrada pode "
                + "ser recusada.";
        return Typesetting.Wrap(terms, 8, bold: false, Inner);
    }
}
