using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

/// <summary>What a buyer chooses: a name, a kind, a price, and the pool it draws from.</summary>
internal sealed class TicketType
{
    public const int MaxNameLength = 80;
    public const int DefaultMaxPerOrder = 8;
    public const int MaxMaxPerOrder = 50;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid SessionId { get; init; }
    public required Guid PoolId { get; init; }
    public required string Name { get; set; }
    public required TicketKind Kind { get; set; }
    public Money Price { get; private set; }
    public DateTimeOffset? SalesStart { get; private set; }
    public DateTimeOffset? SalesEnd { get; private set; }
    public required int MaxPerOrder { get; set; }
    public long Version { get; private set; } = 1;

    public void Advance() => Version++;

    public TicketType Priced(Money price)
    {
        Prices.Check("price", price);
        Price = price;
        return this;
    }

    /// <exception cref="ProblemException">422 when it would end before it starts.</exception>
    public TicketType OnSale(DateTimeOffset? start, DateTimeOffset? end)
    {
        (SalesStart, SalesEnd) = (start?.ToStored(), end?.ToStored());
        if (SalesEnd <= SalesStart)
            throw ProblemException.Invalid("salesEnd", "After the start of the sale.");
        return this;
    }

    public TicketTypeSnapshot Snapshot() => new(Id, PoolId, Name, Kind, Price, SalesStart, SalesEnd, MaxPerOrder);

    private sealed class Mapping : IEntityTypeConfiguration<TicketType>
    {
        public void Configure(EntityTypeBuilder<TicketType> builder)
        {
            builder.Property(t => t.Id).ValueGeneratedNever();
            builder.Property(t => t.Name).HasMaxLength(MaxNameLength);
            builder.Property(t => t.Kind).HasMaxLength(10);
            builder.ComplexProperty(t => t.Price).Property(p => p.Currency).HasMaxLength(3);
            builder.HasIndex(t => t.SessionId);
            builder.HasOne<Pool>().WithMany().HasForeignKey(t => t.PoolId).OnDelete(DeleteBehavior.ClientCascade);
            builder.ToTable(t => t.HasCheckConstraint("ck_ticket_types_price", "price_amount >= 0"));
        }
    }
}
