using System.Globalization;
using System.Text;

namespace Ticketing.Sandbox.Pix;

/// <summary>
/// BR Code: what a Pix QR code says. EMV merchant-presented mode as the Central Bank of Brazil profiles it: fields of
/// two digits id, two digits length, value; a CRC at the end.
/// </summary>
internal static class BrCode
{
    public const int MaxField = 99;
    public const int MaxName = 25;
    public const int MaxCity = 15;
    private const string Gui = "br.gov.bcb.pix";
    private const string CrcField = "6304";

    /// <summary>ISO 4217 numeric: real.</summary>
    private const string Brl = "986";

    /// <summary>A charge that banks fetch from <paramref name="location"/>; payable once.</summary>
    /// <param name="location">Without https://.</param>
    /// <param name="minorUnits">Centavos.</param>
    public static string Dynamic(string location, long minorUnits, string name, string city) =>
        Seal(
            Field("00", "01")
                + Field("01", "12")
                + Field("26", Field("00", Gui) + Field("25", location))
                + Field("52", "0000")
                + Field("53", Brl)
                + Field("54", Amount(minorUnits))
                + Field("58", "BR")
                + Field("59", Plain(name, MaxName))
                + Field("60", Plain(city, MaxCity))
                + Field("62", Field("05", "***"))
        );

    /// <summary>Appends the CRC field.</summary>
    public static string Seal(string fields) => $"{fields}{CrcField}{Crc16(fields + CrcField):X4}";

    /// <summary>CRC-16/CCITT-FALSE: polynomial 1021, from FFFF, not reflected.</summary>
    public static ushort Crc16(string text)
    {
        ushort crc = 0xFFFF;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            crc ^= (ushort)(octet << 8);
            for (var bit = 0; bit < 8; bit++)
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
        }
        return crc;
    }

    public static string Field(string id, string value) =>
        value.Length is > 0 and <= MaxField
            ? $"{id}{value.Length:00}{value}"
            : throw new ArgumentException(
                $"Field {id} has {value.Length} characters, not 1 to {MaxField}.",
                nameof(value)
            );

    /// <summary>Printable ASCII only, accents dropped, cut to the limit; never empty.</summary>
    public static string Plain(string text, int limit)
    {
        var plain = new string([.. text.Normalize(NormalizationForm.FormD).Where(c => c is >= ' ' and <= '~')]).Trim();
        plain = plain.Length > limit ? plain[..limit].TrimEnd() : plain;
        return plain.Length > 0 ? plain : "N";
    }

    private static string Amount(long minorUnits) => (minorUnits / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
