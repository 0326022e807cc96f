using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Sandbox.Pix;

namespace Ticketing.Sandbox.Webhooks;

/// <summary>An event to tell the merchant; written in the transaction of its cause, deleted when delivered.</summary>
internal sealed class WebhookMessage
{
    /// <summary>The same in every delivery: receivers tell duplicates by it.</summary>
    public required string Id { get; init; }

    /// <summary>The body as it is sent.</summary>
    public required string Payload { get; init; }

    /// <summary>Of a Pix: the key that received; its owner said where to. Null: of a card.</summary>
    public string? PixKey { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>SQL: an event for each row of <paramref name="causes"/>.</summary>
    /// <param name="type">SQL.</param>
    /// <param name="told">SQL, names and values: what the event is about, beside the amount.</param>
    public static string Insert(string causes, string type, string told) =>
        $"""
            INSERT INTO webhooks (id, payload)
            SELECT e.event, json_build_object('id', e.event, 'type', t.type, 'createdAt', now(), 'data',
                json_build_object('amount', json_build_object('amount', e.amount, 'currency', e.currency), {told}))
            FROM (SELECT 'evt_' || replace(gen_random_uuid()::text, '-', '') AS event, c.* FROM {causes} c) e,
                LATERAL (SELECT {type} AS type) t
            WHERE t.type IS NOT NULL
            """;

    private sealed class Mapping : IEntityTypeConfiguration<WebhookMessage>
    {
        public void Configure(EntityTypeBuilder<WebhookMessage> builder)
        {
            builder.ToTable("webhooks");
            builder.Property(m => m.Id).HasMaxLength(40);
            builder.Property(m => m.PixKey).HasMaxLength(PixCharge.MaxKey);
            builder.Property(m => m.Attempts).HasDefaultValue(0);
            builder.Property(m => m.CreatedAt).HasDefaultValueSql("now()");
            builder.Property(m => m.NextAttemptAt).HasDefaultValueSql("now()");
            builder.HasIndex(m => m.CreatedAt);
            builder.HasIndex(m => m.NextAttemptAt);
        }
    }
}

internal static class WebhookTypes
{
    public const string CardSettled = "card.settled";
    public const string CardFailed = "card.failed";
    public const string CardDisputed = "card.disputed";
    public const string RefundCompleted = "refund.completed";
}
