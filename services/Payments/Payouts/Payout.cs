using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>What one organizer is paid of one currency: created → paid → failed, or failed at once.</summary>
internal sealed class Payout
{
    public const int MaxReason = 500;

    public required Guid Id { get; init; }
    public required Guid BatchId { get; init; }
    public required Guid OrganizerId { get; init; }
    public required Guid AccountId { get; init; }

    /// <summary>Minor units; its items add up to it.</summary>
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required PayoutStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who said how it ended.</summary>
    public required Guid? EndedBy { get; init; }
    public required string? FailureReason { get; init; }

    /// <summary>SQL: books it for each of <paramref name="rows"/>, which have <c>id</c>, <c>amount</c> and <c>currency</c>.</summary>
    public static string Posting(LedgerKind kind, string rows)
    {
        var (debit, credit) = LedgerPosting.Accounts(kind);
        return $"SELECT '{kind}', id, id, '{debit}', '{credit}', amount, currency FROM {rows}";
    }

    private sealed class Mapping : IEntityTypeConfiguration<Payout>, IEntityTypeConfiguration<Item>
    {
        public void Configure(EntityTypeBuilder<Payout> builder)
        {
            builder.ToTable("payouts");
            builder.HasOne<PayoutBatch>().WithMany().HasForeignKey(p => p.BatchId).OnDelete(DeleteBehavior.Restrict);
            builder
                .HasOne<OrganizerAccount>()
                .WithMany()
                .HasForeignKey(p => p.AccountId)
                .OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(p => new { p.OrganizerId, p.Id });
            builder.HasIndex(p => new { p.BatchId, p.Id });
            builder.Property(p => p.Currency).HasMaxLength(3);
            builder.Property(p => p.Status).HasMaxLength(20);
            builder.Property(p => p.FailureReason).HasMaxLength(MaxReason);
        }

        public void Configure(EntityTypeBuilder<Item> builder)
        {
            builder.ToTable("payout_items");
            builder.HasKey(i => new { i.PayoutId, i.EventId });
            builder.HasOne<Payout>().WithMany().HasForeignKey(i => i.PayoutId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(i => i.EventId);
        }
    }

    /// <summary>How much of it is of which event; negative: what the event was short of.</summary>
    internal sealed class Item
    {
        public required Guid PayoutId { get; init; }
        public required Guid EventId { get; init; }
        public required long Amount { get; init; }
    }
}

/// <summary>Reads payouts with what others may see of their accounts.</summary>
internal sealed class PayoutReader(NpgsqlDataSource source, OrganizerAccounts accounts)
{
    /// <summary>A payout and its bank account.</summary>
    public sealed record Addressed(PayoutSnapshot Payout, AccountDetails Account);

    /// <param name="where">SQL, of <c>p</c>, and the order.</param>
    public async Task<List<Addressed>> ReadAsync(string where, CancellationToken ct, params SqlValue[] values)
    {
        var rows = await source.AllAsync(
            $"""
            SELECT p.id, p.batch_id, p.organizer_id, p.amount, p.currency, p.status, p.created_at, p.ended_at, p.failure_reason,
                (SELECT json_agg(json_build_object('eventId', i.event_id, 'amount', i.amount) ORDER BY i.event_id)::text
                    FROM payout_items i WHERE i.payout_id = p.id),
                p.account_id, a.details
            FROM payouts p JOIN payout_accounts a ON a.id = p.account_id
            {where}
            """,
            row => (Snapshot: Read(row), AccountId: row.GetGuid(10), Details: row.GetFieldValue<byte[]>(11)),
            ct,
            values
        );
        var payouts = new List<Addressed>(rows.Count);
        foreach (var (snapshot, accountId, details) in rows)
        {
            var account = await accounts.ReadAsync(accountId, details, ct);
            payouts.Add(new(snapshot with { Destination = account.HintFor(snapshot.Amount.Currency) }, account));
        }
        return payouts;
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<PayoutSnapshot>> PageAsync(
        string where,
        PageQuery page,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        var before = page.AfterId();
        var rows = await ReadAsync(
            $"""
            WHERE {where} AND (${values.Length + 1}::uuid IS NULL OR p.id < ${values.Length + 1})
            ORDER BY p.id DESC LIMIT ${values.Length + 2}
            """,
            ct,
            [.. values, before, page.Take() + 1]
        );
        return Page.Of(rows.ConvertAll(r => r.Payout), page.Take(), p => p.Id.ToString());
    }

    private static PayoutSnapshot Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetGuid(1),
            row.GetGuid(2),
            new(row.GetInt64(3), row.GetString(4)),
            Enum.Parse<PayoutStatus>(row.GetString(5)),
            "",
            row.GetFieldValue<DateTimeOffset>(6),
            row.Nullable<DateTimeOffset>(7),
            row.IsDBNull(8) ? null : row.GetString(8),
            JsonSerializer.Deserialize<List<PayoutItem>>(row.GetString(9), JsonSerializerOptions.Web)!
        );
}
