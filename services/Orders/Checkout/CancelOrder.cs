using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// Before payment: the saga closes the payment and gives the stock back. If the money came in this very moment, the
/// order is paid, not cancelled.
/// </summary>
internal static class CancelOrder
{
    /// <summary>Cancels an order that is not paid.</summary>
    /// <remarks>
    /// 202: its payment is closed and its tickets go back; if it was paid in this very moment it ends fulfilled instead.
    /// 200: it was cancelled before.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order of yours.</response>
    /// <response code="409">order-paid: ask for its refund. order-over: it has expired or was refunded.</response>
    internal static async Task<Results<Accepted<OrderView>, Ok<OrderView>>> Handle(
        Guid id,
        ClaimsPrincipal user,
        OrdersDb db,
        Sagas sagas,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var order = await db.FindOwnAsync(id, user, ct);
        var now = clock.GetUtcNow();
        // Driven at once: if the saga is not reached here, the reconciler does it.
        await db
            .Orders.Where(o => o.Id == id && OrderMoves.Open.Contains(o.Status) && o.CancelRequestedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.CancelRequestedAt, now)
                        .SetProperty(o => o.CancelReason, "buyer")
                        .SetProperty(o => o.DriveAfter, now),
                ct
            );
        var view = (await OrderView.FindAsync(db, id, ct))!;
        switch (view.Status)
        {
            case OrderStatus.Pending or OrderStatus.AwaitingPayment:
                await sagas.TryWakeAsync(OrderRef.Of(order), Signal.CancelRequested);
                return TypedResults.Accepted(CheckoutRoutes.LocationOf(id), view);
            case OrderStatus.Cancelled:
                return TypedResults.Ok(view);
            case OrderStatus.Paid or OrderStatus.Fulfilled:
                throw ProblemException.Conflict(
                    "order-paid",
                    $"The order is paid: ask for its refund at {CheckoutRoutes.LocationOf(id)}/refunds."
                );
            default:
                throw ProblemException.Conflict("order-over", "The order has ended; there is nothing to cancel.");
        }
    }
}
