using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Disputing;

internal static class ListDisputes
{
    /// <summary>What banks asked back of the order's money, oldest first, and what became of it.</summary>
    /// <remarks>
    /// For the organizer's team (finance). Amounts in minor units. <c>needsEvidence</c>: something can be said against it until
    /// <c>evidenceDueBy</c>; <c>opened</c>: the bank decides; then <c>won</c> or <c>lost</c>, which are final.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order of yours.</response>
    public static async Task<Ok<DisputeList>> Handle(
        Guid id,
        ClaimsPrincipal user,
        OrdersDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        await FindOfTeamAsync(db, id, user, ct);
        return TypedResults.Ok(await AskAsync(peers, id, ct));
    }

    public static Task<DisputeList> AskAsync(Peers peers, Guid orderId, CancellationToken ct) =>
        peers.GetAsync<DisputeList>(AppIds.Payments, $"internal/orders/{orderId}/disputes", ct);

    /// <exception cref="ProblemException">404: not the team's.</exception>
    public static async Task<Order> FindOfTeamAsync(OrdersDb db, Guid id, ClaimsPrincipal user, CancellationToken ct) =>
        await db.FindAccessAsync(id, user, ct, wantsTeam: true) is (var order, { IsTeam: true })
            ? order
            : throw ProblemException.NotFound("order");
}
