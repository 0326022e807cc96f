using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Refunds;

/// <summary>A refund: pending, then completed.</summary>
public enum RefundStatus
{
    Pending,
    Completed,
}

/// <param name="Id">The merchant's id of the refund.</param>
public sealed record RefundResponse(string Id, RefundStatus Status, Money Amount);

internal sealed class Refund
{
    public const string IdPattern = "^[a-zA-Z0-9]{1,35}$";

    /// <summary>The Pix end-to-end id or the card charge's id.</summary>
    public required string Charge { get; init; }

    /// <summary>The merchant's id: one refund each.</summary>
    public required string Id { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public RefundStatus Status { get; set; }
    public required DateTimeOffset CompletesAt { get; init; }

    public RefundResponse Describe() => new(Id, Status, new(Amount, Currency));

    public WebhookMessage Complete(DateTimeOffset now)
    {
        Status = RefundStatus.Completed;
        return WebhookMessage.Of(WebhookTypes.RefundCompleted, new(new(Amount, Currency), RefundId: Id), now);
    }

    private sealed class Mapping : IEntityTypeConfiguration<Refund>
    {
        public void Configure(EntityTypeBuilder<Refund> builder)
        {
            builder.ToTable("refunds");
            builder.HasKey(r => new { r.Charge, r.Id });
            builder.Property(r => r.Charge).HasMaxLength(40);
            builder.Property(r => r.Id).HasMaxLength(35);
            builder.Property(r => r.Currency).HasMaxLength(3);
            builder.Property(r => r.Status).HasConversion<string>().HasMaxLength(20);
            builder.HasIndex(r => r.CompletesAt).HasFilter("status = 'Pending'");
        }
    }
}

/// <summary>The rule that Pix and cards share.</summary>
internal static class Refunding
{
    /// <summary>
    /// Inside a transaction that holds the charge's row: the refund of this id, made now or before. What is refunded in
    /// all never exceeds what was paid.
    /// </summary>
    public static async Task<Refund> PutAsync(
        SandboxDb db,
        string charge,
        string id,
        Money amount,
        Money paid,
        SandboxOptions options,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        Limits.Check(amount);
        var refunds = await db.Refunds.Where(r => r.Charge == charge).ToListAsync(ct);
        if (refunds.Find(r => r.Id == id) is { } known)
            return known.Amount == amount.Amount
                ? known
                : throw ProblemException.Conflict("refund-mismatch", "This refund id was used with another amount.");
        if (refunds.Sum(r => r.Amount) + amount.Amount > paid.Amount)
            throw ProblemException.Conflict("refund-exceeds-charge", "More would be given back than was paid.");
        var refund = new Refund
        {
            Charge = charge,
            Id = id,
            Amount = amount.Amount,
            Currency = amount.Currency,
            CompletesAt = now.AddSeconds(options.RefundSeconds),
        };
        db.Add(refund);
        if (options.RefundSeconds == 0)
            db.Add(refund.Complete(now));
        return refund;
    }
}
