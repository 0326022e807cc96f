using System.Threading.Channels;
using Npgsql;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// The one writer of the workflow log: whatever waits is committed together, in order. The first failure ends it,
/// because what is in memory may then differ from what is on disk.
/// </summary>
internal sealed class LogWriter(NpgsqlDataSource database, Action<List<Change>> committed)
{
    private const int MaxBatch = 2_000;

    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });

    /// <summary>Call under the engine's lock: the order of calls is the order of the log.</summary>
    public void Write(Change change)
    {
        if (!_changes.Writer.TryWrite(change))
        {
            Refuse([change]);
        }
    }

    /// <summary>Ends with the failure, or when cancelled; nothing is accepted from then on.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await _changes.Reader.WaitToReadAsync(ct))
        {
            var batch = new List<Change>();
            while (batch.Count < MaxBatch && _changes.Reader.TryRead(out var change))
            {
                batch.Add(change);
            }
            try
            {
                await WriteAsync(batch, ct);
            }
            catch
            {
                Refuse(batch);
                throw;
            }
            committed(batch);
        }
    }

    public void Close()
    {
        _changes.Writer.TryComplete();
        while (_changes.Reader.TryRead(out var change))
        {
            Refuse([change]);
        }
    }

    private static void Refuse(List<Change> batch)
    {
        foreach (var change in batch)
        {
            change.Done.TrySetException(new EngineStoppedException());
            // Nobody may be waiting for it.
            _ = change.Done.Task.Exception;
        }
    }

    private async Task WriteAsync(List<Change> changes, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        var created = changes.SelectMany(c => c.Created).ToList();
        if (created.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO workflow_instance (number, app_id, instance_id, parent, created_at)
                SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
                """,
                created.ConvertAll(c => c.Number),
                created.ConvertAll(c => c.AppId),
                created.ConvertAll(c => c.Id),
                created.ConvertAll(c => c.Parent),
                created.ConvertAll(c => c.CreatedAt)
            );
        }
        var records = changes.SelectMany(c => c.Records).ToList();
        if (records.Count > 0)
        {
            Add(
                batch,
                """
                INSERT INTO workflow_log (id, instance, kind, data)
                SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bytea[])
                """,
                records.ConvertAll(r => r.Id),
                records.ConvertAll(r => r.Instance),
                records.ConvertAll(r => (short)r.Kind),
                records.ConvertAll(r => r.Data)
            );
        }
        var finished = changes.SelectMany(c => c.Finished).ToList();
        if (finished.Count > 0)
        {
            Add(
                batch,
                """
                UPDATE workflow_instance i SET finished_at = now(), status = u.status, state = u.state
                FROM unnest($1::bigint[], $2::int[], $3::bytea[]) AS u (number, status, state)
                WHERE i.number = u.number
                """,
                finished.ConvertAll(f => f.Number),
                finished.ConvertAll(f => f.Status),
                finished.ConvertAll(f => f.State)
            );
        }
        var superseded = changes.SelectMany(c => c.Superseded).ToList();
        if (superseded.Count > 0)
        {
            Add(batch, "DELETE FROM workflow_log WHERE id = ANY ($1::bigint[])", superseded);
        }
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
        batch.BatchCommands.Add(command);
    }
}
