using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>Money that came in for an order, and whether it went back.</summary>
internal sealed class Settlement
{
    public required Guid PaymentId { get; init; }
    public required Guid OrderId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset BookedAt { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Settlement>
    {
        public void Configure(EntityTypeBuilder<Settlement> settlement)
        {
            settlement.ToTable("settlements");
            settlement.HasKey(s => s.PaymentId);
            settlement.Property(s => s.PaymentId).ValueGeneratedNever();
            settlement.Property(s => s.Currency).HasMaxLength(3).IsFixedLength();
            settlement.HasIndex(s => s.OrderId);
            settlement.HasOne<Order>().WithMany().HasForeignKey(s => s.OrderId);
        }
    }
}

/// <param name="Status">The order's, now.</param>
/// <param name="Kept">This is the payment that the order keeps.</param>
/// <param name="Buys">It became so just now.</param>
/// <param name="Refunded">It went back already.</param>
internal sealed record Booked(OrderStatus Status, bool Kept, bool Buys, bool Refunded, DateTimeOffset? PaidAt);

/// <summary>Books money, once a payment, whoever tells of it first: Payments' answer or its event.</summary>
internal sealed class Settlements(NpgsqlDataSource source, OrderMetrics metrics, IOptions<OrdersOptions> options)
{
    /// <summary>
    /// The order's row first, then the money. An open order of this total becomes paid by it; of any other order the money
    /// is late, second or not enough, and the sweep looks after it if nobody else does.
    /// </summary>
    private const string Book = $"""
        WITH o AS (SELECT id, status, total, currency, paid_by FROM orders WHERE id = $1 FOR UPDATE),
        money AS (
            INSERT INTO settlements (payment_id, order_id, amount, currency, booked_at)
            SELECT $2, id, $3, $4, now() FROM o
            ON CONFLICT (payment_id) DO UPDATE SET amount = settlements.amount
            RETURNING refunded_at),
        decided AS (
            SELECT o.id, money.refunded_at,
                o.status IN ('Pending', 'AwaitingPayment') AND o.total = $3 AND o.currency = $4
                    AND money.refunded_at IS NULL AS buys,
                o.paid_by IS NOT DISTINCT FROM $2 OR money.refunded_at IS NOT NULL AS settled
            FROM o, money)
        UPDATE orders SET
            status = CASE WHEN buys THEN 'Paid' ELSE status END,
            paid_by = CASE WHEN buys THEN $2 ELSE paid_by END,
            paid_at = CASE WHEN buys THEN now() ELSE paid_at END,
            payment_status = CASE WHEN payment_id = $2 AND refunded_at IS NULL THEN 'Settled' ELSE payment_status END,
            drive_after = CASE WHEN settled THEN drive_after
                ELSE least({OrderMoves.Sooner}, now() + make_interval(secs => $5)) END
        FROM decided WHERE orders.id = decided.id
        RETURNING status, paid_by IS NOT DISTINCT FROM $2, buys, refunded_at IS NOT NULL, paid_at
        """;

    /// <returns>Null when there is no such order.</returns>
    public async Task<Booked?> BookAsync(Guid orderId, Guid paymentId, Money amount, CancellationToken ct)
    {
        var booked = await source.FirstAsync(
            Book,
            row => new Booked(
                Enum.Parse<OrderStatus>(row.GetString(0)),
                row.GetBoolean(1),
                row.GetBoolean(2),
                row.GetBoolean(3),
                row.Nullable<DateTimeOffset>(4)
            ),
            ct,
            orderId,
            paymentId,
            amount.Amount,
            amount.Currency,
            (double)options.Value.GraceSeconds
        );
        if (booked is { Buys: true })
            metrics.Reached(OrderStatus.Paid);
        return booked;
    }
}
