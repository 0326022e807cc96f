using System.Collections.Frozen;
using System.Globalization;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Language;

/// <summary>Money, dates and counts as people read them, in the request's language and the venue's zone.</summary>
internal static class PageFormats
{
    private static readonly CultureInfo Portuguese = CultureInfo.GetCultureInfo(Languages.Portuguese);
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    private static CultureInfo Culture => Languages.IsEnglish ? English : Portuguese;

    public static string Of(Money money)
    {
        if (money.Amount == 0)
            return Languages.IsEnglish ? "Free" : "Grátis";
        return Exact(money);
    }

    /// <summary>Also of nothing: totals and discounts.</summary>
    public static string Exact(Money money) =>
        // A space that does not break the line.
        Formats.Of(Languages.IsEnglish ? Languages.English : Languages.Portuguese).Money(money).Replace(' ', '\u00a0');

    /// <summary>With a minus before the currency's sign where it is less than nothing.</summary>
    public static string Signed(Money money) =>
        money.Amount < 0 ? "−" + Exact(money with { Amount = -money.Amount }) : Exact(money);

    /// <summary>What stands before an amount, with its space: "R$ ", "EUR ".</summary>
    public static string Before(string currency) => Exact(new Money(0, currency)).TrimEnd('0', ',', '.');

    /// <summary>The same alone: "R$", "EUR".</summary>
    public static string Sign(string currency) => Before(currency).Trim();

    /// <summary>How many stand behind the point.</summary>
    public static int Digits(string currency) => MoneyText.ExponentOf(currency);

    /// <summary>For machines that show it as it stands: the venue's clock with its distance from UTC.</summary>
    public static string Offset(DateTimeOffset time, string zone) =>
        In(time, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>For machines: "50.00".</summary>
    public static string Plain(Money money) => MoneyText.Plain(money);

    public static DateTimeOffset In(DateTimeOffset time, string zone) => Formats.Local(time, zone);

    /// <summary>Such as "sábado, 12 de dezembro de 2026".</summary>
    public static string Day(DateTimeOffset time, string zone) =>
        In(time, zone).ToString(Languages.IsEnglish ? "dddd, MMMM d, yyyy" : "dddd, d 'de' MMMM 'de' yyyy", Culture);

    /// <summary>Such as "sáb., 12 dez. 2026 · 20h00".</summary>
    public static string Short(DateTimeOffset time, string zone) =>
        In(time, zone)
            .ToString(Languages.IsEnglish ? "ddd, MMM d, yyyy · h:mm tt" : "ddd, d MMM yyyy · HH'h'mm", Culture);

    public static string Time(DateTimeOffset time, string zone) =>
        In(time, zone).ToString(Languages.IsEnglish ? "h:mm tt" : "HH'h'mm", Culture);

    public static string Month(DateTimeOffset time, string zone) =>
        In(time, zone).ToString("MMM", Culture).TrimEnd('.').ToUpper(Culture);

    public static string Weekday(DateTimeOffset time, string zone) =>
        In(time, zone).ToString("ddd", Culture).TrimEnd('.');

    /// <summary>Brazil's, which the names of zones write without their accents.</summary>
    private static readonly FrozenDictionary<string, string> Cities = new Dictionary<string, string>
    {
        ["Araguaina"] = "Araguaína",
        ["Belem"] = "Belém",
        ["Cuiaba"] = "Cuiabá",
        ["Eirunepe"] = "Eirunepé",
        ["Maceio"] = "Maceió",
        ["Noronha"] = "Fernando de Noronha",
        ["Santarem"] = "Santarém",
        ["Sao_Paulo"] = "São Paulo",
    }.ToFrozenDictionary();

    /// <summary>Such as "horário de São Paulo": the venue's, not the reader's.</summary>
    public static string ZoneName(string zone)
    {
        var name = zone.Split('/')[^1];
        var city = Cities.GetValueOrDefault(name) ?? name.Replace('_', ' ');
        return Languages.IsEnglish ? $"{city} time" : $"horário de {city}";
    }

    /// <summary>Such as "12 dez.".</summary>
    public static string DayAndMonth(DateOnly day) => day.ToString(Languages.IsEnglish ? "MMM d" : "d MMM", Culture);

    public static string Machine(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
