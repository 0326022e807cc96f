using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Payouts;

internal static class GetBalance
{
    /// <param name="Items">By currency.</param>
    /// <param name="Account">Where it goes; null: nobody named an account yet.</param>
    internal sealed record BalanceView(IReadOnlyList<Balance> Items, PayoutAccountView? Account);

    /// <summary>All of the organizer's net is one of these.</summary>
    /// <param name="Available">The next payout: of events that are over for long enough, less what others are short of. May be negative.</param>
    /// <param name="Pending">Of events that are not.</param>
    /// <param name="Disputed">What banks withhold until they have decided.</param>
    /// <param name="OnItsWay">Payouts that are not confirmed yet.</param>
    /// <param name="PaidOut">Payouts that are.</param>
    internal sealed record Balance(Money Available, Money Pending, Money Disputed, Money OnItsWay, Money PaidOut)
    {
        public static Balance Of(CurrencyBalance b)
        {
            return new(In(b.Available), In(b.Pending), In(b.Disputed), In(b.OnItsWay), In(b.PaidOut));

            Money In(long amount) => new(amount, b.Currency);
        }
    }

    /// <summary>What is the organizer's and was not paid out yet, as of now.</summary>
    /// <remarks>For the organizer's owner, managers and finance. Amounts in minor units. Of the account, enough to recognize it.</remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <response code="404">No such organizer of yours.</response>
    public static async Task<Ok<BalanceView>> Handle(
        Guid organizerId,
        ClaimsPrincipal user,
        OrdersDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        var balance = await AskAsync(peers, organizerId, ct);
        return TypedResults.Ok(new BalanceView([.. balance.Items.Select(Balance.Of)], balance.Account));
    }

    public static Task<OrganizerBalance> AskAsync(Peers peers, Guid organizerId, CancellationToken ct) =>
        peers.GetAsync<OrganizerBalance>(AppIds.Payments, $"internal/organizers/{organizerId}/balance", ct);
}
