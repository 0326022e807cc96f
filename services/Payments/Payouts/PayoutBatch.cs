using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>Payouts that were made together, for one file to the bank.</summary>
internal sealed class PayoutBatch
{
    public required Guid Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required Guid CreatedBy { get; init; }

    /// <summary>Organizers with money that is due and no account that it may go to yet.</summary>
    public required int LeftOut { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<PayoutBatch>
    {
        public void Configure(EntityTypeBuilder<PayoutBatch> builder) => builder.ToTable("payout_batches");
    }

    /// <param name="Payouts">How many.</param>
    /// <param name="Open">Of them, not known to be paid or to have failed.</param>
    /// <param name="LeftOut">Organizers whose money is due, without an account that it may go to yet.</param>
    /// <param name="Totals">Of all payouts that did not fail, by currency.</param>
    internal sealed record PayoutBatchView(
        Guid Id,
        DateTimeOffset CreatedAt,
        Guid CreatedBy,
        int Payouts,
        int Open,
        int LeftOut,
        IReadOnlyList<Money> Totals
    );

    /// <param name="where">SQL, of <c>b</c>, and the order.</param>
    public static async Task<List<PayoutBatchView>> ReadAsync(
        NpgsqlDataSource source,
        string where,
        CancellationToken ct,
        params SqlValue[] values
    )
    {
        var batches = await source.AllAsync(
            $"SELECT b.id, b.created_at, b.created_by, b.left_out FROM payout_batches b {where}",
            row => new PayoutBatchView(
                row.GetGuid(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetGuid(2),
                0,
                0,
                row.GetInt32(3),
                []
            ),
            ct,
            values
        );
        var sums = await source.AllAsync(
            """
            SELECT batch_id, currency, count(*)::int, (count(*) FILTER (WHERE status = 'Created'))::int,
                coalesce(sum(amount) FILTER (WHERE status <> 'Failed'), 0)::bigint
            FROM payouts WHERE batch_id = ANY ($1) GROUP BY batch_id, currency ORDER BY currency
            """,
            row => (BatchId: row.GetGuid(0), Count: row.GetInt32(2), Open: row.GetInt32(3), Total: Total(row)),
            ct,
            batches.Select(b => b.Id).ToArray()
        );
        var byBatch = sums.ToLookup(s => s.BatchId);
        return batches.ConvertAll(b =>
            b with
            {
                Payouts = byBatch[b.Id].Sum(s => s.Count),
                Open = byBatch[b.Id].Sum(s => s.Open),
                Totals = [.. byBatch[b.Id].Select(s => s.Total)],
            }
        );

        static Money Total(NpgsqlDataReader row) => new(row.GetInt64(4), row.GetString(1));
    }

    /// <exception cref="ProblemException">404.</exception>
    public static async Task<PayoutBatchView> FindAsync(NpgsqlDataSource source, Guid id, CancellationToken ct) =>
        await ReadAsync(source, "WHERE b.id = $1", ct, id) is [var batch]
            ? batch
            : throw ProblemException.NotFound("batch");
}
