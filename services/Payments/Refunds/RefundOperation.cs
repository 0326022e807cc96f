using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Payments.Refunds;

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
            builder.Property(o => o.CreatedAt).HasDefaultValueSql("now()");
            builder.HasIndex(o => o.CreatedAt);
        }
    }
}
