using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Products.Sessions;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

/// <summary>
/// An add-on of one session. Its stock is moved by conditional updates alone (holds.sql);
/// always capacity = available + held + sold.
/// </summary>
internal sealed class Product
{
    public const int MaxPerSession = 100;
    public const int MaxNameLength = 120;
    public const int MaxDescriptionLength = 2_000;
    public const int MaxStock = 1_000_000;
    public const int MaxPerOrderLimit = 100;
    public const long MaxPriceAmount = 10_000_000;
    public const string Currency = "BRL";

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid SessionId { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public required long PriceAmount { get; set; }
    public int Capacity { get; private set; }
    public int Available { get; private set; }
    public int Held { get; private set; }
    public int Sold { get; private set; }
    public required int MaxPerOrder { get; set; }
    public DateTimeOffset? SalesStart { get; set; }
    public DateTimeOffset? SalesEnd { get; set; }

    /// <summary>No longer offered; what was sold stays sold.</summary>
    public bool Hidden { get; set; }

    /// <summary>Grows with every edit, not with every sale.</summary>
    public long Version { get; set; } = 1;

    public Money Price => new(PriceAmount, Currency);

    /// <summary>Only what is neither held nor sold can be taken away.</summary>
    public void SetStock(int capacity)
    {
        var available = capacity - Held - Sold;
        if (available < 0)
            throw ProblemException.Conflict(
                "stock-in-use",
                $"{Held} are held and {Sold} sold: the stock cannot be less than {Held + Sold}."
            );
        (Capacity, Available) = (capacity, available);
    }

    public void RequireWindow()
    {
        if (SalesStart is { } start && SalesEnd is { } end && end <= start)
            throw ProblemException.Invalid("salesEnd", "Must be after salesStart.");
    }

    private sealed class Mapping : IEntityTypeConfiguration<Product>
    {
        public void Configure(EntityTypeBuilder<Product> builder)
        {
            builder.ToTable(
                "products",
                t =>
                {
                    t.HasCheckConstraint("ck_products_stock_adds_up", "capacity = available + held + sold");
                    t.HasCheckConstraint(
                        "ck_products_stock_not_negative",
                        "available >= 0 AND held >= 0 AND sold >= 0"
                    );
                    t.HasCheckConstraint("ck_products_price", "price_amount >= 0");
                    t.HasCheckConstraint("ck_products_max_per_order", "max_per_order > 0");
                    t.HasCheckConstraint("ck_products_window", "sales_end > sales_start");
                }
            );
            builder.Property(p => p.Name).HasMaxLength(MaxNameLength);
            builder.Property(p => p.Description).HasMaxLength(MaxDescriptionLength);
            builder.HasIndex(p => new { p.SessionId, p.Id });
            builder.HasOne<Session>().WithMany().HasForeignKey(p => p.SessionId);
            builder.Ignore(p => p.Price);
        }
    }
}
