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

/// <summary>A Pix charge, as its payer's bank sees it.</summary>
/// <param name="TxId">The merchant's id.</param>
/// <param name="ExpiresAt">Banks refuse to pay later; the sandbox does not, so that late payments can be tried.</param>
/// <param name="EndToEndId">The first payment's id in the Pix system; null until paid.</param>
/// <param name="Disputed">The payer asked for the money back (MED).</param>
public sealed record PixChargeResponse(
    string TxId,
    PixStatus Status,
    Money Amount,
    DateTimeOffset ExpiresAt,
    string? EndToEndId,
    DateTimeOffset? PaidAt,
    bool Disputed
);

internal sealed class PixCharge
{
    /// <summary>Of a Pix key, by the standard.</summary>
    public const int MaxKey = 77;
    private const string Host = "pix.sandbox.example/qr/v2/";

    public static readonly ChargeTable<PixCharge> Table = new(
        "pix_charges",
        $"""
        tx_id, key, amount, currency, created_at, lifetime, status, revision,
            (SELECT json_agg({PixReceived.Json("p")} ORDER BY p.paid_at) FROM pix_received p
            WHERE p.tx_id = pix_charges.tx_id)::text AS received
        """,
        Read
    );

    public required string TxId { get; init; }

    /// <summary>The Pix key that receives.</summary>
    public required string Key { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Seconds from the creation on.</summary>
    public required int Lifetime { get; init; }
    public PixStatus Status { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Revision { get; init; }

    /// <summary>What came, oldest first.</summary>
    public IReadOnlyList<PixCame> Received { get; init; } = [];

    public string Location => Host + TxId;

    /// <param name="paid">What has come just now.</param>
    public PixChargeResponse Describe(PixCame? paid = null)
    {
        var first = Received.Count > 0 ? Received[0] : paid;
        return new(
            TxId,
            Status,
            new(Amount, Currency),
            CreatedAt + TimeSpan.FromSeconds(Lifetime),
            first?.EndToEndId,
            first?.Horario,
            first?.Devolucoes?.Any(d => d.Natureza == PixReceived.Fraud && d.Status != PixReturn.NotMade) == true
        );
    }

    private static PixCharge Read(NpgsqlDataReader row, int first) =>
        new()
        {
            TxId = row.GetString(first),
            Key = row.GetString(first + 1),
            Amount = row.GetInt64(first + 2),
            Currency = row.GetString(first + 3),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(first + 4),
            Lifetime = row.GetInt32(first + 5),
            Status = Enum.Parse<PixStatus>(row.GetString(first + 6)),
            Revision = row.GetInt32(first + 7),
            Received = row.IsDBNull(first + 8) ? [] : PixCame.ReadAll(row.GetString(first + 8)),
        };

    private sealed class Mapping : IEntityTypeConfiguration<PixCharge>
    {
        public void Configure(EntityTypeBuilder<PixCharge> builder)
        {
            builder.ToTable("pix_charges");
            builder.HasKey(c => c.TxId);
            builder.Ignore(c => c.Received);
            builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()");
            builder.Property(c => c.Revision).HasDefaultValue(0);
            builder.HasIndex(c => c.CreatedAt);
            builder.Property(c => c.TxId).HasMaxLength(35);
            builder.Property(c => c.Key).HasMaxLength(MaxKey);
            builder.Property(c => c.Currency).HasMaxLength(3);
            builder.Property(c => c.Status).HasMaxLength(20);
        }
    }
}
