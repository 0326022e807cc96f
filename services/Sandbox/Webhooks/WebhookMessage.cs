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
