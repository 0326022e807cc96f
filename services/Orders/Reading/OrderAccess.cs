using System.Security.Claims;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

/// <summary>In which role a person sees an order.</summary>
internal sealed record Access(bool IsBuyer, bool IsTeam);

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
        return isBuyer || isTeam ? (order, new(isBuyer, isTeam)) : throw ProblemException.NotFound("order");
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
