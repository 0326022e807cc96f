using System.Globalization;

namespace Ticketing.Tickets.Documents;

/// <summary>Dates as people in Brazil read them, the same on machines without culture data.</summary>
internal static class BrazilianDate
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

    /// <summary>Such as "sábado, 14 de março de 2026".</summary>
    public static string Day(DateTimeOffset local) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Days[(int)local.DayOfWeek]}, {local.Day} de {Months[local.Month - 1]} de {local.Year}"
        );

    /// <summary>Such as "20h" or "20h30".</summary>
    public static string Time(DateTimeOffset local) =>
        local.Minute == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{local.Hour}h")
            : string.Create(CultureInfo.InvariantCulture, $"{local.Hour}h{local.Minute:00}");
}
