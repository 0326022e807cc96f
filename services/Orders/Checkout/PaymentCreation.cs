using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// The step that asks Payments for the open attempt's payment. The saga takes it; a request that made the attempt runs
/// it early, so that the buyer has the instructions in the answer.
/// </summary>
internal sealed class PaymentCreation(
    OrdersDb db,
    Peers peers,
    PersonalDataProtector protector,
    Settlements settlements,
    RunningCreations running,
    OrderMetrics metrics,
    IOptions<OrdersOptions> options,
    TimeProvider clock,
    ILogger<PaymentCreation> logger
)
{
    /// <summary>Early, in a request: what goes wrong here goes right in the saga.</summary>
    public async Task TryAsync(Guid orderId)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.InlineSeconds));
        try
        {
            await RunAsync(orderId, limit.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning("The saga creates the payment of {OrderId}: {Reason}", orderId, e.Message);
        }
    }

    public Task RunAsync(Guid orderId, CancellationToken ct) =>
        running.JoinAsync(orderId, () => CreateAsync(orderId, ct), ct);

    private async Task CreateAsync(Guid orderId, CancellationToken ct)
    {
        var attempt = await db
            .Attempts.AsNoTracking()
            .Where(a => a.OrderId == orderId)
            .OrderByDescending(a => a.Number)
            .FirstOrDefaultAsync(ct);
        if (attempt is not { PaymentId: null, Status: PaymentStatus.Pending })
            return;
        var order = await db.Orders.AsNoTracking().SingleAsync(o => o.Id == orderId, ct);
        if (!Order.IsOpen(order.Status))
            return;
        var (payment, refusal) = await AskAsync(order, attempt, ct);
        await db.InTransactionAsync(
            async token =>
            {
                var row = await db
                    .Attempts.FromSql(
                        $"SELECT * FROM payment_attempts WHERE order_id = {orderId} AND number = {attempt.Number} FOR UPDATE"
                    )
                    .SingleAsync(token);
                if (payment is null)
                    row.Refused(refusal!);
                else
                    row.Created(payment);
                await db.SaveChangesAsync(token);
                var awaiting = await db.MoveAsync(
                    orderId,
                    [OrderStatus.Pending],
                    OrderStatus.AwaitingPayment,
                    _ => { },
                    token
                );
                if (awaiting)
                    metrics.Reached(OrderStatus.AwaitingPayment);
                if (payment is { Status: PaymentStatus.Settled })
                    await settlements.BookAsync(orderId, payment.Id, payment.Amount, clock.GetUtcNow(), token);
                return true;
            },
            ct
        );
    }

    private async Task<(PaymentSnapshot?, string? Refusal)> AskAsync(
        Order order,
        PaymentAttempt attempt,
        CancellationToken ct
    )
    {
        try
        {
            var payment = await peers.PostAsync<PaymentSnapshot>(
                AppIds.Payments,
                "internal/payments",
                new Contracts.CreatePayment(
                    order.Id,
                    attempt.Number,
                    order.Number,
                    order.TotalMoney,
                    attempt.Method,
                    attempt.CardToken,
                    order.BuyerName,
                    order.BuyerCpf is null ? null : await protector.DecryptAsync(order.BuyerCpf, ct),
                    order.ExpiresAt
                ),
                ct
            );
            return (payment, null);
        }
        catch (ProblemException e)
            when (e.Status is not (StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests))
        {
            logger.LogWarning("Payments refused a payment of {OrderId}: {Code}", order.Id, e.Code);
            return (null, e.Code);
        }
    }
}

/// <summary>
/// Request and saga reach the step at about the same time: here the second joins the first instead of asking the provider
/// again. Only spares work; that there is one payment an attempt is Payments' promise.
/// </summary>
internal sealed class RunningCreations
{
    private readonly ConcurrentDictionary<Guid, Lazy<Task>> running = new();

    public async Task JoinAsync(Guid orderId, Func<Task> create, CancellationToken ct)
    {
        var mine = new Lazy<Task>(create);
        var first = running.GetOrAdd(orderId, mine);
        if (first != mine)
        {
            await first.Value.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            // The request's own limit may have ended the first.
            if (!first.Value.IsCompletedSuccessfully)
                await create();
            return;
        }
        try
        {
            await mine.Value;
        }
        finally
        {
            running.TryRemove(new(orderId, mine));
        }
    }
}
