using System.Globalization;
using System.Text.RegularExpressions;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>What forms say as text: money as people write it, times on the venue's clocks.</summary>
internal static partial class FormFields
{
    private const string LocalTime = "yyyy-MM-dd'T'HH:mm";
    private const int LastYear = 2100;

    /// <summary>Latest that a field for date and time takes.</summary>
    public static readonly string Latest = $"{LastYear}-12-31T23:59";

    /// <summary>
    /// Minor units of "1.234,50", "1,234.50", "R$ 90" or "90"; null when it is no price. Of one sign alone the digits behind
    /// it decide: as many as the currency has at most are its smaller coins, else three are thousands.
    /// </summary>
    public static Money? Money(string? text, string currency)
    {
        var exponent = MoneyText.ExponentOf(currency);
        var typed = (text ?? "").Trim();
        var name = PageFormats.Sign(currency);
        if (typed.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            typed = typed[name.Length..].TrimStart();
        var sign = typed.LastIndexOfAny([',', '.']);
        var behind = sign < 0 ? 0 : typed.Length - sign - 1;
        var minor = behind > 0 && behind <= exponent;
        var whole = Whole().Match(minor ? typed[..sign] : typed);
        // What parts the thousands does not part the smaller coins, too.
        if (!whole.Success || (minor && whole.Groups["sign"].Value == typed[sign..(sign + 1)]))
            return null;
        var plain =
            whole.Value.Replace(".", "").Replace(",", "") + (minor ? typed[(sign + 1)..] : "").PadRight(exponent, '0');
        return long.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            ? new Money(amount, currency)
            : null;
    }

    /// <summary>Digits alone, or thousands by one sign.</summary>
    [GeneratedRegex(@"\A(?:[0-9]+|[1-9][0-9]{0,2}(?<sign>[.,])[0-9]{3}(?:\k<sign>[0-9]{3})*)\z")]
    private static partial Regex Whole();

    /// <summary>As it is typed again: "1234,50".</summary>
    public static string Of(Money money) => MoneyText.Plain(money).Replace('.', ',');

    /// <summary>Of a field for date and time; null when it is empty, too far away, or a time that the clocks there skip.</summary>
    public static DateTimeOffset? Moment(string? text, string zone) =>
        DateTime.TryParseExact(text, LocalTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
        && local.Year is > 1900 and <= LastYear
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var clocks)
        && !clocks.IsInvalidTime(local)
            ? new DateTimeOffset(local, clocks.GetUtcOffset(local)).ToUniversalTime()
            : null;

    public static string? Local(DateTimeOffset? at, string zone) =>
        at is { } moment ? Formats.Local(moment, zone).ToString(LocalTime, CultureInfo.InvariantCulture) : null;
}
