using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>Section <c>Events</c>.</summary>
internal sealed class EventsOptions
{
    /// <summary>An administrator approves an organizer before it publishes events or invites people by mail.</summary>
    public bool ApproveOrganizers { get; set; } = true;

    /// <summary>What this installation's payment providers take: ISO 4217 codes with spaces between them; empty: all.</summary>
    public string Currencies { get; set; } = "";

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
