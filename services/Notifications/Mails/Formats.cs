using System.Globalization;
using Ticketing.Contracts;

namespace Ticketing.Notifications.Mails;

/// <summary>
/// Money and dates as people of a language write them. Written out here, not taken from the machine's culture data,
/// which small containers lack.
/// </summary>
public abstract class Formats
{
    private static readonly NumberFormatInfo Comma = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };
    private static readonly NumberFormatInfo Point = new();

    public static Formats Of(string locale) =>
        locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English.Instance : Portuguese.Instance;

    /// <summary>BCP 47, for the HTML's lang.</summary>
    public abstract string Language { get; }

    /// <summary>R$ 1.234,56.</summary>
    public abstract string Money(Money money);

    /// <summary>Day and time on the venue's clocks.</summary>
    public abstract string Date(DateTimeOffset at, string timeZone);

    private static string Number(Money money, NumberFormatInfo numbers) =>
        (money.Amount / 100m).ToString("N2", numbers);

    /// <summary>The venue's time; UTC, and saying so, where the machine does not know the zone.</summary>
    private static (DateTimeOffset Local, string Suffix) Localize(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone)
            ? (TimeZoneInfo.ConvertTime(at, zone), "")
            : (at.ToUniversalTime(), " UTC");

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

        public override string Language => "pt-BR";

        public override string Money(Money money) =>
            (money.Currency == "BRL" ? "R$" : money.Currency) + " " + Number(money, Comma);

        public override string Date(DateTimeOffset at, string timeZone)
        {
            var (local, suffix) = Localize(at, timeZone);
            var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
            return $"{Days[(int)local.DayOfWeek]}, {local.Day} de {Months[local.Month - 1]} de {local.Year}, {time}{suffix}";
        }
    }

    private sealed class English : Formats
    {
        public static readonly English Instance = new();

        public override string Language => "en";

        public override string Money(Money money) =>
            (money.Currency == "BRL" ? "R$" : money.Currency + " ") + Number(money, Point);

        public override string Date(DateTimeOffset at, string timeZone)
        {
            var (local, suffix) = Localize(at, timeZone);
            return local.ToString("dddd, MMMM d, yyyy, h:mm tt", CultureInfo.InvariantCulture) + suffix;
        }
    }
}
