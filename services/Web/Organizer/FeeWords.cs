using System.Globalization;
using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>The platform's fee as people read and type it.</summary>
internal static class FeeWords
{
    /// <summary>"7,5% + R$ 1,00 por ingresso".</summary>
    public static string Of(FeeView fee) =>
        fee is { Percent: 0, Fixed.Amount: 0 } ? T("nenhuma", "none")
        : fee.Fixed.Amount == 0 ? $"{Percent(fee)}%"
        : $"{Percent(fee)}% + {PageFormats.Exact(fee.Fixed)} {T("por ingresso", "a ticket")}";

    public static string Percent(FeeView fee) => fee.Percent.ToString("0.##", CultureInfo.CurrentCulture);

    /// <summary>"7,5" or "7.5"; null when it is no number.</summary>
    public static decimal? ParsePercent(string? text) =>
        decimal.TryParse(
            text?.Trim().TrimEnd('%').Replace(',', '.'),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var percent
        )
            ? percent
            : null;

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;
}
