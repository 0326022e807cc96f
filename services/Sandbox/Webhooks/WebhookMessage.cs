using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Webhooks;

/// <summary>An event to tell the merchant; written in the transaction of its cause, deleted when delivered.</summary>
internal sealed class WebhookMessage
{
    /// <summary>The same in every delivery: receivers tell duplicates by it.</summary>
    public required string Id { get; init; }

    /// <summary>The body as it is sent.</summary>
    public required string Payload { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset NextAttemptAt { get; init; }

    public static WebhookMessage Of(string type, WebhookData data, DateTimeOffset at)
    {
        var id = $"evt_{Guid.CreateVersion7():N}";
        return new()
        {
            Id = id,
            Payload = JsonSerializer.Serialize(
                new
                {
                    id,
                    type,
                    createdAt = at,
                    data,
                },
                ServiceDefaultsExtensions.Json
            ),
        };
    }

    private sealed class Mapping : IEntityTypeConfiguration<WebhookMessage>
    {
        public void Configure(EntityTypeBuilder<WebhookMessage> builder)
        {
            builder.ToTable("webhooks");
            builder.Property(m => m.Id).HasMaxLength(40);
            builder.Property(m => m.NextAttemptAt).HasDefaultValueSql("now()");
            builder.HasIndex(m => m.NextAttemptAt);
        }
    }
}

/// <summary>What a webhook is about.</summary>
/// <param name="Reference">The merchant's own id of a card charge.</param>
internal sealed record WebhookData(
    Money Amount,
    string? TxId = null,
    Guid? ChargeId = null,
    string? Reference = null,
    string? RefundId = null
);

internal static class WebhookTypes
{
    public const string PixPaid = "pix.paid";
    public const string PixDisputed = "pix.disputed";
    public const string CardSettled = "card.settled";
    public const string CardFailed = "card.failed";
    public const string CardDisputed = "card.disputed";
    public const string RefundCompleted = "refund.completed";
}
