using System.Globalization;
using Ticketing.Contracts;
using Ticketing.Pdf;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Sales;

/// <summary>A statement on one page of A4: what an event brought in, what was taken off, and what is left.</summary>
internal static class StatementPage
{
    private const double Width = 595;
    private const double Height = 842;
    private const double Margin = 56;
    private const double Right = Width - Margin;
    private const double Column = Width - 2 * Margin;
    private const string Zone = "America/Sao_Paulo";

    private static readonly Ink Dark = new(0x1B, 0x1E, 0x2E);
    private static readonly Ink Grey = new(0x5F, 0x65, 0x7A);
    private static readonly Ink Rule = new(0xD5, 0xD8, 0xE3);

    private sealed record Words(
        string Title,
        string Event,
        string Organizer,
        string Made,
        string Gross,
        string Payment,
        string Payments,
        string Fees,
        string Refunds,
        string Chargebacks,
        string Net,
        string Disputed,
        string DisputedNote,
        string PaidOut,
        string Note
    );

    private static readonly Words Portuguese = new(
        "Extrato do evento",
        "EVENTO",
        "ORGANIZAÇÃO",
        "EMITIDO EM",
        "Vendas",
        "1 pagamento, com adicionais e taxas, depois de cupom",
        "{0} pagamentos, com adicionais e taxas, depois de cupons",
        "Taxas da plataforma",
        "Reembolsos",
        "Estornos de bancos",
        "Líquido",
        "Em contestação",
        "Do líquido, o que bancos retêm até decidir",
        "Repassado",
        "Pelo livro-razão, como na última apuração; o que aconteceu nos últimos minutos pode não estar aqui."
    );

    private static readonly Words English = new(
        "Event statement",
        "EVENT",
        "ORGANIZER",
        "ISSUED",
        "Sales",
        "1 payment, with add-ons and fees, after a coupon",
        "{0} payments, with add-ons and fees, after coupons",
        "Platform fees",
        "Refunds",
        "Chargebacks",
        "Net",
        "Disputed",
        "Of the net, what banks withhold until they have decided",
        "Paid out",
        "By the ledger, as of its last closing; what happened in the last minutes may not be here."
    );

    public static byte[] Render(ListStatements.Statement statement, EventOwner about, string locale, DateTimeOffset now)
    {
        var formats = Formats.Of(locale);
        var words = formats.Language == Locales.English ? English : Portuguese;
        var file = new PdfFile();
        var page = file.AddPage(Width, Height);
        var pen = new PagePen(page);
        page.Box(0, 0, Width, 10, Accent);
        pen.Line(words.Title, Margin, 78, 24, bold: true, Dark, kind: "H1");
        var y = pen.Fact(words.Event, about.Title, "", Margin, 108, Column);
        y = pen.Fact(words.Organizer, about.OrganizerName, "", Margin, y + 12, Column);
        y = pen.Fact(words.Made, formats.Date(now, Zone), "", Margin, y + 12, Column, largest: 11) + 26;
        y = Row(
            words.Gross,
            Fill(statement.Payments == 1 ? words.Payment : words.Payments, statement.Payments),
            statement.Gross,
            y
        );
        y = Row(words.Fees, "", Less(statement.Fees), y);
        y = Row(words.Refunds, "", Less(statement.Refunds), y);
        y = Row(words.Chargebacks, "", Less(statement.Chargebacks), y);
        y = Row(words.Net, "", statement.Net, y, sum: true);
        if (statement.Disputed.Amount != 0)
            y = Row(words.Disputed, words.DisputedNote, statement.Disputed, y);
        if (statement.PaidOut.Amount != 0)
            y = Row(words.PaidOut, "", statement.PaidOut, y);
        pen.Block(Typesetting.Wrap(words.Note, 9, bold: false, Column), Margin, y + 14, Grey);
        return file.Save(new($"{words.Title} – {about.Title}", about.OrganizerName, words.Title, formats.Language));

        double Row(string label, string note, Money amount, double top, bool sum = false)
        {
            page.Box(Margin, top, Column, sum ? 1.5 : 0.75, sum ? Dark : Rule);
            pen.Line(label, Margin, top + 22, sum ? 15 : 12, sum, Dark);
            pen.Line(Text(amount), Right, top + 22, sum ? 15 : 12, sum, Dark, right: true);
            if (note.Length == 0)
                return top + 34;
            pen.Line(note, Margin, top + 36, 9, bold: false, Grey);
            return top + 48;
        }

        // The sign before the currency, as on the pages.
        string Text(Money amount) => amount.Amount < 0 ? "−" + formats.Money(Less(amount)) : formats.Money(amount);
    }

    private static Ink Accent => new(AccentColor.Usual.Red, AccentColor.Usual.Green, AccentColor.Usual.Blue);

    private static Money Less(Money amount) => amount with { Amount = -amount.Amount };

    private static string Fill(string text, long number) => string.Format(CultureInfo.InvariantCulture, text, number);
}
