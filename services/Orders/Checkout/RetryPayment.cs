using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>Another try after one that failed, until the deadline.</summary>
internal static class RetryPayment
{
    private const int MaxAttempts = 10;

    /// <summary>Tries again to pay an order.</summary>
    /// <remarks>After an attempt that failed, until the deadline, in either way. The hold is kept meanwhile.</remarks>
    /// <param name="id">The order.</param>
    /// <response code="404">No such order of yours.</response>
    /// <response code="409">payment-open: the last attempt has not failed. order-not-payable: paid, over, or past its
    /// deadline. limit-reached: too many attempts.</response>
    internal static async Task<Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult>> Handle(
        Guid id,
        PlaceOrder.PaymentRequest request,
        ClaimsPrincipal user,
        OrdersDb db,
        PaymentCreation creation,
        Sagas sagas,
        TimeProvider clock,
        IOptions<OrdersOptions> options,
        CancellationToken ct
    )
    {
        PlaceOrder.CheckPayment(request, "");
        var order = await db.FindOwnAsync(id, user, ct);
        var later = clock.GetUtcNow().AddSeconds(options.Value.GraceSeconds);
        await db.InTransactionAsync(token => AddAsync(db, id, request, later, token), ct);
        await creation.TryAsync(id);
        // The saga creates what the line above could not; if it is not reached here, the reconciler does that.
        await sagas.TryWakeAsync(OrderRef.Of(order), Signal.Review);
        return await OrderView.CreatedAsync(db, id);
    }

    private static async Task<bool> AddAsync(
        OrdersDb db,
        Guid orderId,
        PlaceOrder.PaymentRequest request,
        DateTimeOffset driveAfter,
        CancellationToken ct
    )
    {
        var payable = await db
            .Orders.FromSql(
                $"""
                SELECT * FROM orders
                WHERE id = {orderId} AND status IN ('Pending', 'AwaitingPayment')
                AND cancel_requested_at IS NULL AND expires_at > now() FOR UPDATE
                """
            )
            .AsNoTracking()
            .ToListAsync(ct);
        if (payable.Count == 0)
            throw ProblemException.Conflict("order-not-payable", "The order is paid, over, or past its deadline.");
        var last = await db
            .Attempts.AsNoTracking()
            .Where(a => a.OrderId == orderId)
            .OrderByDescending(a => a.Number)
            .FirstAsync(ct);
        if (last.Status is PaymentStatus.Pending or PaymentStatus.Settled)
            throw ProblemException.Conflict(
                "payment-open",
                "The last attempt has not failed: pay it, or wait for its end."
            );
        if (last.Number >= MaxAttempts)
            throw ProblemException.Conflict("limit-reached", $"At most {MaxAttempts} attempts.");
        await db
            .Orders.Where(o => o.Id == orderId)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.DriveAfter, driveAfter), ct);
        db.Add(
            new PaymentAttempt
            {
                OrderId = orderId,
                Number = last.Number + 1,
                Method = request.Method,
                CardToken = request.CardToken,
            }
        );
        return true;
    }
}
