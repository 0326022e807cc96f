using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>
/// Opens the payment of an order's latest attempt: in the request that made the attempt, so that the buyer has the
/// instructions in the answer; by the sweep when that failed. Payments knows it by order and attempt, so it is opened once.
/// </summary>
internal sealed class PaymentOpening(
    OrdersDb db,
    NpgsqlDataSource source,
    Peers peers,
    PersonalDataProtector protector,
    Settlements settlements,
    Sagas sagas,
    OrderChanges changes,
    OrderMetrics metrics,
    IOptions<OrdersOptions> options,
    ILogger<PaymentOpening> logger
)
{
    /// <summary>In a request.</summary>
    public async Task TryOpenAsync(Order order)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.InlineSeconds));
        try
        {
            await OpenAsync(order, limit.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning("The payment of {OrderId} is opened by the sweep: {Reason}", order.Id, e.Reason());
            await SweepSoonAsync(order.Id);
        }
    }

    /// <summary>By the sweep: nothing when it was opened meanwhile, or the order is over.</summary>
    public async Task OpenAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        if (Order.IsOpen(order.Status) && order.Payment is { IsReady: false })
            await OpenAsync(order, ct);
    }

    /// <summary>Leaves the order as it stands then.</summary>
    private async Task OpenAsync(Order order, CancellationToken ct)
    {
        var attempt = order.Payment!;
        var payment = await AskAsync(order, attempt, ct);
        await NoteAsync(order, attempt, ct);
        changes.Tell(order.Id);
        if (payment is not { Status: PaymentStatus.Settled })
            return;
        var booked = await settlements.BookAsync(order.Id, payment.Id, payment.Amount, ct);
        if (booked is { Kept: true, Status: OrderStatus.Paid })
        {
            order.Status = OrderStatus.Paid;
            order.PaidAt = booked.PaidAt;
            await sagas.TryStartAsync(order.Id, Need.Deliver);
        }
    }

    /// <returns>Null when Payments refused.</returns>
    private async Task<PaymentSnapshot?> AskAsync(Order order, PaymentAttempt attempt, CancellationToken ct)
    {
        try
        {
            var payment = await peers.PostAsync<PaymentSnapshot>(
                AppIds.Payments,
                "internal/payments",
                new CreatePayment(
                    order.Id,
                    attempt.Number,
                    order.Number,
                    order.TotalMoney,
                    attempt.Method,
                    attempt.CardToken,
                    order.BuyerName,
                    order.BuyerCpf is null
                        ? null
                        : await protector.DecryptAsync(order.BuyerCpf, Order.CpfColumn.At(order.Id), ct),
                    order.ExpiresAt,
                    order.OrganizerId,
                    order.EventId,
                    order.PlatformFee
                ),
                ct
            );
            attempt.Created(payment);
            return payment;
        }
        catch (ProblemException e)
            when (e.Status is not (StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests))
        {
            logger.LogWarning("Payments refused a payment of {OrderId}: {Code}", order.Id, e.Code);
            attempt.Refused(e.Code);
            return null;
        }
    }

    /// <summary>What was told meanwhile (settled, failed) stays.</summary>
    private const string Note = """
        UPDATE orders SET
            status = CASE status WHEN 'Pending' THEN 'AwaitingPayment' ELSE status END,
            payment_status = CASE payment_status WHEN 'Pending' THEN $3 ELSE payment_status END,
            payment_failure = CASE payment_status WHEN 'Pending' THEN $4 ELSE payment_failure END,
            payment_id = coalesce($5, payment_id), card_token = NULL,
            pix_tx_id = $6, pix_copy_paste = $7, pix_expires_at = $8,
            card_brand = $9, card_last4 = $10, card_challenge_url = $11
        WHERE id = $1 AND payment_attempt = $2
        RETURNING status, payment_status, payment_failure
        """;

    private async Task NoteAsync(Order order, PaymentAttempt attempt, CancellationToken ct)
    {
        var before = order.Status;
        var now = await source.FirstAsync(
            Note,
            row => new
            {
                Status = Enum.Parse<OrderStatus>(row.GetString(0)),
                Payment = Enum.Parse<PaymentStatus>(row.GetString(1)),
                Failure = row.IsDBNull(2) ? null : row.GetString(2),
            },
            ct,
            order.Id,
            attempt.Number,
            attempt.Status.ToString(),
            attempt.FailureReason,
            attempt.PaymentId,
            attempt.PixTxId,
            attempt.PixCopyPaste,
            attempt.PixExpiresAt,
            attempt.CardBrand,
            attempt.CardLast4,
            attempt.CardChallengeUrl
        );
        // A later attempt has taken its place.
        if (now is null)
            return;
        (order.Status, attempt.Status, attempt.FailureReason) = (now.Status, now.Payment, now.Failure);
        if (before is OrderStatus.Pending && now.Status is OrderStatus.AwaitingPayment)
            metrics.Reached(OrderStatus.AwaitingPayment);
    }

    private async Task SweepSoonAsync(Guid orderId)
    {
        try
        {
            await source.ExecuteAsync(
                "UPDATE orders SET drive_after = now() + interval '2 seconds' WHERE id = $1 AND payment_id IS NULL",
                CancellationToken.None,
                orderId
            );
        }
        catch (NpgsqlException)
        {
            // It looks after its grace anyhow.
        }
    }
}
