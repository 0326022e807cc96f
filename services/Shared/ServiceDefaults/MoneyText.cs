using System.Collections.Frozen;
using System.Globalization;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Amounts as people read them. How many of an amount's digits stand behind the point is the currency's to say: 5000 is
/// JPY 5,000, BRL 50.00 and KWD 5.000.
/// </summary>
public static class MoneyText
{
    private const int UsualExponent = 2;

    /// <summary>ISO 4217, of the currencies that have no hundredths.</summary>
    private static readonly FrozenDictionary<string, int> Exponents = Pairs(
            0,
            "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
        )
        .Concat(Pairs(3, "BHD IQD JOD KWD LYD OMR TND"))
        .Concat(Pairs(4, "CLF UYW"))
        .ToFrozenDictionary();

    /// <summary>Without groups, with a point, as machines write it: "50.00".</summary>
    public static string Plain(Money money) =>
        Major(money).ToString($"F{ExponentOf(money.Currency)}", CultureInfo.InvariantCulture);

    /// <param name="numbers">Of the reader's language.</param>
    public static string Grouped(Money money, NumberFormatInfo numbers) =>
        Major(money).ToString($"N{ExponentOf(money.Currency)}", numbers);

    /// <summary>Digits behind the point.</summary>
    public static int ExponentOf(string currency) => Exponents.GetValueOrDefault(currency, UsualExponent);

    private static decimal Major(Money money)
    {
        decimal major = money.Amount;
        for (var i = ExponentOf(money.Currency); i > 0; i--)
            major /= 10;
        return major;
    }

    private static IEnumerable<KeyValuePair<string, int>> Pairs(int exponent, string currencies) =>
        currencies.Split(' ').Select(c => KeyValuePair.Create(c, exponent));
}
