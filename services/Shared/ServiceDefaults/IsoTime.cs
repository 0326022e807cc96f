using System.Globalization;
using System.Text.RegularExpressions;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// A moment in a query, as strict as one in a body: RFC 3339 with its offset, or a date (its first moment in UTC). The
/// framework would take 05/12/2026, too, and read it as the 12th of May.
/// </summary>
public readonly partial record struct IsoTime(DateTimeOffset At)
{
    public static bool TryParse(string? text, out IsoTime time)
    {
        time = default;
        if (text is null || !Form().IsMatch(text))
            return false;
        var parsed = DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var at
        );
        time = new(at);
        return parsed;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
