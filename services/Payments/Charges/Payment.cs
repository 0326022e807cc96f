using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Payments.BrCodes;
using Ticketing.Payments.Providers;

namespace Ticketing.Payments.Charges;

/// <summary>
/// One attempt to have an order paid: pending → settled | failed | cancelled; settled → refunded. Late money settles a
/// failed or cancelled payment too.
/// </summary>
internal sealed class Payment
{
    public const int MaxAttempts = 99;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OrderId { get; init; }
    public required int Attempt { get; init; }
    public required string Provider { get; init; }
    public required PaymentMethod Method { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }

    /// <summary>The buyer must have paid by then.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the order's trace: what the provider says later belongs there.</summary>
    public string? TraceParent { get; init; }
    public PaymentStatus Status { get; private set; }

    /// <summary>The provider's id; null while its answer is not known.</summary>
    public string? ChargeId { get; private set; }

    /// <summary>What refunds refer to.</summary>
    public string? SettlementId { get; private set; }
    public string? CopyPaste { get; private set; }
    public string? CardBrand { get; private set; }
    public string? CardLast4 { get; private set; }
    public string? ChallengeUrl { get; private set; }
    public string? FailureReason { get; private set; }
    public DateTimeOffset? SettledAt { get; private set; }
    public DateTimeOffset? DisputedAt { get; private set; }

    /// <summary>When reconciliation asks the provider (again); null: never.</summary>
    public DateTimeOffset? NextCheckAt { get; private set; }
    public int Checks { get; private set; }

    public Money Total => new(Amount, Currency);

    /// <summary>Known before the provider is called, so that a repeat meets the same charge.</summary>
    public string TxId => $"{OrderId:N}{Attempt:00}";

    public static (Guid OrderId, int Attempt)? ParseTxId(string txid) =>
        txid.Length == 34
        && Guid.TryParseExact(txid[..32], "N", out var order)
        && int.TryParse(
            txid[32..],
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var attempt
        )
            ? (order, attempt)
            : null;

    /// <summary>Takes over what the provider tells beside the state.</summary>
    public void Describe(Charge charge, PaymentsOptions options)
    {
        if (charge.Id.Length > 0)
            ChargeId = charge.Id;
        SettlementId = charge.SettlementId ?? SettlementId;
        CardBrand = charge.Brand;
        CardLast4 = charge.Last4;
        ChallengeUrl = charge.ChallengeUrl;
        if (charge.Location is { } location)
            CopyPaste ??= BrCode.Dynamic(location, Amount, options.MerchantName, options.MerchantCity);
    }

    public void Settle(DateTimeOffset now)
    {
        Status = PaymentStatus.Settled;
        FailureReason = null;
        SettledAt = now;
        NextCheckAt = null;
    }

    public void Fail(string reason)
    {
        Status = PaymentStatus.Failed;
        FailureReason = reason;
        NextCheckAt = null;
    }

    public void Cancel() => Status = PaymentStatus.Cancelled;

    /// <summary>
    /// Reconciliation asks the provider from then on; after the charge was taken back too, for money may be on its way.
    /// </summary>
    public void CheckFrom(DateTimeOffset at)
    {
        NextCheckAt = at;
        Checks = 0;
    }

    public void Dispute(DateTimeOffset now) => DisputedAt = now;

    public void Refund() => Status = PaymentStatus.Refunded;

    public PaymentSnapshot Snapshot() =>
        new(
            Id,
            OrderId,
            Attempt,
            Method,
            Status,
            Total,
            CopyPaste is null ? null : new(TxId, CopyPaste, QrImage.DataUri(CopyPaste), ExpiresAt),
            Method == PaymentMethod.Card ? new(CardBrand, CardLast4, ChallengeUrl) : null,
            FailureReason
        );

    private sealed class Mapping : IEntityTypeConfiguration<Payment>
    {
        public void Configure(EntityTypeBuilder<Payment> builder)
        {
            builder.ToTable("payments");
            builder.Ignore(p => p.Total);
            builder.Ignore(p => p.TxId);
            builder.Property(p => p.Provider).HasMaxLength(20);
            builder.Property(p => p.Method).HasConversion<string>().HasMaxLength(20);
            // An update is a conditional one: from the state that was read.
            builder.Property(p => p.Status).HasConversion<string>().HasMaxLength(20).IsConcurrencyToken();
            builder.Property(p => p.Currency).HasMaxLength(3);
            builder.Property(p => p.ChargeId).HasMaxLength(100);
            builder.Property(p => p.SettlementId).HasMaxLength(100);
            builder.Property(p => p.CopyPaste).HasMaxLength(512);
            builder.Property(p => p.CardBrand).HasMaxLength(40);
            builder.Property(p => p.CardLast4).HasMaxLength(4);
            builder.Property(p => p.ChallengeUrl).HasMaxLength(2000);
            builder.Property(p => p.FailureReason).HasMaxLength(100);
            builder.HasIndex(p => new { p.OrderId, p.Attempt }).IsUnique();
            builder
                .HasIndex(p => p.OrderId)
                .IsUnique()
                .HasFilter("status = 'Pending'")
                .HasDatabaseName("ix_payments_open");
            builder.HasIndex(p => p.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
        }
    }
}
