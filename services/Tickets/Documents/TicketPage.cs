using Ticketing.Pdf;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>A document of one ticket or of several, a page each: what the holder reads, what the door scans.</summary>
internal static class TicketPage
{
    private static readonly Ink Dark = new(0x1B, 0x1E, 0x2E);
    private static readonly Ink Grey = new(0x5F, 0x65, 0x7A);
    private static readonly Ink Rule = new(0xD5, 0xD8, 0xE3);
    private static readonly Ink Cell = new(0xF3, 0xF3, 0xF8);
    private static readonly Ink Loud = new(0xFF, 0xC8, 0x2E);

    /// <param name="tickets">With session and event; all of one session, each with what its QR says.</param>
    /// <param name="picture">Of the event; null: there is none, or it cannot be shown.</param>
    public static byte[] Render(
        IReadOnlyList<(Ticket Ticket, string Code)> tickets,
        PageSize size = PageSize.A4,
        Picture? picture = null
    )
    {
        var file = new PdfFile();
        foreach (var (i, (ticket, code)) in tickets.Index())
        {
            var print = TicketPrint.Of(ticket, code, (i + 1, tickets.Count), picture);
            if (size == PageSize.Phone)
                PhoneLayout.Draw(file, print);
            else
                A4Layout.Draw(file, print);
        }
        var first = tickets[0].Ticket;
        var language = Formats.Of(first.Locale).Language;
        var words = TicketWords.Of(language);
        var name = tickets.Count == 1 ? $"{words.Ticket} {first.Number}" : $"{words.Tickets} {first.OrderNumber}";
        var e = first.Session.Event;
        return file.Save(new($"{name} – {e.Title}", e.OrganizerName, words.Ticket, language));
    }

    /// <summary>Points: 595 × 842.</summary>
    private static class A4Layout
    {
        private const double Width = 595;
        private const double Height = 842;
        private const double Margin = 44;
        private const double Inner = Width - 2 * Margin;
        private const double Gap = 24;
        private const double PictureHeight = 130;
        private const double MaxQrSize = 270;

        public static void Draw(PdfFile file, TicketPrint print)
        {
            var page = file.AddPage(Width, Height);
            var pen = new PagePen(page);
            var y = DrawHeader(page, pen, print);
            y = DrawShow(pen, print, y);
            y = DrawCells(page, pen, print, Margin, y, Inner, 60, 26) + 14;
            if (print.IsHalf)
                y = DrawHalf(page, pen, print, Margin, y, Inner) + 14;
            DrawLower(page, pen, print, y);
        }

        private static double DrawHeader(PdfPage page, PagePen pen, TicketPrint print)
        {
            var y = 0.0;
            if (print.Picture is { } picture)
            {
                page.Image(picture, 0, 0, Width, PictureHeight, print.Words.Picture);
                y = PictureHeight;
            }
            var title = Typesetting.Fit(print.Title, Inner, maxLines: 2, largest: 28, smallest: 15);
            var bottom = y + 46 + title.Height + 14;
            page.Box(0, y, Width, bottom - y, print.Accent);
            pen.Line(print.Label, Margin, y + 28, 9, bold: true, print.OnAccent);
            pen.Line(
                Typesetting.Cut(print.Organizer, 9, false, Inner / 2),
                Width - Margin,
                y + 28,
                9,
                bold: false,
                print.OnAccent,
                right: true
            );
            pen.Block(title, Margin, y + 40, print.OnAccent, "H1");
            return bottom + 20;
        }

