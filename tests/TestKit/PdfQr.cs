using SkiaSharp;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Graphics;
using ZXing;
using ZXing.Common;

namespace Ticketing.TestKit;

/// <summary>Reads a ticket's QR code back with other libraries than those that drew it.</summary>
public static class PdfQr
{
    private const int PixelsPerPoint = 3;

    /// <summary>The code is the one path of many squares on the page.</summary>
    public static PdfPath Qr(this PdfDocument pdf) => pdf.GetPage(1).Paths.Single(p => p.Count > 100);

    /// <summary>Paints the code on a bitmap, with its quiet zone, and scans it.</summary>
    public static string? ReadQr(this PdfDocument pdf)
    {
        var modules = pdf.Qr();
        var box = modules.GetBoundingRectangle()!.Value;
        const int quiet = 20;
        var side = (int)box.Width * PixelsPerPoint + 2 * quiet;
        using var bitmap = new SKBitmap(side, side, SKColorType.Gray8, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        foreach (var module in modules.Select(m => m.GetBoundingRectangle()!.Value))
            canvas.DrawRect(
                (float)(module.Left - box.Left) * PixelsPerPoint + quiet,
                (float)(box.Top - module.Top) * PixelsPerPoint + quiet,
                (float)module.Width * PixelsPerPoint,
                (float)module.Height * PixelsPerPoint,
                paint
            );
        return new MultiFormatReader()
            .decode(
                new BinaryBitmap(
                    new GlobalHistogramBinarizer(
                        new RGBLuminanceSource(
                            bitmap.Bytes,
                            bitmap.Width,
                            bitmap.Height,
                            RGBLuminanceSource.BitmapFormat.Gray8
                        )
                    )
                ),
                new Dictionary<DecodeHintType, object>
                {
                    [DecodeHintType.POSSIBLE_FORMATS] = new List<BarcodeFormat> { BarcodeFormat.QR_CODE },
                    // Nothing else is on the bitmap. Looking for the code as in a photograph misses one in seventy.
                    [DecodeHintType.PURE_BARCODE] = true,
                }
            )
            ?.Text;
    }
}
