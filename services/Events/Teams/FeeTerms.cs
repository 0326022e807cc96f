using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>What the platform takes of each ticket that an organizer sells, as it was agreed with it.</summary>
/// <param name="Percent">Of the price; two decimals.</param>
/// <param name="Fixed">On top of that, in minor units; only of tickets in <paramref name="Currency"/>.</param>
/// <param name="PassedOn">Buyers pay it on top of the price; else it is taken out of the price.</param>
internal sealed record FeeTerms(decimal Percent, long Fixed, string Currency, bool PassedOn)
{
    public const decimal MaxPercent = 50;
    public const long MaxFixed = 100_000;

    /// <summary>The platform's fee of one ticket; of a free one there is none, and never more than its price.</summary>
    public long Of(Money price)
    {
        var share = (long)decimal.Round(price.Amount * Percent / 100, MidpointRounding.AwayFromZero);
        return price.Amount == 0 ? 0 : Math.Min(price.Amount, share + (price.Currency == Currency ? Fixed : 0));
    }

    /// <exception cref="ProblemException">422.</exception>
    public static FeeTerms Checked(decimal percent, Money @fixed, bool passedOn)
    {
        if (percent is < 0 or > MaxPercent || decimal.Round(percent, 2) != percent)
            throw ProblemException.Invalid("percent", $"From 0 to {MaxPercent}, with at most two decimals.");
        Catalog.Prices.Check("fixed", @fixed);
        if (@fixed.Amount > MaxFixed)
            throw ProblemException.Invalid("fixed.amount", $"From 0 to {MaxFixed} minor units.");
        return new(percent, @fixed.Amount, @fixed.Currency, passedOn);
    }
}
