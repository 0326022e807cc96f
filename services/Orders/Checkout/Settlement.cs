using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>Money that came in for an order, and whether it went back.</summary>
internal sealed class Settlement
{
    public required Guid PaymentId { get; init; }
    public required Guid OrderId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset SettledAt { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }

    /// <summary>When the reconciler shall look whether somebody decides about this money; null when it is decided.</summary>
    public DateTimeOffset? DriveAfter { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Settlement>
    {
        public void Configure(EntityTypeBuilder<Settlement> settlement)
        {
            settlement.ToTable("settlements");
            settlement.HasKey(s => s.PaymentId);
            settlement.Property(s => s.PaymentId).ValueGeneratedNever();
            settlement.Property(s => s.Currency).HasMaxLength(3).IsFixedLength();
            settlement.HasIndex(s => s.OrderId);
            settlement.HasIndex(s => s.DriveAfter).HasFilter("drive_after IS NOT NULL");
            settlement.HasOne<Order>().WithMany().HasForeignKey(s => s.OrderId);
        }
    }
}

/// <summary>Books money, once a payment, whoever tells of it first: Payments' answer or its event.</summary>
internal sealed class Settlements(
    OrdersDb db,
    OrderMetrics metrics,
    TimeProvider clock,
    IOptions<OrdersOptions> options
)
{
    /// <summary>
    /// In the caller's transaction. An open order becomes paid by it (and says so); of any other order the money is
    /// late or second, and waits for a decision.
    /// </summary>
    /// <returns>True when this is the payment that the order keeps.</returns>
    public async Task<bool> BookAsync(
        Guid orderId,
        Guid paymentId,
        Money amount,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var later = clock.GetUtcNow().AddSeconds(options.Value.GraceSeconds);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO settlements (payment_id, order_id, amount, currency, settled_at, drive_after)
            VALUES ({paymentId}, {orderId}, {amount.Amount}, {amount.Currency}, {at}, {later})
            ON CONFLICT (payment_id) DO NOTHING
            """,
            ct
        );
        await db
            .Attempts.Where(a => a.PaymentId == paymentId && a.Status == PaymentStatus.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, PaymentStatus.Settled), ct);
        var order = await db
            .Orders.AsNoTracking()
            .Where(o => o.Id == orderId)
            .Select(o => new { o.Total, o.Currency })
            .SingleAsync(ct);
        var refunded = await db.Settlements.AnyAsync(s => s.PaymentId == paymentId && s.RefundedAt != null, ct);
        if (amount == new Money(order.Total, order.Currency) && !refunded)
            await PayAsync(orderId, paymentId, OrderMoves.Open, ct);
        return await db.Orders.AnyAsync(o => o.Id == orderId && o.PaidBy == paymentId, ct);
    }

    /// <summary>In the caller's transaction: the order is paid by this payment and keeps it.</summary>
    public async Task<bool> PayAsync(Guid orderId, Guid paymentId, OrderStatus[] from, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var later = now.AddSeconds(options.Value.GraceSeconds);
        var paid = await db.MoveAsync(
            orderId,
            from,
            OrderStatus.Paid,
            set =>
                set.SetProperty(o => o.PaidBy, paymentId)
                    .SetProperty(o => o.PaidAt, now)
                    .SetProperty(o => o.EndedAt, (DateTimeOffset?)null)
                    .SetProperty(o => o.DriveAfter, later),
            ct
        );
        if (!paid)
            return false;
        await db
            .Settlements.Where(s => s.PaymentId == paymentId)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.DriveAfter, (DateTimeOffset?)null), ct);
        var total = await db
            .Orders.AsNoTracking()
            .Where(o => o.Id == orderId)
            .Select(o => new Money(o.Total, o.Currency))
            .SingleAsync(ct);
        metrics.Reached(OrderStatus.Paid);
        db.Publish(new OrderPaid(orderId, total, now));
        return true;
    }
}
