using System.Collections.Frozen;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class Prices
{
    /// <summary>Minor units: ten million.</summary>
    public const long MaxAmount = 1_000_000_000;

    /// <summary>ISO 4217, currencies of countries.</summary>
    private static readonly FrozenSet<string> Currencies = (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        + "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD "
        + "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
        + "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
        + "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
        + "TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"
    )
        .Split(' ')
        .ToFrozenSet();

    /// <summary>As the audit log says it: <c>15000 BRL</c>, in minor units.</summary>
    public static string Text(Money price) => $"{price.Amount} {price.Currency}";

    /// <exception cref="ProblemException">422: negative, too large, or no such currency.</exception>
    public static void Check(string field, Money price)
    {
        if (price.Amount is < 0 or > MaxAmount)
            throw ProblemException.Invalid($"{field}.amount", $"From 0 to {MaxAmount} minor units.");
        if (!Currencies.Contains(price.Currency))
            throw ProblemException.Invalid($"{field}.currency", "An ISO 4217 code in upper case, such as BRL.");
    }
}
