using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Sandbox.Webhooks;
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
    bool Disputed
);

internal sealed class CardCharge
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string IdempotencyKey { get; init; }
    public required string Token { get; init; }
    public required string Reference { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Brand { get; init; }
    public required string Last4 { get; init; }
    public CardStatus Status { get; private set; }
    public string? FailureReason { get; private set; }
    public DateTimeOffset? SettlesAt { get; private set; }
    public DateTimeOffset? SettledAt { get; private set; }
    public bool Disputed { get; private set; }

    public Money Total => new(Amount, Currency);

    /// <summary>The card issuer's decision; the webhook, when it is final.</summary>
    public WebhookMessage? Decide(CardOutcome outcome, DateTimeOffset now, double lateSeconds)
    {
        switch (outcome)
        {
            case CardOutcome.Approve:
                return Settle(now);
            case CardOutcome.Decline:
                return Fail("declined", now);
            case CardOutcome.InsufficientFunds:
                return Fail("insufficient-funds", now);
            case CardOutcome.Challenge:
                Status = CardStatus.RequiresAction;
                return null;
            default:
                SettlesAt = now.AddSeconds(lateSeconds);
                return null;
        }
    }

    public WebhookMessage Settle(DateTimeOffset now)
    {
        Status = CardStatus.Settled;
        SettlesAt = null;
        SettledAt = now;
        return Webhook(WebhookTypes.CardSettled, now);
    }

    public WebhookMessage Fail(string reason, DateTimeOffset now)
    {
        Status = CardStatus.Failed;
        FailureReason = reason;
        return Webhook(WebhookTypes.CardFailed, now);
    }

    public void Cancel()
    {
        Status = CardStatus.Cancelled;
        SettlesAt = null;
    }

    public WebhookMessage Dispute(DateTimeOffset now)
    {
        Disputed = true;
        return Webhook(WebhookTypes.CardDisputed, now);
    }

    private WebhookMessage Webhook(string type, DateTimeOffset now) =>
        WebhookMessage.Of(type, new(Total, ChargeId: Id, Reference: Reference), now);

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
            Disputed
        );

    /// <summary>The charge, its row locked until the transaction ends.</summary>
    public static async Task<CardCharge> LockAsync(SandboxDb db, Guid id, CancellationToken ct) =>
        await db.CardCharges.FromSql($"SELECT * FROM card_charges WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct)
        ?? throw ProblemException.NotFound("charge");

    private sealed class Mapping : IEntityTypeConfiguration<CardCharge>
    {
        public void Configure(EntityTypeBuilder<CardCharge> builder)
        {
            builder.ToTable("card_charges");
            builder.Ignore(c => c.Total);
            builder.Property(c => c.IdempotencyKey).HasMaxLength(Limits.MaxKey);
            builder.HasIndex(c => c.IdempotencyKey).IsUnique();
            builder.Property(c => c.Token).HasMaxLength(CardToken.MaxLength);
            builder.Property(c => c.Reference).HasMaxLength(Limits.MaxKey);
            builder.HasIndex(c => c.Reference);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.Property(c => c.Brand).HasMaxLength(20);
            builder.Property(c => c.Last4).HasMaxLength(4);
            builder.Property(c => c.Status).HasConversion<string>().HasMaxLength(20);
            builder.Property(c => c.FailureReason).HasMaxLength(40);
            builder.HasIndex(c => c.SettlesAt).HasFilter("settles_at IS NOT NULL");
        }
    }
}
