using Ticketing.TestKit;
using UglyToad.PdfPig;

namespace Ticketing.System.Tests;

/// <summary>A ticket as its holder and the door see it.</summary>
internal sealed class TicketPdf
{
    public TicketPdf(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        // Numbers are printed in groups: spaces do not count.
        Text = string.Concat(document.GetPage(1).GetWords().Select(w => w.Text));
        QrCode = document.ReadQr();
    }

    public string Text { get; }

    public string? QrCode { get; }
}
