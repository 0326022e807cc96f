using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Orders.Sales;

internal static class ListSales
{
    private const int MaxDays = 366;

    /// <param name="Items">By day, the latest first; a day without sales or refunds is left out.</param>
    internal sealed record Response(IReadOnlyList<Day> Items);

    /// <param name="Date">On the calendar of the event's venue.</param>
    /// <param name="Orders">Orders that were paid on that day, also those that were given back later.</param>
    /// <param name="Gross">What they paid, with add-ons and after coupons.</param>
    /// <param name="RefundedOrders">Orders whose money went back on that day, whenever they were paid.</param>
    internal sealed record Day(DateOnly Date, int Orders, int Tickets, Money Gross, int RefundedOrders, Money Refunded);

    /// <summary>What was sold and given back, day by day.</summary>
    /// <remarks>For the organizer's owner, managers and finance. Some seconds old. One item a day and currency.</remarks>
    /// <param name="organizerId">Your organizer.</param>
    /// <param name="eventId">Of this event only.</param>
    /// <param name="days">So many days back from today, 1 to 366.</param>
    /// <response code="404">No such organizer of yours.</response>
    public static async Task<Ok<Response>> Handle(
        Guid organizerId,
        Guid? eventId,
        ClaimsPrincipal user,
        OrdersDb db,
        TimeProvider clock,
        CancellationToken ct,
        [Range(1, MaxDays)] int days = 30
    )
    {
        await db.CheckMoneyTeamAsync(organizerId, user, ct);
        // A day more: today begins earlier in some places than here.
        var from = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-days);
        var rows = await db
            .SalesDays.Where(d => d.OrganizerId == organizerId && d.Day >= from)
            .Where(d => eventId == null || d.EventId == eventId)
            .GroupBy(d => new { d.Day, d.Currency })
            .OrderByDescending(g => g.Key.Day)
            .ThenBy(g => g.Key.Currency)
            .Select(g => new
            {
                g.Key.Day,
                g.Key.Currency,
                Orders = g.Sum(d => d.Orders),
                Tickets = g.Sum(d => d.Tickets),
                Gross = g.Sum(d => d.Gross),
                RefundedOrders = g.Sum(d => d.RefundedOrders),
                Refunded = g.Sum(d => d.Refunded),
            })
            .ToListAsync(ct);
        return TypedResults.Ok(
            new Response([
                .. rows.Select(r => new Day(
                    r.Day,
                    r.Orders,
                    r.Tickets,
                    new(r.Gross, r.Currency),
                    r.RefundedOrders,
                    new(r.Refunded, r.Currency)
                )),
            ])
        );
    }
}
