using System.Globalization;
using System.Text.RegularExpressions;

namespace Ticketing.EmbeddedDapr.Components;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>250ms</c>; a bare number is seconds.</summary>
internal static partial class GoDuration
{
    public static TimeSpan Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }
        if (!Whole().IsMatch(text))
        {
            throw new FormatException($"'{text}' is not a duration such as 1h30m or 250ms.");
        }
        return Parts()
            .Matches(text)
            .Select(part =>
                double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * UnitOf(part.Groups[2].Value)
            )
            .Aggregate(TimeSpan.Zero, (sum, part) => sum + part);
    }

    private static TimeSpan UnitOf(string unit) =>
        unit switch
        {
            "h" => TimeSpan.FromHours(1),
            "m" => TimeSpan.FromMinutes(1),
            "s" => TimeSpan.FromSeconds(1),
            "ms" => TimeSpan.FromMilliseconds(1),
            _ => TimeSpan.FromMicroseconds(1),
        };

    [GeneratedRegex(@"^(?:\d+(?:\.\d+)?(?:h|ms|us|m|s))+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|us|m|s)")]
    private static partial Regex Parts();
}
