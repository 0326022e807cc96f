using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

/// <summary>In which role a person sees an order.</summary>
/// <param name="ShowsPeople">The buyer asks, or agreed that the organizer sees who bought (consent <c>organizers</c>).</param>
internal sealed record Access(bool IsBuyer, bool IsTeam, bool ShowsPeople);

internal static class OrderAccess
{
    /// <param name="wantsTeam">The buyer may be of the team, too, and that makes a difference.</param>
    /// <exception cref="ProblemException">404: neither the buyer nor of the organizer's team (finance).</exception>
    public static async Task<(Order Order, Access Access)> FindAccessAsync(
        this OrdersDb db,
        Guid orderId,
        ClaimsPrincipal user,
        CancellationToken ct,
        bool wantsTeam = false
    )
    {
        var person = user.UserId();
        var order = await db.FindAsync(orderId, ct) ?? throw ProblemException.NotFound("order");
        var isBuyer = order.BuyerId == person;
        var isTeam =
            (!isBuyer || wantsTeam) && await db.IsTeamMemberAsync(order.OrganizerId, person, TeamRole.Finance, ct);
        if (!isBuyer && !isTeam)
            throw ProblemException.NotFound("order");
        var shows = isBuyer || await db.OrganizerConsents.AnyAsync(c => c.UserId == order.BuyerId && c.Granted, ct);
        return (order, new(isBuyer, isTeam, shows));
    }

    /// <exception cref="ProblemException">404: not the buyer.</exception>
    public static async Task<Order> FindOwnAsync(
        this OrdersDb db,
        Guid orderId,
        ClaimsPrincipal user,
        CancellationToken ct
    ) =>
        await db.FindAsync(orderId, ct) is { } order && order.BuyerId == user.UserId()
            ? order
            : throw ProblemException.NotFound("order");
}
