using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;

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

    public static readonly ChargeTable<PixCharge> Table = new(
        "pix_charges",
        "tx_id, amount, currency, expires_at, status, end_to_end_id, paid_at, disputed",
        "'txId', e.tx_id",
        Read
    );

    public required string TxId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public PixStatus Status { get; init; }
    public string? EndToEndId { get; init; }
    public DateTimeOffset? PaidAt { get; init; }
    public bool Disputed { get; init; }

    /// <summary>Of all refunds.</summary>
    public long Refunded { get; init; }

    public Money Total => new(Amount, Currency);

    public PixChargeResponse Describe() =>
        new(TxId, Status, Total, ExpiresAt, Host + TxId, EndToEndId, PaidAt, Disputed);

    private static PixCharge Read(NpgsqlDataReader row, int first) =>
        new()
        {
            TxId = row.GetString(first),
            Amount = row.GetInt64(first + 1),
            Currency = row.GetString(first + 2),
            ExpiresAt = row.GetFieldValue<DateTimeOffset>(first + 3),
            Status = Enum.Parse<PixStatus>(row.GetString(first + 4)),
            EndToEndId = row.IsDBNull(first + 5) ? null : row.GetString(first + 5),
            PaidAt = row.IsDBNull(first + 6) ? null : row.GetFieldValue<DateTimeOffset>(first + 6),
            Disputed = row.GetBoolean(first + 7),
        };

    private sealed class Mapping : IEntityTypeConfiguration<PixCharge>
    {
        public void Configure(EntityTypeBuilder<PixCharge> builder)
        {
            builder.ToTable("pix_charges");
            builder.HasKey(c => c.TxId);
            builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
            builder.Property(c => c.Disputed).HasDefaultValue(false);
            builder.Property(c => c.Refunded).HasDefaultValue(0L);
            builder.HasIndex(c => c.CreatedAt);
            builder.Property(c => c.TxId).HasMaxLength(35);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.Property(c => c.Status).HasMaxLength(20);
            builder.Property(c => c.EndToEndId).HasMaxLength(32);
            builder.HasIndex(c => c.EndToEndId).IsUnique();
        }
    }
}