        /// <summary>When on the left, where on the right.</summary>
        private static double DrawShow(PagePen pen, TicketPrint print, double y)
        {
            const double half = (Inner - Gap) / 2;
            pen.Line(print.Time, Margin, y + 28, 34, bold: true, Dark);
            var left = y + 36;
            left = pen.Stack(
                Typesetting.Fit(print.Day, half, maxLines: 2, largest: 15, smallest: 11),
                Margin,
                left,
                Dark
            );
            foreach (var note in print.TimeNotes)
                left = pen.Stack(Typesetting.Fit(note, half, 1, 10.5, 8, bold: false), Margin, left, Grey);
            const double x = Margin + half + Gap;
            pen.Line(print.Words.Where, x, y + 8, 7.5, bold: true, Grey);
            var right = y + 13;
            right = pen.Stack(
                Typesetting.Fit(print.Venue, half, maxLines: 2, largest: 17, smallest: 11),
                x,
                right,
                Dark
            );
            right = pen.Stack(Typesetting.Fit(print.Address, half, 2, 10.5, 9, bold: false), x, right, Grey);
            right = pen.Stack(Typesetting.Fit(print.City, half, 1, 10.5, 8, bold: false), x, right, Grey);
            return Math.Max(left, right) + 14;
        }

        /// <summary>The code, and beside it what the box office asks for.</summary>
        private static void DrawLower(PdfPage page, PagePen pen, TicketPrint print, double top)
        {
            var words = print.Words;
            var terms = Typesetting.Wrap(words.Terms + (print.IsHalf ? words.HalfTerms : ""), 8, bold: false, Inner);
            var bottom = Height - 30 - terms.Height - 8;
            const double below = 48;
            page.Dashes(Margin, Width - Margin, top, Rule);
            var size = Math.Min(MaxQrSize, bottom - top - below - 8);
            var y = top + Math.Min(12, bottom - top - below - size);
            // The quiet zone is white already: the modules stand at the margin.
            const double quiet = 0.06;
            var x = Margin - size * quiet;
            print.DrawCode(page, x, y, size);
            var middle = x + size / 2;
            pen.Line(print.Number, middle, y + size + 12, 20, bold: true, Dark, center: true);
            pen.Line(
                Typesetting.Cut(words.ShowThis, 8, false, size + 20),
                middle,
                y + size + 26,
                8,
                bold: false,
                Grey,
                center: true
            );
            DrawFacts(pen, print, x + size + Gap, top + 24, Width - Margin - (x + size + Gap));
            page.Dashes(Margin, Width - Margin, bottom, Rule);
            pen.Block(terms, Margin, bottom + 8, Grey);
        }

        private static void DrawFacts(PagePen pen, TicketPrint print, double x, double y, double width)
        {
            var words = print.Words;
            y = pen.Fact(words.Holder, print.Holder, "", x, y, width) + 10;
            y = pen.Fact(words.Type, print.Type, print.IsHalf ? "" : words.Full, x, y, width) + 10;
            y = pen.Fact(words.Price, print.Price, "", x, y, width) + 10;
            if (print.Order is { } order)
                y = pen.Fact(words.Order, order, "", x, y, width) + 10;
            pen.Fact(words.Organizer, print.Organizer, print.Contact ?? "", x, y, width, largest: 11);
        }
    }

    /// <summary>Points: as wide as phones are, 9 to 19.5.</summary>
    private static class PhoneLayout
    {
        private const double Width = 360;
        private const double Height = 780;
        private const double Margin = 20;
        private const double Inner = Width - 2 * Margin;
        private const double PictureHeight = 64;
        private const double QrSize = 246;

        public static void Draw(PdfFile file, TicketPrint print)
        {
            var page = file.AddPage(Width, Height);
            var pen = new PagePen(page);
            var y = DrawHeader(page, pen, print);
            print.DrawCode(page, (Width - QrSize) / 2, y, QrSize);
            y += QrSize;
            pen.Line(print.Number, Width / 2, y + 8, 19, bold: true, Dark, center: true);
            y = DrawCells(page, pen, print, Margin, y + 18, Inner, 48, 22) + 8;
            if (print.IsHalf)
                y = DrawHalf(page, pen, print, Margin, y, Inner) + 8;
            DrawFacts(pen, print, y);
        }

