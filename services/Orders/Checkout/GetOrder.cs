using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

internal static class GetOrder
{
    /// <summary>An order of mine, or of my organizer.</summary>
    /// <remarks>For its buyer and for the organizer's owner, managers and finance.</remarks>
    /// <param name="id">The order; the same as its hold.</param>
    /// <response code="404">No such order that you may see.</response>
    internal static async Task<Ok<OrderView>> Handle(Guid id, ClaimsPrincipal user, OrdersDb db, CancellationToken ct)
    {
        await db.FindAccessAsync(id, user, ct);
        return TypedResults.Ok((await OrderView.FindAsync(db, id, ct))!);
    }
}

/// <summary>In which role a person sees an order.</summary>
internal sealed record Access(bool IsBuyer, bool IsTeam);

internal static class OrderAccess
{
    /// <exception cref="ProblemException">404: neither the buyer nor of the organizer's team (finance).</exception>
    public static async Task<Access> FindAccessAsync(
        this OrdersDb db,
        Guid orderId,
        ClaimsPrincipal user,
        CancellationToken ct
    )
    {
        var person = user.UserId();
        var order =
            await db
                .Orders.AsNoTracking()
                .Where(o => o.Id == orderId)
                .Select(o => new { o.BuyerId, o.OrganizerId })
                .SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("order");
        var access = new Access(
            order.BuyerId == person,
            await db.IsTeamMemberAsync(order.OrganizerId, person, TeamRole.Finance, ct)
        );
        return access is { IsBuyer: false, IsTeam: false } ? throw ProblemException.NotFound("order") : access;
    }

    /// <exception cref="ProblemException">404: not the buyer.</exception>
    public static async Task<Order> FindOwnAsync(
        this OrdersDb db,
        Guid orderId,
        ClaimsPrincipal user,
        CancellationToken ct
    )
    {
        var person = user.UserId();
        return await db
                .Orders.AsNoTracking()
                .Include(o => o.Lines)
                .SingleOrDefaultAsync(o => o.Id == orderId && o.BuyerId == person, ct)
            ?? throw ProblemException.NotFound("order");
    }
}
