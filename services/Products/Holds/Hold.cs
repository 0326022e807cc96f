using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Products.Catalog;

namespace Ticketing.Products.Holds;

/// <summary>What an order takes of the stock: a lease until it is paid, sold after that.</summary>
internal sealed class Hold
{
    /// <summary>One hold an order, whatever is retried.</summary>
    public required Guid OrderId { get; init; }
    public required Guid BuyerId { get; init; }
    public required Guid SessionId { get; init; }
    public required HoldState State { get; set; }
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The refunds that gave a part of it back.</summary>
    public Guid[] Returns { get; init; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<Hold>
    {
        public void Configure(EntityTypeBuilder<Hold> builder)
        {
            builder.ToTable("holds");
            builder.HasKey(h => h.OrderId);
            builder.Property(h => h.State).HasMaxLength(20);
            builder.Property(h => h.Returns).HasDefaultValueSql("'{}'");
            builder
                .HasIndex(h => h.ExpiresAt, "ix_holds_live")
                .HasDatabaseName("ix_holds_live")
                .HasFilter("state = 'Held'");
            builder
                .HasIndex(h => h.ExpiresAt, "ix_holds_ended")
                .HasDatabaseName("ix_holds_ended")
                .HasFilter("state IN ('Expired', 'Released', 'Voided')");
            builder.HasIndex(h => h.SessionId);
        }
    }
}

/// <summary>
/// Of any lease: Held ⇄ Expired (by the sweeper; taken again while stock lasts), Held → Released, any of them → Committed → Voided.
/// Voided is the end.
/// </summary>
internal enum HoldState
{
    Held,
    Expired,
    Released,
    Committed,
    Voided,
}

/// <summary>One product of a hold, at the price of the moment it was taken.</summary>
internal sealed class HoldLine
{
    public required Guid OrderId { get; init; }
    public required Guid ProductId { get; init; }
    public required string Name { get; init; }
    public required long UnitPriceAmount { get; init; }
    public required int Quantity { get; init; }

    /// <summary>Of these, what went back alone.</summary>
    public int Returned { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<HoldLine>
    {
        public void Configure(EntityTypeBuilder<HoldLine> builder)
        {
            builder.ToTable(
                "hold_lines",
                t => t.HasCheckConstraint("ck_hold_lines_quantity", "quantity > 0 AND returned BETWEEN 0 AND quantity")
            );
            builder.Property(l => l.Returned).HasDefaultValue(0);
            builder.HasKey(l => new { l.OrderId, l.ProductId });
            builder.HasOne<Hold>().WithMany().HasForeignKey(l => l.OrderId);
            builder.HasOne<Product>().WithMany().HasForeignKey(l => l.ProductId);
            builder.Property(l => l.Name).HasMaxLength(Product.MaxNameLength);
        }
    }
}
