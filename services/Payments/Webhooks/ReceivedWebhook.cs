using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ticketing.Payments.Webhooks;

/// <summary>A provider's notification, kept once an event, with its effect or waiting for it.</summary>
internal sealed class ReceivedWebhook
{
    public const int MaxEventId = 200;
    public const int MaxType = 100;

    /// <summary>SQL: the row <c>p</c> of the payment that the webhook <c>w</c> names.</summary>
    public const string NamesPayment = """
        p.provider = w.provider AND p.id = coalesce(w.payment_id,
            (SELECT named.id FROM payments named WHERE named.order_id = w.order_id AND named.attempt = w.attempt))
        """;

    public required Guid Id { get; init; }
    public required string Provider { get; init; }
    public required string EventId { get; init; }
    public required string Type { get; init; }
    public required Guid? PaymentId { get; init; }
    public required Guid? OrderId { get; init; }
    public required int? Attempt { get; init; }
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
            builder.Property(w => w.Type).HasMaxLength(MaxType);
            builder.Property(w => w.ReceivedAt).HasDefaultValueSql("now()");
            builder.HasIndex(w => new { w.Provider, w.EventId }).IsUnique();
            builder.HasIndex(w => w.NextCheckAt).HasFilter("next_check_at IS NOT NULL");
            builder.HasIndex(w => w.ReceivedAt);
        }
    }
}
