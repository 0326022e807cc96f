using SkiaSharp;
using ZXing;

namespace Ticketing.Orders.Tests;

internal static class QrReader
{
    /// <param name="uri">A PNG as a data: URI.</param>
    public static string? Read(string uri)
    {
        using var bitmap = SKBitmap.Decode(Convert.FromBase64String(uri.Split(',')[1]));
        using var rgba = bitmap.Copy(SKColorType.Rgba8888);
        // Nothing else is on the image. Looking for the code as in a photograph misses one in eighty.
        var reader = new BarcodeReaderGeneric { Options = new() { PureBarcode = true } };
        return reader
            .Decode(new RGBLuminanceSource(rgba.Bytes, rgba.Width, rgba.Height, RGBLuminanceSource.BitmapFormat.RGBA32))
            ?.Text;
    }
}
