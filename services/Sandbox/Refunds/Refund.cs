using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Refunds;

/// <summary>A refund: pending, then completed or failed.</summary>
public enum RefundStatus
{
    Pending,
    Completed,

    /// <summary>The payer's account takes no money.</summary>
    Failed,
}

internal sealed class Refund
{
    public const string IdPattern = "^[a-zA-Z0-9]{1,35}$";
    public const string Columns = "charge, id, amount, currency, status, nature, created_at, reference";

    /// <summary>The Pix end-to-end id or the card charge's id.</summary>
    public required string Charge { get; init; }

    /// <summary>The merchant's id: one refund each.</summary>
    public required string Id { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public RefundStatus Status { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset CompletesAt { get; init; }

    /// <summary>Of a Pix: whether the merchant gives it back or the payer's bank asked (MED). Null: of a card.</summary>
    public string? Nature { get; init; }

    /// <summary>Of a card's: what the merchant calls it. Null: nothing.</summary>
    public string? Reference { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Refund>
    {
        public void Configure(EntityTypeBuilder<Refund> builder)
        {
            builder.ToTable("refunds");
            builder.HasKey(r => new { r.Charge, r.Id });
            builder.Property(r => r.Charge).HasMaxLength(40);
            builder.Property(r => r.Id).HasMaxLength(Limits.MaxKey);
            builder.Property(r => r.Currency).HasMaxLength(3);
            builder.Property(r => r.Nature).HasMaxLength(20);
            builder.Property(r => r.Reference).HasMaxLength(Limits.MaxKey);
            builder.Property(r => r.Status).HasMaxLength(20);
            builder.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
            builder.HasIndex(r => r.CreatedAt);
            builder.HasIndex(r => r.CompletesAt).HasFilter("status = 'Pending'");
        }
    }
}

/// <summary>Why there is no such refund.</summary>
internal enum RefundRefusal
{
    NoCharge,
    NotPaid,
    Disputed,
    TooMuch,

    /// <summary>The id was used with another amount.</summary>
    Other,
}

internal sealed class RefundRefusedException(RefundRefusal why, string message) : Exception(message)
{
    public RefundRefusal Why { get; } = why;
}

/// <summary>The rule that Pix and cards share.</summary>
internal static class Refunding
{
    /// <summary>
    /// The refund of this id, made now or before; one statement, which takes the charge first. What is refunded in all never
    /// exceeds what was paid, and what the payer's bank asked back is not refunded too.
    /// </summary>
    /// <param name="which">SQL condition that finds the charge of <paramref name="charge"/>, which is $1.</param>
    /// <param name="paid">SQL condition.</param>
    /// <param name="disputed">SQL condition: the payer's bank decides, or has taken the money.</param>
    /// <param name="told">SQL: the webhook of the rows <c>made</c>.</param>
    /// <returns>Whether it was made now.</returns>
    public static async Task<bool> PutAsync(
        NpgsqlDataSource source,
        string table,
        string which,
        string paid,
        string disputed,
        string charge,
        string id,
        Money amount,
        double completesAfterSeconds,
        string? nature,
        string told,
        CancellationToken ct,
        string? reference = null
    )
    {
        for (var again = false; ; again = true)
        {
            await using var command = source.CreateCommand(
                $"""
                WITH held AS (
                    SELECT {paid} AS paid, {disputed} AS disputed, refunded + $3 > amount AS exceeds
                    FROM {table} WHERE {which} FOR UPDATE),
                made AS (
                    INSERT INTO refunds (charge, id, amount, currency, status, completes_at, nature, reference)
                    SELECT $1, $2, $3, $4, CASE WHEN $5 = 0 THEN 'Completed' ELSE 'Pending' END,
                        now() + make_interval(secs => $5), $6, $7
                    FROM held WHERE paid AND NOT disputed AND NOT exceeds
                    ON CONFLICT DO NOTHING
                    RETURNING {Refund.Columns}),
                added AS (
                    UPDATE {table} SET refunded = refunded + $3 WHERE {which} AND EXISTS (SELECT FROM made)),
                told AS ({told})
                SELECT held.paid, held.disputed, held.exceeds, refund.amount, EXISTS (SELECT FROM made)
                FROM held LEFT JOIN (
                    SELECT * FROM made
                    UNION ALL
                    SELECT {Refund.Columns} FROM refunds
                    WHERE charge = $1 AND id = $2 AND NOT EXISTS (SELECT FROM made)) refund ON true
                """
            );
            command.Add(charge, id, amount.Amount, amount.Currency, completesAfterSeconds, nature, reference);
            var rows = await command.ReadAsync(
                row =>
                    (
                        Paid: row.GetBoolean(0),
                        Disputed: row.GetBoolean(1),
                        Exceeds: row.GetBoolean(2),
                        Amount: row.IsDBNull(3) ? (long?)null : row.GetInt64(3),
                        Made: row.GetBoolean(4)
                    ),
                ct
            );
            if (rows is not [var found])
                throw new RefundRefusedException(RefundRefusal.NoCharge, "There is no such payment.");
            if (found.Amount == amount.Amount)
                return found.Made;
            if (found.Amount is not null)
                throw new RefundRefusedException(RefundRefusal.Other, "This refund id was used with another amount.");
            // The same refund at the same time was not yet to be seen: it is now.
            if (!again)
                continue;
            if (!found.Paid)
                throw new RefundRefusedException(RefundRefusal.NotPaid, "The charge has not settled.");
            if (found.Disputed)
                throw new RefundRefusedException(
                    RefundRefusal.Disputed,
                    "The payer's bank has asked for the money back."
                );
            if (found.Exceeds)
                throw new RefundRefusedException(RefundRefusal.TooMuch, "More would be given back than was paid.");
        }
    }
}
