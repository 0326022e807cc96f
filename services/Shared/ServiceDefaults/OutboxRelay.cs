using System.Diagnostics;
using System.Text;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Publishes what the outbox holds, at least once. A pass is one transaction: rows are deleted, published and then
/// committed, so that they are there again when the process dies, and no other replica takes them meanwhile. Each topic
/// has its share of a pass, and one that cannot be reached is left alone for a while. An event that fails by itself is
/// tried again later and later, and rests in the table after the last try.
/// </summary>
internal sealed class OutboxRelay(
    NpgsqlDataSource source,
    OutboxSignal signal,
    DaprClient dapr,
    MessagingMetrics metrics,
    TimeProvider clock,
    ILogger<OutboxRelay> logger
) : BackgroundLoop(clock, logger)
{
    /// <summary>With the pauses, some eight hours: longer than any broker was ever away.</summary>
    public const int MaxAttempts = 100;
    private const int BatchPerTopic = 50;
    private const int Parallelism = 16;

    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Finds what another replica left behind.</summary>
    private static readonly TimeSpan IdlePoll = TimeSpan.FromSeconds(5);

    /// <summary>Under load events gather for so long between two passes: fewer statements for the same work.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, (int Failures, DateTimeOffset Until)> away = [];

    private sealed record Row(Guid Id, string Type, string Payload, string? TraceParent, int Attempts);

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(1);

    protected override async Task WaitAsync(CancellationToken ct)
    {
        await Task.Delay(Gather, Clock, ct);
        await signal.WaitAsync(away.Count > 0 ? Pause : IdlePoll, ct);
    }

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var topics = (await TakeAsync(connection, ct)).GroupBy(r => r.Type).Select(t => t.ToList()).ToList();
        if (topics.Count == 0)
            return false;
        var published = new List<Row>();
        var failed = new List<(Row Row, bool ByItself)>();
        foreach (var (done, left) in await Task.WhenAll(topics.Select(t => PublishAsync(t, ct))))
        {
            published.AddRange(done);
            failed.AddRange(left);
        }
        if (failed.Count == 0)
        {
            await transaction.CommitAsync(ct);
        }
        else
        {
            await transaction.RollbackAsync(ct);
            await PostponeAsync(connection, published, failed, ct);
        }
        return topics.Exists(t => t.Count == BatchPerTopic);
    }

    /// <summary>The oldest that are due of each topic, found by one index: a flood of one hides no other.</summary>
    private async Task<List<Row>> TakeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        await using var command = new NpgsqlCommand(
            $"""
            WITH RECURSIVE types AS (
                (SELECT type FROM outbox ORDER BY type LIMIT 1)
                UNION ALL
                SELECT (SELECT o.type FROM outbox o WHERE o.type > t.type ORDER BY o.type LIMIT 1)
                FROM types t WHERE t.type IS NOT NULL
            ), due AS (
                SELECT o.id FROM types t CROSS JOIN LATERAL (
                    SELECT id FROM outbox
                    WHERE type = t.type AND next_try_at <= now()
                    ORDER BY next_try_at LIMIT {BatchPerTopic} FOR UPDATE SKIP LOCKED
                ) o WHERE t.type <> ALL ($1)
            )
            DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM due))
            RETURNING id, type, payload, trace_parent, attempts
            """,
            connection
        );
        command.Add(away.Where(t => t.Value.Until > now).Select(t => t.Key).ToArray());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct))
            rows.Add(
                new(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.IsDBNull(3) ? null : reader.GetString(3),
                    reader.GetInt32(4)
                )
            );
        rows.Sort((a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    /// <summary>Of one topic. The broker's bulk interface is no help: Dapr's SNS component has none of its own.</summary>
    private async Task<(List<Row> Published, List<(Row, bool ByItself)> Failed)> PublishAsync(
        List<Row> rows,
        CancellationToken ct
    )
    {
        var published = new List<Row>();
        var failed = new List<(Row, bool)>();
        Exception? last = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PublishLimit);
        await Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (row, _) =>
            {
                try
                {
                    await PublishAsync(row, limit.Token);
                    lock (published)
                        published.Add(row);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    lock (failed)
                        failed.Add((row, !IsUnreachable(e)));
                    last = e;
                }
            }
        );
        var type = rows[0].Type;
        if (last is not null)
            logger.LogWarning("{Count} of {Type} are not published: {Reason}", failed.Count, type, last.Reason());
        if (published.Count > 0 || failed.Exists(f => f.Item2))
            NotAway(type);
        else
            Away(type);
        return (published, failed);
    }

    private void NotAway(string type)
    {
        lock (away)
            away.Remove(type);
    }

    private void Away(string type)
    {
        lock (away)
        {
            var failures = away.GetValueOrDefault(type).Failures + 1;
            away[type] = (failures, Clock.GetUtcNow() + PauseAfter(failures));
        }
    }

    private async Task PublishAsync(Row row, CancellationToken ct)
    {
        // The receiver's work belongs to the trace of the cause, not to this loop.
        using var span = Traces.Continue($"publish {row.Type}", row.TraceParent, ActivityKind.Producer);
        var topic = OutboxExtensions.TopicOf(row.Type);
        var id = row.Id.ToString();
        span?.SetMessage(topic, id);
        var metadata = new Dictionary<string, string> { ["cloudevent.id"] = id, ["cloudevent.type"] = row.Type };
        if ((span?.Id ?? row.TraceParent) is { } traceParent)
            metadata["cloudevent.traceparent"] = traceParent;
        await dapr.PublishByteEventAsync(
            Components.PubSub,
            topic,
            Encoding.UTF8.GetBytes(row.Payload),
            "application/json",
            metadata,
            ct
        );
        metrics.Relayed(topic);
    }

    /// <summary>Nothing of the transaction was kept: what was published goes, what was not is tried later.</summary>
    private static async Task PostponeAsync(
        NpgsqlConnection connection,
        List<Row> published,
        List<(Row Row, bool ByItself)> failed,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH gone AS (DELETE FROM outbox WHERE id = ANY ($1))
            UPDATE outbox o SET attempts = f.attempts, next_try_at =
                CASE WHEN f.attempts >= {MaxAttempts} THEN 'infinity' ELSE now() + make_interval(secs => f.pause) END
            FROM unnest($2::uuid[], $3::int[], $4::float8[]) AS f (id, attempts, pause) WHERE o.id = f.id
            """,
            connection
        );
        command.Add(
            published.Select(r => r.Id).ToArray(),
            failed.Select(f => f.Row.Id).ToArray(),
            failed.Select(AttemptsOf).ToArray(),
            failed.Select(f => PauseAfter(AttemptsOf(f)).TotalSeconds).ToArray()
        );
        await command.ExecuteNonQueryAsync(ct);

        static int AttemptsOf((Row Row, bool ByItself) f) => f.Row.Attempts + (f.ByItself ? 1 : 0);
    }

    private static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Max(failures - 1, 0)), LongestPause.TotalSeconds));

    /// <summary>Says nothing about the event: the sidecar or the broker did not answer.</summary>
    private static bool IsUnreachable(Exception e) =>
        e is OperationCanceledException
        || e
            is DaprException
            {
                InnerException: RpcException
                {
                    StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
                }
            };
}
