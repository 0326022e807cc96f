using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Payouts;

internal static class ListPayouts
{
    /// <summary>What the organizer was paid, newest first.</summary>
    /// <remarks>
    /// For the organizer's owner, managers and finance. A failed one is part of the balance again, and comes with the next payout.
    /// </remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <response code="404">No such organizer of yours.</response>
    public static async Task<Ok<Page<PayoutSnapshot>>> Handle(
        Guid organizerId,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        OrdersDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        var cursor = page.Cursor is { } at ? $"&cursor={Uri.EscapeDataString(at)}" : "";
        return TypedResults.Ok(
            await peers.GetAsync<Page<PayoutSnapshot>>(
                AppIds.Payments,
                $"internal/organizers/{organizerId}/payouts?limit={page.Take()}{cursor}",
                ct
            )
        );
    }
}
