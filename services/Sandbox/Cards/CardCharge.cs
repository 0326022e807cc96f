using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

public enum CardStatus
{
    /// <summary>Approved; the money comes later.</summary>
    Processing,

    /// <summary>The buyer must authenticate (3-D Secure).</summary>
    RequiresAction,
    Settled,
    Failed,

    /// <summary>By the merchant, before it settled.</summary>
    Cancelled,
}

/// <summary>A card charge.</summary>
/// <param name="Reference">The merchant's own id.</param>
/// <param name="ChallengeUrl">Where the buyer authenticates; only while it is asked for.</param>
/// <param name="FailureReason">declined, insufficient-funds or authentication-failed.</param>
/// <param name="Disputed">The card's owner asked for the money back (chargeback).</param>
/// <param name="DisputeStatus">needs_response, under_review, won or lost; null: not disputed.</param>
public sealed record CardChargeResponse(
    Guid Id,
    string Reference,
    CardStatus Status,
    Money Amount,
    string Brand,
    string Last4,
    string? ChallengeUrl,
    string? FailureReason,
    DateTimeOffset? SettledAt,
    bool Disputed,
    string? DisputeStatus
);

internal sealed class CardCharge
{
    public const string Columns =
        "id, idempotency_key, token, reference, amount, currency, brand, last4, status, failure_reason, settled_at, disputed, created_at, dispute_status, evidence, disputed_at, refunded";

    /// <summary>SQL assignments.</summary>
    public const string Settle = "status = 'Settled', settles_at = NULL, settled_at = now()";

    public static readonly ChargeTable<CardCharge> Table = new("card_charges", Columns, Read);

    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string IdempotencyKey { get; init; }
    public required string Token { get; init; }
    public required string Reference { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Brand { get; init; }
    public required string Last4 { get; init; }
    public CardStatus Status { get; init; }
    public string? FailureReason { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SettlesAt { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
    public bool Disputed { get; init; }

    /// <summary>As Stripe says it: needs_response, under_review, won or lost; null: not disputed.</summary>
    public string? DisputeStatus { get; init; }
    public DateTimeOffset? DisputedAt { get; init; }

    /// <summary>What the merchant said against the dispute.</summary>
    public string? Evidence { get; init; }

    /// <summary>Of all refunds.</summary>
    public long Refunded { get; init; }

    public Money Total => new(Amount, Currency);

    public CardChargeResponse Describe(PublicOptions site) =>
        new(
            Id,
            Reference,
            Status,
            Total,
            Brand,
            Last4,
            Status == CardStatus.RequiresAction ? $"{site.BaseUrl.TrimEnd('/')}/sandbox/3ds/{Id}" : null,
            FailureReason,
            SettledAt,
            Disputed,
            DisputeStatus
        );

    public static CardCharge Read(NpgsqlDataReader row, int first) =>
        new()
        {
            Id = row.GetGuid(first),
            IdempotencyKey = row.GetString(first + 1),
            Token = row.GetString(first + 2),
            Reference = row.GetString(first + 3),
            Amount = row.GetInt64(first + 4),
            Currency = row.GetString(first + 5),
            Brand = row.GetString(first + 6),
            Last4 = row.GetString(first + 7),
            Status = Enum.Parse<CardStatus>(row.GetString(first + 8)),
            FailureReason = row.IsDBNull(first + 9) ? null : row.GetString(first + 9),
            SettledAt = row.IsDBNull(first + 10) ? null : row.GetFieldValue<DateTimeOffset>(first + 10),
            Disputed = row.GetBoolean(first + 11),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(first + 12),
            DisputeStatus = row.IsDBNull(first + 13) ? null : row.GetString(first + 13),
            Evidence = row.IsDBNull(first + 14) ? null : row.GetString(first + 14),
            DisputedAt = row.Nullable<DateTimeOffset>(first + 15),
            Refunded = row.GetInt64(first + 16),
        };

    /// <summary>The charge as it was when it was made.</summary>
    public CardCharge As(CardStatus status, string? failureReason) =>
        new()
        {
            Id = Id,
            IdempotencyKey = IdempotencyKey,
            Token = Token,
            Reference = Reference,
            Amount = Amount,
            Currency = Currency,
            Brand = Brand,
            Last4 = Last4,
            Status = status,
            FailureReason = failureReason,
            CreatedAt = CreatedAt,
        };

    private sealed class Mapping : IEntityTypeConfiguration<CardCharge>
    {
        public void Configure(EntityTypeBuilder<CardCharge> builder)
        {
            builder.ToTable("card_charges");
            builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
            builder.Property(c => c.Disputed).HasDefaultValue(false);
            builder.Property(c => c.DisputeStatus).HasMaxLength(20);
            builder.Property(c => c.Evidence).HasMaxLength(20_000);
            builder.Property(c => c.Refunded).HasDefaultValue(0L);
            builder.HasIndex(c => c.CreatedAt);
            builder.Property(c => c.IdempotencyKey).HasMaxLength(Limits.MaxKey);
            builder.HasIndex(c => c.IdempotencyKey).IsUnique();
            builder.Property(c => c.Token).HasMaxLength(100);
            builder.Property(c => c.Reference).HasMaxLength(Limits.MaxKey);
            builder.HasIndex(c => c.Reference);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.Property(c => c.Brand).HasMaxLength(20);
            builder.Property(c => c.Last4).HasMaxLength(4);
            builder.Property(c => c.Status).HasMaxLength(20);
            builder.Property(c => c.FailureReason).HasMaxLength(40);
            builder.HasIndex(c => c.SettlesAt).HasFilter("settles_at IS NOT NULL");
        }
    }
}
