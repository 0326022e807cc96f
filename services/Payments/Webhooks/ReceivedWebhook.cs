using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Webhooks;

/// <summary>A provider's notification, kept once an event, with its effect or waiting for it.</summary>
internal sealed class ReceivedWebhook
{
    public const int MaxEventId = 200;
    public const int MaxType = 100;

    public required Guid Id { get; init; }
    public required string Provider { get; init; }
    public required string EventId { get; init; }
    public required string Type { get; init; }
    public required Guid? PaymentId { get; init; }
    public required Guid? OrderId { get; init; }
    public required int? Attempt { get; init; }
    public required string? ChargeId { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ProcessedAt { get; init; }

    /// <summary>When it is tried (again); null: never.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }
    public int Checks { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<ReceivedWebhook>
    {
        public void Configure(EntityTypeBuilder<ReceivedWebhook> builder)
        {
            builder.ToTable("received_webhooks");
            builder.Property(w => w.Provider).HasMaxLength(20);
            builder.Property(w => w.EventId).HasMaxLength(MaxEventId);
            builder.Property(w => w.ChargeId).HasMaxLength(Payment.MaxChargeId);
            builder.Property(w => w.Type).HasMaxLength(MaxType);
            builder.Property(w => w.ReceivedAt).HasDefaultValueSql("now()");
            builder.Property(w => w.Checks).HasDefaultValue(0);
            builder.HasIndex(w => new { w.Provider, w.EventId }).IsUnique();
            builder.HasIndex(w => w.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
            builder.HasIndex(w => w.ReceivedAt);
        }
    }
}

/// <summary>What a provider sent, before or after it is kept.</summary>
internal sealed record Webhook(Guid Id, string Provider, WebhookNotice Notice)
{
    public const string Columns = "id, provider, event_id, type, payment_id, order_id, attempt, charge_id";

    /// <summary>SQL, after the insertion: it has had its effect, and may have waited for it.</summary>
    public const string Processed = """
        ON CONFLICT (provider, event_id) DO UPDATE SET processed_at = now(), next_check_at = NULL
        """;

    /// <summary>SQL: the row <c>p</c> of the payment that the webhook <c>w</c> names.</summary>
    public const string NamesPayment = """
        p.provider = w.provider AND p.id = coalesce(w.payment_id,
            (SELECT named.id FROM payments named WHERE named.order_id = w.order_id AND named.attempt = w.attempt),
            (SELECT charged.id FROM payments charged WHERE charged.charge_id = w.charge_id))
        """;

    /// <param name="first">The first of <see cref="Columns"/>.</param>
    public static Webhook? Read(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(
                row.GetGuid(first),
                row.GetString(first + 1),
                new(
                    row.GetString(first + 2),
                    row.GetString(first + 3),
                    row.IsDBNull(first + 4) ? null : row.GetGuid(first + 4),
                    row.IsDBNull(first + 5) ? null : row.GetGuid(first + 5),
                    row.IsDBNull(first + 6) ? null : row.GetInt32(first + 6),
                    row.IsDBNull(first + 7) ? null : row.GetString(first + 7)
                )
            );
}

internal static class WebhookParameters
{
    /// <summary>Adds <see cref="Webhook.Columns"/>; all null without one.</summary>
    public static NpgsqlCommand Add(this NpgsqlCommand command, Webhook? webhook) =>
        command.Add(
            webhook?.Id,
            webhook?.Provider,
            webhook?.Notice.EventId,
            webhook?.Notice.Type,
            webhook?.Notice.PaymentId,
            webhook?.Notice.OrderId,
            webhook?.Notice.Attempt,
            webhook?.Notice.ChargeId
        );
}
