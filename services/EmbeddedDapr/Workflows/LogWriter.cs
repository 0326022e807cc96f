using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// The one writer of the workflow log: whatever waits is committed together, in order. The first failure ends it,
/// because what is in memory may then differ from what is on disk.
/// </summary>
internal sealed class LogWriter(NpgsqlDataSource database, Action<List<AtomicWrite>> committed)
{
    private const int MaxBatch = 2_000;

    /// <summary>Everything that a batch changes, in one statement.</summary>
    private const string Sql = """
        WITH created AS (
            INSERT INTO workflow_instance (number, app_id, instance_id, parent, created_at, finished_at, status, state)
            SELECT number, app_id, instance_id, parent, created_at, CASE WHEN state IS NULL THEN NULL ELSE now() END, status, state
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::int[], $7::bytea[])
                AS u (number, app_id, instance_id, parent, created_at, status, state)
        ), finished AS (
            UPDATE workflow_instance i SET finished_at = now(), status = u.status, state = u.state
            FROM unnest($8::bigint[], $9::int[], $10::bytea[]) AS u (number, status, state) WHERE i.number = u.number
        ), superseded AS (
            DELETE FROM workflow_log WHERE id = ANY ($11::bigint[])
        )
        INSERT INTO workflow_log (id, instance, kind, data)
        SELECT * FROM unnest($12::bigint[], $13::bigint[], $14::smallint[], $15::bytea[])
        """;

    /// <summary>How long a write that nobody waits for waits for one that somebody does.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private readonly Channel<AtomicWrite> _writes = Channel.CreateUnbounded<AtomicWrite>(new() { SingleReader = true });

    /// <summary>Call under the engine's lock: the order of calls is the order of the log.</summary>
    public void Write(AtomicWrite write)
    {
        if (!_writes.Writer.TryWrite(write))
        {
            Refuse([write]);
        }
    }

    /// <summary>Ends with the failure, or when cancelled; nothing is accepted from then on.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await _writes.Reader.WaitToReadAsync(ct))
        {
            var batch = new List<AtomicWrite>();
            Take(batch);
            try
            {
                await GatherAsync(batch, ct);
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

    private void Take(List<AtomicWrite> batch)
    {
        while (batch.Count < MaxBatch && _writes.Reader.TryRead(out var write))
        {
            batch.Add(write);
        }
    }

    private async Task GatherAsync(List<AtomicWrite> batch, CancellationToken ct)
    {
        if (!batch.TrueForAll(c => c.CanWait))
        {
            return;
        }
        using var gathering = CancellationTokenSource.CreateLinkedTokenSource(ct);
        gathering.CancelAfter(Gather);
        try
        {
            while (batch.TrueForAll(c => c.CanWait) && await _writes.Reader.WaitToReadAsync(gathering.Token))
            {
                Take(batch);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { }
    }

    public void Close()
    {
        _writes.Writer.TryComplete();
        while (_writes.Reader.TryRead(out var write))
        {
            Refuse([write]);
        }
    }

    private static void Refuse(List<AtomicWrite> batch)
    {
        foreach (var write in batch)
        {
            write.Done.TrySetException(new EngineStoppedException());
            // Nobody may be waiting for it.
            _ = write.Done.Task.Exception;
        }
    }

    private async Task WriteAsync(List<AtomicWrite> writes, CancellationToken ct)
    {
        var finished = writes.SelectMany(c => c.Finished).ToDictionary(f => f.Number);
        // What begins and ends in one batch is written once.
        var created = writes
            .SelectMany(c => c.Created)
            .Select(c => (Instance: c, End: finished.Remove(c.Number, out var end) ? end : default))
            .ToList();
        var superseded = writes.SelectMany(c => c.Superseded).ToHashSet();
        var records = writes.SelectMany(c => c.Records).Where(r => !superseded.Remove(r.Id)).ToList();
        if (created.Count + finished.Count + superseded.Count + records.Count == 0)
        {
            return;
        }
        await using var command = database.CreateCommand(Sql);
        Add(created.ConvertAll(c => c.Instance.Number));
        Add(created.ConvertAll(c => c.Instance.AppId));
        Add(created.ConvertAll(c => c.Instance.Id));
        Add(created.ConvertAll(c => c.Instance.Parent));
        command.Parameters.Add(
            new NpgsqlParameter<List<DateTime>>
            {
                TypedValue = created.ConvertAll(c => c.Instance.CreatedAt),
                // Of an empty list nobody could tell.
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
            }
        );
        Add(created.ConvertAll(c => c.End.State is null ? null : (int?)c.End.Status));
        Add(created.ConvertAll(c => c.End.State));
        Add(finished.Values.Select(f => f.Number).ToList());
        Add(finished.Values.Select(f => f.Status).ToList());
        Add(finished.Values.Select(f => f.State).ToList());
        Add(superseded.ToList());
        Add(records.ConvertAll(r => r.Id));
        Add(records.ConvertAll(r => r.Instance));
        Add(records.ConvertAll(r => (short)r.Kind));
        Add(records.ConvertAll(r => r.Data));
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(List<T> values) => command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values });
    }
}
