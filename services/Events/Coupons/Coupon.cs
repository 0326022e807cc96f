using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

/// <summary>A code that lowers the price of an order's tickets, by percent or by an amount.</summary>
internal sealed class Coupon
{
    public const int MaxCodeLength = 40;
    public const int MaxPerEvent = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid EventId { get; init; }

    /// <summary>Upper case: people type it as they like.</summary>
    public required string Code { get; init; }
    public int? PercentOff { get; init; }
    public long? AmountOff { get; init; }
    public string? Currency { get; init; }
    public int? MaxRedemptions { get; set; }

    /// <summary>Orders that hold it or have paid with it; changed by redemptions.sql alone.</summary>
    public int Redeemed { get; private set; }
    public DateTimeOffset? ValidFrom { get; private set; }
    public DateTimeOffset? ValidUntil { get; private set; }
    public long Version { get; private set; } = 1;

    public static string Normalize(string code) => code.Trim().ToUpperInvariant();

    /// <exception cref="ProblemException">422 when it would end before it starts.</exception>
    public Coupon Valid(DateTimeOffset? from, DateTimeOffset? until)
    {
        (ValidFrom, ValidUntil) = (from?.ToStored(), until?.ToStored());
        if (ValidUntil <= ValidFrom)
            throw ProblemException.Invalid("validUntil", "After validFrom.");
        return this;
    }

    public void Advance() => Version++;

    private sealed class Mapping : IEntityTypeConfiguration<Coupon>
    {
        public void Configure(EntityTypeBuilder<Coupon> builder)
        {
            builder.Property(c => c.Code).HasMaxLength(MaxCodeLength);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.HasIndex(c => new { c.EventId, c.Code }).IsUnique();
            builder.HasOne<Event>().WithMany().HasForeignKey(c => c.EventId);
            builder.ToTable(t =>
            {
                t.HasCheckConstraint("ck_coupons_redeemed", "redeemed >= 0");
                t.HasCheckConstraint("ck_coupons_off", "num_nonnulls(percent_off, amount_off) = 1");
            });
        }
    }
}

/// <param name="PercentOff">Of the tickets' price; or <paramref name="AmountOff"/>.</param>
/// <param name="MaxRedemptions">Null: as often as people like.</param>
/// <param name="Redeemed">Orders that have it now.</param>
internal sealed record CouponView(
    Guid Id,
    Guid EventId,
    string Code,
    int? PercentOff,
    Money? AmountOff,
    int? MaxRedemptions,
    int Redeemed,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidUntil,
    long Version
)
{
    public static CouponView Of(Coupon c) =>
        new(
            c.Id,
            c.EventId,
            c.Code,
            c.PercentOff,
            c.AmountOff is { } amount ? new Money(amount, c.Currency!) : null,
            c.MaxRedemptions,
            c.Redeemed,
            c.ValidFrom,
            c.ValidUntil,
            c.Version
        );
}
