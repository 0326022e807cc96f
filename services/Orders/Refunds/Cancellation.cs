using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Orders.Refunds;

/// <summary>An event or a session that will not happen: its orders are cancelled or refunded, also those yet to come.</summary>
internal sealed class Cancellation
{
    public required Guid SubjectId { get; init; }
    public required DateTimeOffset At { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Cancellation>
    {
        public void Configure(EntityTypeBuilder<Cancellation> cancellation)
        {
            cancellation.ToTable("cancellations");
            cancellation.HasKey(c => c.SubjectId);
            cancellation.Property(c => c.SubjectId).ValueGeneratedNever();
        }
    }
}
