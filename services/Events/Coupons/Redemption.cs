using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;
using Ticketing.Contracts;

namespace Ticketing.Events.Coupons;

/// <summary>An order took the discount, one an order: a lease until it is paid. Moved by redemptions.sql alone.</summary>
internal sealed class Redemption
{
    public required Guid OrderId { get; init; }
    public required Guid CouponId { get; init; }
    public required Money Discount { get; init; }
    public required RedemptionState State { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    public static void CreateFunctions(MigrationBuilder migration)
    {
        using var reader = new StreamReader(typeof(Redemption).Assembly.GetManifestResourceStream("redemptions.sql")!);
        migration.Sql(reader.ReadToEnd());
    }

    private sealed class Mapping : IEntityTypeConfiguration<Redemption>
    {
        public void Configure(EntityTypeBuilder<Redemption> builder)
        {
            builder.ToTable("coupon_redemptions");
            builder.HasKey(r => r.OrderId);
            builder.ComplexProperty(r => r.Discount).Property(d => d.Currency).HasMaxLength(3);
            builder.Property(r => r.State).HasMaxLength(20);
            builder
                .HasIndex(r => r.ExpiresAt, "ix_coupon_redemptions_live")
                .HasDatabaseName("ix_coupon_redemptions_live")
                .HasFilter("state = 'Held'");
            builder
                .HasIndex(r => r.ExpiresAt, "ix_coupon_redemptions_ended")
                .HasDatabaseName("ix_coupon_redemptions_ended")
                .HasFilter("state <> 'Held'");
            builder.HasIndex(r => r.CouponId);
            builder.HasOne<Coupon>().WithMany().HasForeignKey(r => r.CouponId);
        }
    }
}

/// <summary>
/// Of any lease: Held ⇄ Expired (by the sweeper; taken again while there are any), Held → Released, any of them →
/// Committed → Voided. Voided is the end.
/// </summary>
internal enum RedemptionState
{
    Held,
    Expired,
    Released,
    Committed,
    Voided,
}
