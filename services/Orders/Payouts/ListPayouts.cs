using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Sales;
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
        NpgsqlDataSource source,
        Peers peers,
        CancellationToken ct
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        var cursor = page.Cursor is { } at ? $"&cursor={Uri.EscapeDataString(at)}" : "";
        var payouts = await peers.GetAsync<Page<PayoutSnapshot>>(
            AppIds.Payments,
            $"internal/organizers/{organizerId}/payouts?limit={page.Take()}{cursor}",
            ct
        );
        var titles = await EventTitles.FindAsync(
            source,
            payouts.Items.SelectMany(p => p.Items).Select(i => i.EventId),
            ct
        );
        return TypedResults.Ok(
            payouts with
            {
                Items =
                [
                    .. payouts.Items.Select(p =>
                        p with
                        {
                            Items =
                            [
                                .. p.Items.Select(i => i with { EventTitle = titles.GetValueOrDefault(i.EventId) }),
                            ],
                        }
                    ),
                ],
            }
        );
    }
}