        private static double DrawHeader(PdfPage page, PagePen pen, TicketPrint print)
        {
            var top = 0.0;
            if (print.Picture is { } picture)
            {
                page.Image(picture, 0, 0, Width, PictureHeight, print.Words.Picture);
                top = PictureHeight;
            }
            var title = Typesetting.Fit(print.Title, Inner, maxLines: 2, largest: 21, smallest: 12);
            var bottom = top + 30 + title.Height + 12;
            page.Box(0, top, Width, bottom - top, print.Accent);
            pen.Line(print.Label, Margin, top + 20, 8, bold: true, print.OnAccent);
            pen.Block(title, Margin, top + 26, print.OnAccent, "H1");
            var y = bottom + 8;
            pen.Line(print.Time, Margin, y + 24, 28, bold: true, Dark);
            // Beside the time: what else is to be known of it.
            var x = Margin + Math.Max(94, PagePen.WidthOf(print.Time, 28, bold: true) + 14);
            var right = y;
            foreach (var note in print.TimeNotes)
                right = pen.Stack(Typesetting.Fit(note, Width - Margin - x, 1, 10, 7, bold: false), x, right, Grey);
            y = Math.Max(y + 32, right + 2);
            return pen.Stack(
                Typesetting.Fit(print.Day, Inner, maxLines: 1, largest: 15, smallest: 10),
                Margin,
                y,
                Dark
            );
        }

        private static void DrawFacts(PagePen pen, TicketPrint print, double y)
        {
            var words = print.Words;
            const double gap = 16;
            const double half = (Inner - gap) / 2;
            const double x = Margin + half + gap;
            var kind = print.IsHalf ? "" : words.Full;
            var left = pen.Fact(words.Holder, print.Holder, "", Margin, y, half, largest: 13);
            var right = pen.Fact(words.Type, print.Type, kind, x, y, half, largest: 13);
            y = Math.Max(left, right) + 6;
            var place = $"{print.Address}\n{print.City}";
            y = pen.Fact(words.Where, print.Venue, place, Margin, y, Inner, largest: 13) + 6;
            left = pen.Fact(words.Price, print.Price, "", Margin, y, half, largest: 12);
            right = print.Order is { } order ? pen.Fact(words.Order, order, "", x, y, half, largest: 12) : y;
            y = Math.Max(left, right) + 6;
            pen.Fact(words.Organizer, print.Organizer, print.Contact ?? "", Margin, y, Inner, largest: 11);
        }
    }

    /// <summary>Section, row and seat as large as they fit; the seat's row and number are short, its section may be long.</summary>
    private static double DrawCells(
        PdfPage page,
        PagePen pen,
        TicketPrint print,
        double x,
        double y,
        double width,
        double height,
        double largest
    )
    {
        const double gap = 8;
        const double pad = 12;
        // Halves of the width, a quarter and a quarter.
        var shares = print.Cells.Count == 1 ? (double[])[1] : [2, 1, 1];
        var unit = (width - gap * (print.Cells.Count - 1)) / shares.Sum();
        foreach (var (i, (label, value)) in print.Cells.Index())
        {
            var cell = unit * shares[i];
            page.Box(x, y, cell, height, Cell);
            page.Box(x, y, 3, height, print.Accent);
            pen.Line(Typesetting.Cut(label, 7.5, true, cell - 2 * pad), x + pad, y + 15, 7.5, bold: true, Grey);
            var text = Typesetting.Fit(value, cell - 2 * pad, maxLines: 1, largest, smallest: largest * 0.55);
            if (text.Texts is [var cut] && cut.EndsWith('…'))
                text = Typesetting.Fit(value, cell - 2 * pad, maxLines: 2, largest * 0.55, smallest: 8);
            pen.Block(text, x + pad, y + 17 + (height - 19 - text.Height) / 2, Dark);
            x += cell + gap;
        }
        return y + height;
    }

    /// <summary>The door must not miss it.</summary>
    private static double DrawHalf(PdfPage page, PagePen pen, TicketPrint print, double x, double y, double width)
    {
        const double height = 34;
        page.Box(x, y, width, height, Loud);
        pen.Line(print.Words.Half, x + 12, y + 22, 15, bold: true, Dark);
        var left = x + 12 + PagePen.WidthOf(print.Words.Half, 15, bold: true) + 12;
        var hint = Typesetting.Fit(print.Words.HalfHint, x + width - 10 - left, 2, 10, 7.5, bold: false);
        pen.Block(hint, left, y + (height - hint.Height) / 2 - 1, Dark);
        return y + height;
    }
}
