using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
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

    /// <summary>Of the price, what the platform takes.</summary>
    public long PlatformFee { get; private set; }

    /// <summary>What buyers pay on top of the price: the platform's fee or nothing.</summary>
    public long Fee { get; private set; }

    /// <summary>What buyers pay.</summary>
    public Money FullPrice => Price with { Amount = Price.Amount + Fee };
    public DateTimeOffset? SalesStart { get; private set; }
    public DateTimeOffset? SalesEnd { get; private set; }
    public required int MaxPerOrder { get; set; }
    public long Version { get; private set; } = 1;

    public void Advance() => Version++;

    public TicketType Priced(Money price, FeeTerms terms)
    {
        Prices.Check("price", price);
        Price = price;
        PlatformFee = terms.Of(price);
        Fee = terms.PassedOn ? PlatformFee : 0;
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

    public TicketTypeSnapshot Snapshot() =>
        new(Id, PoolId, Name, Kind, FullPrice, SalesStart, SalesEnd, MaxPerOrder, Fee, PlatformFee);

    private sealed class Mapping : IEntityTypeConfiguration<TicketType>
    {
        public void Configure(EntityTypeBuilder<TicketType> builder)
        {
            builder.Property(t => t.Id).ValueGeneratedNever();
            builder.Property(t => t.Name).HasMaxLength(MaxNameLength);
            builder.Property(t => t.Kind).HasMaxLength(10);
            builder.ComplexProperty(t => t.Price).Property(p => p.Currency).HasMaxLength(3);
            builder.Ignore(t => t.FullPrice);
            builder.HasIndex(t => t.SessionId);
            builder.HasOne<Pool>().WithMany().HasForeignKey(t => t.PoolId).OnDelete(DeleteBehavior.ClientCascade);
            builder.ToTable(t => t.HasCheckConstraint("ck_ticket_types_price", "price_amount >= 0"));
        }
    }
}
