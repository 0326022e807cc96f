using System.ComponentModel.DataAnnotations;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>Section <c>Events</c>.</summary>
internal sealed class EventsOptions
{
    /// <summary>An administrator approves an organizer before it publishes events or invites people by mail.</summary>
    public bool ApproveOrganizers { get; set; } = true;

    /// <summary>What this installation's payment providers take: ISO 4217 codes with spaces between them; empty: all.</summary>
    public string Currencies { get; set; } = "";

    /// <summary>What the platform takes of each ticket of an organizer that is founded from now on: percent of the price.</summary>
    [Range(0, (double)FeeTerms.MaxPercent)]
    public decimal FeePercent { get; set; }

    /// <summary>And so many minor units of <see cref="FeeCurrency"/> a ticket.</summary>
    [Range(0, FeeTerms.MaxFixed)]
    public long FeeFixed { get; set; }

    [RegularExpression("^[A-Z]{3}$")]
    public string FeeCurrency { get; set; } = "BRL";

    /// <summary>Buyers pay it on top, unless the organizer says otherwise.</summary>
    public bool FeePassedOn { get; set; } = true;

    internal FeeTerms Fee => new(decimal.Round(FeePercent, 2), FeeFixed, FeeCurrency, FeePassedOn);

    /// <exception cref="ProblemException">422: nobody could pay it. What is free needs no provider.</exception>
    public void RequirePayable(string field, Money price)
    {
        var taken = Currencies.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (price.Amount > 0 && taken.Length > 0 && !taken.Contains(price.Currency))
            throw ProblemException.Invalid(
                $"{field}.currency",
                $"Nobody takes money in {price.Currency} here, only in {string.Join(", ", taken)}."
            );
    }
}
