using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Ending;

/// <summary>An event or a session that will not happen: no order of it is placed any more, those placed are ended.</summary>
internal sealed class Cancellation
{
    public required Guid SubjectId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Orders up to this id were looked at in this pass.</summary>
    public Guid UpTo { get; init; }

    /// <summary>Null when all its orders were looked at.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Cancellation>
    {
        public void Configure(EntityTypeBuilder<Cancellation> cancellation)
        {
            cancellation.ToTable("cancellations");
            cancellation.HasKey(c => c.SubjectId);
            cancellation.Property(c => c.SubjectId).ValueGeneratedNever();
            cancellation.Property(c => c.UpTo).HasDefaultValue(Guid.Empty);
            cancellation.HasIndex(c => c.ResumeAt).HasFilter("resume_at IS NOT NULL");
        }
    }
}

/// <summary>
/// Asks for the end of a cancelled show's orders, some at a time, however many there are: the unpaid are cancelled, the
/// paid refunded. Then once more, for an order that was being placed when the cancellation came.
/// </summary>
internal sealed class Cancellations(NpgsqlDataSource source)
{
    /// <summary>Longer than any statement may take: an order that is placed later sees the cancellation.</summary>
    private const int StragglerSeconds = 60;

    private const string Apply = $"""
        WITH due AS (
            SELECT subject_id, at, up_to FROM cancellations WHERE resume_at <= now()
            ORDER BY resume_at LIMIT 1 FOR UPDATE SKIP LOCKED),
        batch AS (
            SELECT o.id FROM due CROSS JOIN LATERAL (
                (SELECT id FROM orders WHERE event_id = due.subject_id AND id > due.up_to ORDER BY id LIMIT $1)
                UNION ALL
                (SELECT id FROM orders WHERE session_id = due.subject_id AND id > due.up_to ORDER BY id LIMIT $1)) o),
        locked AS (SELECT id FROM orders WHERE id IN (SELECT id FROM batch) ORDER BY id FOR UPDATE),
        ended AS (
            UPDATE orders SET
                cancel_requested_at = CASE WHEN {OrderMoves.IsOpen} THEN now() END,
                cancel_reason = CASE WHEN {OrderMoves.IsOpen} THEN 'event-cancelled' END,
                refund_requested_at = CASE WHEN {OrderMoves.IsBought} THEN coalesce(refund_requested_at, now()) END,
                refund_reason = CASE WHEN {OrderMoves.IsBought} THEN coalesce(refund_reason, 'event-cancelled') END,
                refund_even_if_used = {OrderMoves.IsBought},
                refund_even_if_transferred = {OrderMoves.IsBought},
                drive_after = now()
            FROM locked WHERE orders.id = locked.id
                AND ({OrderMoves.IsOpen} AND cancel_requested_at IS NULL
                    OR {OrderMoves.IsBought} AND NOT refund_even_if_used))
        UPDATE cancellations c SET
            up_to = CASE WHEN last.id IS NULL THEN '00000000-0000-0000-0000-000000000000' ELSE last.id END,
            resume_at = CASE
                WHEN last.id IS NOT NULL THEN c.resume_at
                WHEN c.resume_at <= c.at + make_interval(secs => $2) THEN c.at + make_interval(secs => $2 + 1) END
        FROM due, (SELECT max(id::text)::uuid AS id FROM batch) last
        WHERE c.subject_id = due.subject_id
        RETURNING true
        """;

    /// <returns>True when a show was due: another one may be.</returns>
    public Task<bool> ApplyAsync(int batchSize, CancellationToken ct) =>
        source.FirstAsync(Apply, row => row.GetBoolean(0), ct, batchSize, (double)StragglerSeconds);
}
