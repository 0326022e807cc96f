using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>Another try after one that failed, until the deadline.</summary>
internal static class RetryPayment
{
    private const int MaxAttempts = 10;

    private const string Add = $"""
        UPDATE orders SET payment_attempt = payment_attempt + 1, payment_method = $3, payment_status = 'Pending',
            payment_id = NULL, payment_failure = NULL, card_token = $4, pix_tx_id = NULL, pix_copy_paste = NULL,
            pix_expires_at = NULL, card_brand = NULL, card_last4 = NULL, card_challenge_url = NULL,
            drive_after = least({OrderMoves.Sooner}, now() + interval '30 seconds')
        WHERE id = $1 AND buyer_id = $2 AND status IN ('Pending', 'AwaitingPayment') AND cancel_requested_at IS NULL
            AND expires_at > now() AND payment_status NOT IN ('Pending', 'Settled') AND payment_attempt < $5
        RETURNING payment_attempt
        """;

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
        NpgsqlDataSource source,
        PaymentOpening opening,
        CancellationToken ct
    )
    {
        PlaceOrder.CheckPayment(request, "");
        var number = await source.FirstAsync(
            Add,
            row => row.GetInt32(0),
            ct,
            id,
            user.UserId(),
            request.Method.ToString(),
            request.CardToken,
            MaxAttempts
        );
        var order = await db.FindOwnAsync(id, user, ct);
        if (number == 0)
            throw Refusal(order);
        if (order.Payment is { IsReady: false } attempt && attempt.Number == number)
            await opening.TryOpenAsync(order);
        return OrderView.Placed(order);
    }

    private static ProblemException Refusal(Order order) =>
        Order.IsOpen(order.Status) && order.Payment is { } last
            ? last switch
            {
                { Status: PaymentStatus.Pending or PaymentStatus.Settled } => ProblemException.Conflict(
                    "payment-open",
                    "The last attempt has not failed: pay it, or wait for its end."
                ),
                { Number: >= MaxAttempts } => ProblemException.Conflict(
                    "limit-reached",
                    $"At most {MaxAttempts} attempts."
                ),
                _ => NotPayable,
            }
            : NotPayable;

    private static ProblemException NotPayable =>
        ProblemException.Conflict("order-not-payable", "The order is paid, over, or past its deadline.");
}
