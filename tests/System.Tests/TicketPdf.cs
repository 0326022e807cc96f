using SkiaSharp;
using UglyToad.PdfPig;
using ZXing;
using ZXing.Common;

namespace Ticketing.System.Tests;

/// <summary>A ticket read back by other libraries than those that made it.</summary>
internal sealed class TicketPdf
{
    public TicketPdf(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        var page = document.GetPages().Single();
        // Numbers are printed in groups: spaces do not count.
        Text = string.Concat(page.GetWords().Select(w => w.Text));
        QrCode = page.GetImages()
            .Select(i => i.TryGetPng(out var png) ? Read(png) : null)
            .FirstOrDefault(code => code is not null);
    }

    public string Text { get; }

    public string? QrCode { get; }

    private static string? Read(byte[] png)
    {
        using var bitmap = SKBitmap.Decode(png);
        var pixels = bitmap.Pixels.SelectMany(p => new[] { p.Red, p.Green, p.Blue }).ToArray();
        var source = new RGBLuminanceSource(
            pixels,
            bitmap.Width,
            bitmap.Height,
            RGBLuminanceSource.BitmapFormat.RGB24
        );
        var reader = new BarcodeReaderGeneric
        {
            Options = new DecodingOptions { TryHarder = true, PureBarcode = true },
        };
        return reader.Decode(source)?.Text;
    }
}
