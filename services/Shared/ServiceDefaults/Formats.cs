using System.Globalization;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Money and dates as people of a language write them, in mails, documents and pages. Written out here, not taken from the
/// machine's culture data, which small containers lack.
/// </summary>
public abstract class Formats
{
    private static readonly NumberFormatInfo Comma = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };
    private static readonly NumberFormatInfo Point = new();

    public static Formats Of(string locale) =>
        locale.StartsWith(Locales.English, StringComparison.OrdinalIgnoreCase) ? English.Instance : Portuguese.Instance;

    /// <summary>BCP 47, for the HTML's lang.</summary>
    public abstract string Language { get; }

    /// <summary>R$ 1.234,56.</summary>
    public abstract string Money(Money money);

    /// <summary>Such as "sábado, 14 de março de 2026".</summary>
    public abstract string Day(DateTimeOffset local);

    /// <summary>Such as "20h" or "20h30".</summary>
    public abstract string Time(DateTimeOffset local);

    /// <summary>A day without its year: "sexta-feira, 13 de março".</summary>
    protected abstract string ShortDay(DateTimeOffset local);

    /// <summary>Day and time on the venue's clocks; UTC, and saying so, where the machine does not know the zone.</summary>
    public string Date(DateTimeOffset at, string timeZone)
    {
        var local = Local(at, timeZone);
        return $"{Day(local)}, {Time(local)}{(IsKnown(timeZone) ? "" : " UTC")}";
    }

    /// <summary>
    /// A time that belongs to another one, such as the doors' to the start's. Where it is of another day it says so: doors on
    /// Friday at 23h of a show on Saturday at 0h.
    /// </summary>
    public string TimeBeside(DateTimeOffset local, DateTimeOffset other) =>
        local.Date == other.Date ? Time(local)
        : local.Year == other.Year ? $"{ShortDay(local)}, {Time(local)}"
        : $"{Day(local)}, {Time(local)}";

    /// <summary>On the clocks of the zone; UTC where the machine does not know it.</summary>
    public static DateTimeOffset Local(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone)
            ? TimeZoneInfo.ConvertTime(at, zone)
            : at.ToUniversalTime();

    /// <summary>The clock's distance from UTC, such as "UTC−3" or "UTC+5:30".</summary>
    public static string Zone(DateTimeOffset local)
    {
        var offset = local.Offset;
        return offset == TimeSpan.Zero
            ? "UTC"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{Math.Abs(offset.Hours)}{(offset.Minutes == 0 ? "" : $":{Math.Abs(offset.Minutes):00}")}"
            );
    }

    private static bool IsKnown(string timeZone) => TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _);

    private sealed class Portuguese : Formats
    {
        private static readonly string[] Days =
        [
            "domingo",
            "segunda-feira",
            "terça-feira",
            "quarta-feira",
            "quinta-feira",
            "sexta-feira",
            "sábado",
        ];
        private static readonly string[] Months =
        [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ];
        public static readonly Portuguese Instance = new();

        public override string Language => Locales.Portuguese;

        public override string Money(Money money) =>
            $"{(money.Currency == "BRL" ? "R$" : money.Currency)} {MoneyText.Grouped(money, Comma)}";

        public override string Day(DateTimeOffset local) => $"{ShortDay(local)} de {local.Year}";

        protected override string ShortDay(DateTimeOffset local) =>
            $"{Days[(int)local.DayOfWeek]}, {local.Day} de {Months[local.Month - 1]}";

        public override string Time(DateTimeOffset local) =>
            local.Minute == 0 ? $"{local.Hour}h" : $"{local.Hour}h{local.Minute:00}";
    }

    private sealed class English : Formats
    {
        public static readonly English Instance = new();

        public override string Language => Locales.English;

        public override string Money(Money money) =>
            (money.Currency == "BRL" ? "R$" : money.Currency + " ") + MoneyText.Grouped(money, Point);

        public override string Day(DateTimeOffset local) =>
            local.ToString("dddd, MMMM d, yyyy", CultureInfo.InvariantCulture);

        protected override string ShortDay(DateTimeOffset local) =>
            local.ToString("dddd, MMMM d", CultureInfo.InvariantCulture);

        public override string Time(DateTimeOffset local) =>
            local.ToString(local.Minute == 0 ? "h tt" : "h:mm tt", CultureInfo.InvariantCulture);
    }
}
