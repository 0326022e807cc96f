using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Disputes;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;

namespace Ticketing.Payments.Charges;

/// <summary>
/// One attempt to have an order paid: pending → settled | failed | cancelled; settled → refunded. Late money settles a
/// failed or cancelled payment too. What changes it is in <see cref="PaymentMove"/>.
/// </summary>
internal sealed record Payment
{
    public const int MaxAttempts = 99;
    public const int MaxChargeId = 100;

    /// <summary>After the deadline the order itself closes its payment; only later is it closed without the order.</summary>
    private const int ExpiryGraceMinutes = 2;

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid OrderId { get; init; }
    public required int Attempt { get; init; }
    public required string Provider { get; init; }
    public required PaymentMethod Method { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }

    /// <summary>Whose money it is, but for the platform's fee.</summary>
    public required Guid OrganizerId { get; init; }
    public required Guid EventId { get; init; }

    /// <summary>Of the amount: what the platform takes.</summary>
    public required long PlatformFee { get; init; }

    /// <summary>The buyer must have paid by then.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the order's trace: what the provider says later belongs there.</summary>
    public string? TraceParent { get; init; }
    public PaymentStatus Status { get; init; }

    /// <summary>A card charge's id at the provider; null while its answer is not known. A Pix has our <see cref="TxId"/>.</summary>
    public string? ChargeId { get; init; }

    /// <summary>What refunds refer to.</summary>
    public string? SettlementId { get; init; }

    /// <summary>Of a Pix that somebody may pay now. Not kept: the provider tells it again, for the asking.</summary>
    public string? CopyPaste { get; init; }
    public string? CardBrand { get; init; }
    public string? CardLast4 { get; init; }

    /// <summary>Only while somebody may pay with it.</summary>
    public string? ChallengeUrl { get; init; }
    public string? FailureReason { get; init; }

    /// <summary>
    /// All that came instead of the amount that was asked for, or beside it, in minor units; it lies in suspense, a posting each.
    /// </summary>
    public long? RefusedAmount { get; init; }
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Since then a bank decides about the money; null: none does.</summary>
    public DateTimeOffset? DisputedAt { get; init; }

