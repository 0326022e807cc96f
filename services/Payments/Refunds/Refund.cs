using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Payments.Charges;

namespace Ticketing.Payments.Refunds;

/// <summary>The whole of a settled payment on its way back; one a payment.</summary>
internal sealed class Refund
{
    /// <summary>Also the provider's idempotency key.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid PaymentId { get; init; }
    public required Guid OrderId { get; init; }
    public required string OperationId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the request for it: what the provider says later belongs there.</summary>
    public string? TraceParent { get; init; }
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>When reconciliation asks the provider (again); null: never.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }
    public int Checks { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Refund>
    {
        public void Configure(EntityTypeBuilder<Refund> builder)
        {
            builder.ToTable("refunds");
            builder.HasOne<Payment>().WithOne().HasForeignKey<Refund>(r => r.PaymentId);
            builder.Property(r => r.OperationId).HasMaxLength(RefundOperation.MaxIdLength);
            builder.Property(r => r.Currency).HasMaxLength(3);
            builder.HasIndex(r => new { r.OrderId, r.OperationId });
            builder.HasIndex(r => r.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
        }
    }
}

/// <summary>
/// A request to refund an order was decided: a repeat changes nothing, also when more money came since.
/// </summary>
internal sealed class RefundOperation
{
    public const int MaxIdLength = 200;
    public const int MaxReasonLength = 500;

    public required Guid OrderId { get; init; }
    public required string Id { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<RefundOperation>
    {
        public void Configure(EntityTypeBuilder<RefundOperation> builder)
        {
            builder.ToTable("refund_operations");
            builder.HasKey(o => new { o.OrderId, o.Id });
            builder.Property(o => o.Id).HasMaxLength(MaxIdLength);
            builder.Property(o => o.Reason).HasMaxLength(MaxReasonLength);
        }
    }
}
