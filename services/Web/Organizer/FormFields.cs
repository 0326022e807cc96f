using System.Globalization;
using Ticketing.Contracts;

namespace Ticketing.Web.Organizer;

/// <summary>What forms say as text: money as people write it, times on the venue's clocks.</summary>
internal static class FormFields
{
    public const string Currency = "BRL";
    private const string LocalTime = "yyyy-MM-dd'T'HH:mm";

    /// <summary>
    /// Minor units of "1.234,50", "1,234.50", "R$ 90" or "90"; null when it is no price. Of one sign alone the digits behind
    /// it decide: three are thousands.
    /// </summary>
    public static long? Price(string? text)
    {
        var typed = (text ?? "").Replace("R$", "", StringComparison.OrdinalIgnoreCase).Replace("\u00a0", "").Trim();
        var sign = typed.LastIndexOfAny([',', '.']);
        var cents = sign >= 0 && typed.Length - sign - 1 is 1 or 2;
        var whole = cents ? typed[..sign] : typed;
        var plain = whole.Replace(".", "").Replace(",", "") + (cents ? typed[(sign + 1)..].PadRight(2, '0') : "00");
        return whole.Length > 0 && long.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;
    }

    public static Money? Money(string? text) => Price(text) is { } amount ? new Money(amount, Currency) : null;

    /// <summary>As it is typed again: "1234,50".</summary>
    public static string Of(Money money) =>
        (money.Amount / 100m).ToString("0.00", CultureInfo.InvariantCulture).Replace('.', ',');

    /// <summary>Of a field for date and time; null when it is empty, or a time that the clocks there skip.</summary>
    public static DateTimeOffset? Moment(string? text, string zone) =>
        DateTime.TryParseExact(text, LocalTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var clocks)
        && !clocks.IsInvalidTime(local)
            ? new DateTimeOffset(local, clocks.GetUtcOffset(local)).ToUniversalTime()
            : null;

    public static string? Local(DateTimeOffset? at, string zone) =>
        at is { } moment
            ? ServiceDefaults.Formats.Local(moment, zone).ToString(LocalTime, CultureInfo.InvariantCulture)
            : null;
}