    /// <summary>What disputes took for good, in minor units.</summary>
    public long LostAmount { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Dispute> Disputes { get; init; } = [];

    /// <summary>Refunds of a part of it, oldest first.</summary>
    public IReadOnlyList<PartialRefund> PartialRefunds { get; init; } = [];

    /// <summary>The request that decided to give the money back.</summary>
    public string? RefundOperation { get; init; }
    public DateTimeOffset? RefundStartedAt { get; init; }

    /// <summary>What it owes: all that no dispute had taken by then, and no partial refund.</summary>
    public long? RefundAmount { get; init; }

    /// <summary>Of the request for it: what the provider says later belongs there.</summary>
    public string? RefundTraceParent { get; init; }
    public DateTimeOffset? RefundedAt { get; init; }

    /// <summary>When a check asks the provider (again); null: never.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }
    public int Checks { get; init; }

    /// <summary>Another one with each change of the row: what was read is what is changed.</summary>
    public uint Version { get; init; }

    /// <summary>By the database's clock: nobody will pay any more.</summary>
    public bool IsOverdue { get; init; }

    public Money Total => new(Amount, Currency);

    /// <summary>All of it that is left is on its way back.</summary>
    public bool IsRefunding => RefundStartedAt is not null && RefundedAt is null;

    /// <summary>The refund that is next: parts before all that is left. Null: nothing is on its way back.</summary>
    public Refund? NextRefund =>
        PartialRefunds.FirstOrDefault(p => !p.IsCompleted) is { } part
            ? new(part.Id, Math.Min(part.Amount, Refundable.Amount))
        : IsRefunding ? new(Id, Refundable.Amount)
        : null;

    /// <summary>What is here to be given back: no dispute took it, and it did not go back before.</summary>
    public Money Refundable => new(Amount - LostAmount - PartialRefunds.Sum(p => p.Returned), Currency);

    /// <summary>The same without what is promised.</summary>
    public long Unpromised => Amount - LostAmount - PartialRefunds.Sum(p => p.Promised);

    /// <summary>Known before the provider is called, so that a repeat meets the same charge.</summary>
    public string TxId => $"{OrderId:N}{Attempt:00}";

    public static (Guid OrderId, int Attempt)? ParseTxId(string txid) =>
        txid.Length == 34
        && Guid.TryParseExact(txid[..32], "N", out var order)
        && int.TryParse(txid[32..], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? (order, attempt)
            : null;

    public PaymentSnapshot Snapshot() =>
        new(
            Id,
            OrderId,
            Attempt,
            Method,
            Status,
            Total,
            CopyPaste is null ? null : new(TxId, CopyPaste, ExpiresAt),
            Method == PaymentMethod.Card ? new(CardBrand, CardLast4, ChallengeUrl) : null,
            FailureReason
        );

    /// <summary>What <see cref="Read"/> reads, of the row <paramref name="p"/>.</summary>
    public static string Columns(string p = "payments") =>
        $"""
            {p}.id, {p}.order_id, {p}.attempt, {p}.provider, {p}.method, {p}.amount, {p}.currency, {p}.expires_at,
                {p}.created_at, {p}.trace_parent, {p}.status, {p}.charge_id, {p}.settlement_id, {p}.card_brand,
                {p}.card_last4, {p}.challenge_url, {p}.failure_reason, {p}.refused_amount, {p}.settled_at, {p}.disputed_at,
                {p}.refund_operation, {p}.refund_started_at, {p}.refund_trace_parent, {p}.refunded_at, {p}.next_check_at,
                {p}.xmin AS version, {p}.expires_at < now() - interval '{ExpiryGraceMinutes} minutes' AS overdue,
                {p}.lost_amount, {p}.refund_amount, {p}.organizer_id, {p}.event_id, {p}.platform_fee,
                {p}.partial_refunds, CASE WHEN {p}.status IN ('Settled', 'Refunded')
                    THEN ({Dispute.OfPayment($"{p}.id")}) END AS disputes
            """;

    /// <param name="first">The first of <see cref="Columns"/>; null there is no payment.</param>
    public static Payment? Read(NpgsqlDataReader row, int first = 0)
    {
        if (row.IsDBNull(first))
            return null;
        var next = first;
        return new()
        {
            Id = row.GetGuid(next++),
            OrderId = row.GetGuid(next++),
            Attempt = row.GetInt32(next++),
            Provider = row.GetString(next++),
            Method = Enum.Parse<PaymentMethod>(row.GetString(next++)),
            Amount = row.GetInt64(next++),
            Currency = row.GetString(next++),
            ExpiresAt = row.GetFieldValue<DateTimeOffset>(next++),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(next++),
            TraceParent = Text(next++),
            Status = Enum.Parse<PaymentStatus>(row.GetString(next++)),
            ChargeId = Text(next++),
            SettlementId = Text(next++),
            CardBrand = Text(next++),
            CardLast4 = Text(next++),
            ChallengeUrl = Text(next++),
            FailureReason = Text(next++),
            RefusedAmount = row.IsDBNull(next++) ? null : row.GetInt64(next - 1),
            SettledAt = Time(next++),
            DisputedAt = Time(next++),
            RefundOperation = Text(next++),
            RefundStartedAt = Time(next++),
            RefundTraceParent = Text(next++),
            RefundedAt = Time(next++),
            NextCheckAt = Time(next++),
            Version = row.GetFieldValue<uint>(next++),
            IsOverdue = row.GetBoolean(next++),
            LostAmount = row.GetInt64(next++),
            RefundAmount = row.IsDBNull(next++) ? null : row.GetInt64(next - 1),
            OrganizerId = row.GetGuid(next++),
            EventId = row.GetGuid(next++),
            PlatformFee = row.GetInt64(next++),
            PartialRefunds = PartialRefund.ReadAll(Text(next++)),
            Disputes = Dispute.ReadAll(Text(next)),
        };

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }

    private sealed class Mapping : IEntityTypeConfiguration<Payment>
    {
        public void Configure(EntityTypeBuilder<Payment> builder)
        {
            builder.ToTable("payments");
            builder.Ignore(p => p.IsOverdue);
            builder.Ignore(p => p.Disputes);
            builder.Property(p => p.LostAmount).HasDefaultValue(0L);
            builder.Ignore(p => p.PartialRefunds);
            builder.Property<string?>(PartialRefund.Column).HasColumnType("jsonb");
            builder.Property(p => p.Version).IsRowVersion();
            builder.Property(p => p.Provider).HasMaxLength(20);
            builder.Property(p => p.Method).HasMaxLength(20);
            builder.Property(p => p.Status).HasMaxLength(20);
            builder.Property(p => p.Currency).HasMaxLength(3);
            builder.Property(p => p.ChargeId).HasMaxLength(MaxChargeId);
            // A Pix has none.
            builder.HasIndex(p => p.ChargeId).IsUnique().HasFilter("charge_id IS NOT NULL");
            builder.Property(p => p.SettlementId).HasMaxLength(100);
            builder.Ignore(p => p.CopyPaste);
            builder.Property(p => p.CardBrand).HasMaxLength(40);
            builder.Property(p => p.CardLast4).HasMaxLength(4);
            builder.Property(p => p.ChallengeUrl).HasMaxLength(2000);
            builder.Property(p => p.FailureReason).HasMaxLength(100);
            builder.Property(p => p.RefundOperation).HasMaxLength(Refunds.RefundOperation.MaxIdLength);
            builder.HasIndex(p => new { p.OrderId, p.Attempt }).IsUnique();
            builder
                .HasIndex(p => p.OrderId)
                .IsUnique()
                .HasFilter("status = 'Pending'")
                .HasDatabaseName("ix_payments_open");
            builder.HasIndex(p => p.SettledAt).HasFilter("settled_at IS NOT NULL");
            builder.HasIndex(p => p.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
        }
    }
}
