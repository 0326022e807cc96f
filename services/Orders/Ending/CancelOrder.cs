using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Ending;

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
        NpgsqlDataSource source,
        Sagas sagas,
        CancellationToken ct
    )
    {
        // Due at once: if the saga is not reached here, the sweep starts it.
        await source.ExecuteAsync(
            $"""
            UPDATE orders SET cancel_requested_at = now(), cancel_reason = 'buyer', drive_after = now()
            WHERE id = $1 AND buyer_id = $2 AND {OrderMoves.IsOpen} AND cancel_requested_at IS NULL
            """,
            ct,
            id,
            user.UserId()
        );
        var order = await db.FindOwnAsync(id, user, ct);
        switch (order.Status)
        {
            case OrderStatus.Pending or OrderStatus.AwaitingPayment:
                await sagas.TryStartAsync(id, Need.EndUnpaid);
                return TypedResults.Accepted(OrderRoutes.LocationOf(id), OrderView.OfBuyer(order));
            case OrderStatus.Cancelled:
                return TypedResults.Ok(OrderView.OfBuyer(order));
            case OrderStatus.Paid or OrderStatus.Fulfilled:
                throw ProblemException.Conflict(
                    "order-paid",
                    $"The order is paid: ask for its refund at {OrderRoutes.LocationOf(id)}/refunds."
                );
            default:
                throw ProblemException.Conflict("order-over", "The order has ended; there is nothing to cancel.");
        }
    }
}
