using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;

namespace Ticketing.Payments.Disputes;

/// <summary>
/// A payer's bank asks a payment back: a chargeback of a card, or a Pix' special return (MED). Opened → won | lost, as the
/// provider says. Its row changes only with its payment's, whose version guards both.
/// </summary>
internal sealed record Dispute
{
    public const int MaxProviderId = 100;
    public const int MaxReason = 60;

    public required Guid Id { get; init; }

    /// <summary>One dispute each.</summary>
    public required string ProviderId { get; init; }
    public required DisputeState State { get; init; }

    /// <summary>What the bank asks for, in minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>What of it was here to be taken: nothing of a payment that was given back before.</summary>
    public required long Withheld { get; init; }

    /// <summary>The provider's code.</summary>
    public required string Reason { get; init; }
    public DateTimeOffset? EvidenceDueBy { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What is said against it.</summary>
    public string? Evidence { get; init; }
    public DateTimeOffset? EvidenceSentAt { get; init; }

    public bool IsOpen => State is DisputeState.Opened or DisputeState.NeedsEvidence;

    /// <summary>Still to be told to the provider.</summary>
    public bool IsToBeAnswered => IsOpen && Evidence is not null && EvidenceSentAt is null;

    /// <summary>What a bank needs to know that asks for money which its client has.</summary>
    public static string RefundedBefore(Payment payment) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"This payment was refunded on {payment.RefundedAt:yyyy-MM-dd}, before it was disputed (refund of {payment.SettlementId})."
        );

    public DisputeSnapshot Snapshot(Payment payment) =>
        new(
            Id,
            payment.OrderId,
            payment.Id,
            payment.Method,
            State,
            new(Amount, payment.Currency),
            Reason,
            OpenedAt,
            EvidenceDueBy,
            Evidence,
            EvidenceSentAt,
            ClosedAt
        );

    /// <summary>SQL: what <see cref="ReadAll"/> reads.</summary>
    public static string OfPayment(string paymentId) =>
        $"""
            SELECT json_agg(json_build_object('id', d.id, 'providerId', d.provider_id, 'state', d.state, 'amount', d.amount,
                'withheld', d.withheld, 'reason', d.reason, 'evidenceDueBy', d.evidence_due_by, 'openedAt', d.opened_at,
                'closedAt', d.closed_at, 'evidence', d.evidence, 'evidenceSentAt', d.evidence_sent_at)
                ORDER BY d.opened_at, d.id)::text
            FROM disputes d WHERE d.payment_id = {paymentId}
            """;

    public static IReadOnlyList<Dispute> ReadAll(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<List<Dispute>>(json, Json)!;

    /// <summary>For <see cref="Write"/>.</summary>
    public static string ToJson(IEnumerable<Dispute> disputes) => JsonSerializer.Serialize(disputes, Json);

    /// <summary>SQL: makes or changes what the JSON in <paramref name="parameter"/> says, of the payments <paramref name="moved"/>.</summary>
    public static string Write(string moved, string parameter) =>
        $"""
            INSERT INTO disputes (id, payment_id, provider_id, state, amount, withheld, reason, evidence_due_by, opened_at,
                closed_at, evidence, evidence_sent_at)
            SELECT d.id, m.id, d."providerId", d.state, d.amount, d.withheld, d.reason, d."evidenceDueBy", d."openedAt",
                d."closedAt", d.evidence, d."evidenceSentAt"
            FROM {moved} m, jsonb_to_recordset({parameter}::jsonb) AS d (id uuid, "providerId" text, state text, amount bigint,
                withheld bigint, reason text, "evidenceDueBy" timestamptz, "openedAt" timestamptz, "closedAt" timestamptz,
                evidence text, "evidenceSentAt" timestamptz)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, evidence_due_by = excluded.evidence_due_by,
                closed_at = excluded.closed_at, evidence = excluded.evidence, evidence_sent_at = excluded.evidence_sent_at
            """;

    /// <summary>States as the table has them.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    private sealed class Mapping : IEntityTypeConfiguration<Dispute>
    {
        public void Configure(EntityTypeBuilder<Dispute> builder)
        {
            builder.ToTable("disputes");
            builder.Property<Guid>("PaymentId");
            builder.HasOne<Payment>().WithMany().HasForeignKey("PaymentId").OnDelete(DeleteBehavior.Restrict);
            builder.Property(d => d.ProviderId).HasMaxLength(MaxProviderId);
            builder.HasIndex("PaymentId", nameof(ProviderId)).IsUnique();
            builder.Property(d => d.State).HasMaxLength(20);
            builder.Property(d => d.Reason).HasMaxLength(MaxReason);
            builder.Property(d => d.Evidence).HasMaxLength(AttachEvidence.MaxLength);
        }
    }
}
