using QRCoder;

namespace Ticketing.Orders.Reading;

internal static class QrImage
{
    private const int PixelsPerModule = 6;

    /// <summary>A PNG as a data: URI.</summary>
    public static string DataUri(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var png = new PngByteQRCode(data);
        return "data:image/png;base64," + Convert.ToBase64String(png.GetGraphic(PixelsPerModule));
    }
}
