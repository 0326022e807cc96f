using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.Contracts;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

public enum PixStatus
{
    /// <summary>Waits for money, also after it expired.</summary>
    Active,
    Paid,

    /// <summary>By the merchant.</summary>
    Cancelled,
}

/// <summary>A Pix charge.</summary>
/// <param name="TxId">The merchant's id.</param>
/// <param name="ExpiresAt">Banks refuse to pay later; the sandbox does not, so that late payments can be tried.</param>
/// <param name="Location">Where banks fetch the charge, for the BR Code; without https://.</param>
/// <param name="EndToEndId">The payment's id in the Pix system; null until paid.</param>
/// <param name="Disputed">The payer asked for the money back (MED).</param>
public sealed record PixChargeResponse(
    string TxId,
    PixStatus Status,
    Money Amount,
    DateTimeOffset ExpiresAt,
    string Location,
    string? EndToEndId,
    DateTimeOffset? PaidAt,
    bool Disputed
);

internal sealed class PixCharge
{
    public const string TxIdPattern = "^[a-zA-Z0-9]{26,35}$";
    private const string Host = "pix.sandbox.example/qr/v2/";

    public required string TxId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public PixStatus Status { get; private set; }
    public string? EndToEndId { get; private set; }
    public DateTimeOffset? PaidAt { get; private set; }
    public bool Disputed { get; private set; }

    public Money Total => new(Amount, Currency);

    public WebhookMessage Pay(DateTimeOffset now)
    {
        Status = PixStatus.Paid;
        PaidAt = now;
        // E + ISPB of the payer's bank + minute + 11 characters, 32 in all.
        EndToEndId = $"E00000000{now:yyyyMMddHHmm}{Guid.CreateVersion7().ToString("N")[^11..]}";
        return WebhookMessage.Of(WebhookTypes.PixPaid, new(Total, TxId: TxId), now);
    }

    public void Cancel() => Status = PixStatus.Cancelled;

    public WebhookMessage Dispute(DateTimeOffset now)
    {
        Disputed = true;
        return WebhookMessage.Of(WebhookTypes.PixDisputed, new(Total, TxId: TxId), now);
    }

    public PixChargeResponse Describe() =>
        new(TxId, Status, Total, ExpiresAt, Host + TxId, EndToEndId, PaidAt, Disputed);

    /// <summary>The charge, its row locked until the transaction ends.</summary>
    public static async Task<PixCharge> LockAsync(SandboxDb db, string txid, CancellationToken ct) =>
        await db
            .PixCharges.FromSql($"SELECT * FROM pix_charges WHERE tx_id = {txid} FOR UPDATE")
            .SingleOrDefaultAsync(ct)
        ?? throw ProblemException.NotFound("charge");

    private sealed class Mapping : IEntityTypeConfiguration<PixCharge>
    {
        public void Configure(EntityTypeBuilder<PixCharge> builder)
        {
            builder.ToTable("pix_charges");
            builder.HasKey(c => c.TxId);
            builder.Ignore(c => c.Total);
            builder.Property(c => c.TxId).HasMaxLength(35);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.Property(c => c.Status).HasConversion<string>().HasMaxLength(20);
            builder.Property(c => c.EndToEndId).HasMaxLength(32);
            builder.HasIndex(c => c.EndToEndId).IsUnique();
        }
    }
}
