using System.Globalization;

namespace Ticketing.ServiceDefaults;

/// <summary>The colour of an event, behind its title in documents, mails and pages.</summary>
public readonly record struct AccentColor(byte Red, byte Green, byte Blue)
{
    public static readonly AccentColor Usual = new(0x5B, 0x2B, 0xD6);

    public const string Pattern = "^#[0-9A-Fa-f]{6}$";
    public const string Rule = "A colour such as #5B2BD6.";
    public const int Length = 7;

    /// <summary>From #RRGGBB; null for all else.</summary>
    public static AccentColor? Parse(string? text) =>
        text is ['#', .. { Length: 6 } digits]
        && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            ? new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb)
            : null;

    /// <summary>Whether dark letters are read better on it than white ones (WCAG's contrast).</summary>
    public bool WantsDarkText => Luminance > 0.179;

    /// <summary>From 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).</summary>
    public double ContrastWith(AccentColor other)
    {
        var (one, two) = (Luminance + 0.05, other.Luminance + 0.05);
        return one > two ? one / two : two / one;
    }

    /// <param name="other">The colour that it moves towards.</param>
    /// <param name="share">0: none of the other; 1: nothing but it.</param>
    public AccentColor Mix(AccentColor other, double share)
    {
        return new(Of(Red, other.Red), Of(Green, other.Green), Of(Blue, other.Blue));

        byte Of(byte a, byte b) => (byte)Math.Round(a + (b - a) * share);
    }

    private double Luminance
    {
        get
        {
            return 0.2126 * Linear(Red) + 0.7152 * Linear(Green) + 0.0722 * Linear(Blue);

            static double Linear(byte channel)
            {
                var c = channel / 255.0;
                return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
            }
        }
    }

    /// <summary>#RRGGBB.</summary>
    public override string ToString() => $"#{Red:X2}{Green:X2}{Blue:X2}";
}
