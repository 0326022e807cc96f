using Dapr.DurableTask.Protobuf;
using Npgsql;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>Reading the workflow tables, and deleting what is over.</summary>
internal sealed class WorkflowStore(NpgsqlDataSource database)
{
    private const int SweepBatch = 1_000;

    /// <summary>The highest ids given out so far.</summary>
    public async Task<(long Number, long LogId)> LastIdsAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT (SELECT coalesce(max(number), 0) FROM workflow_instance), (SELECT coalesce(max(id), 0) FROM workflow_log)
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Every instance that has not finished, rebuilt from its log.</summary>
    public async Task<List<Instance>> LiveAsync(CancellationToken ct)
    {
        var live = new Dictionary<long, Instance>();
        await using (
            var command = database.CreateCommand(
                "SELECT number, app_id, instance_id FROM workflow_instance WHERE finished_at IS NULL ORDER BY number"
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                live[reader.GetInt64(0)] = new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2));
            }
        }
        await using (
            var command = database.CreateCommand(
                """
                SELECT l.id, l.instance, l.kind, l.data FROM workflow_log l
                JOIN workflow_instance i ON i.number = l.instance WHERE i.finished_at IS NULL ORDER BY l.id
                """
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                Replay(
                    live[reader.GetInt64(1)],
                    reader.GetInt64(0),
                    (LogRecordKind)reader.GetInt16(2),
                    reader.GetFieldValue<byte[]>(3)
                );
            }
        }
        return [.. live.Values];
    }

    /// <summary>The newest finished instance of an id.</summary>
    public async Task<WorkflowState?> FinishedAsync(string appId, string id, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT state FROM workflow_instance
            WHERE app_id = $1 AND instance_id = $2 AND finished_at IS NOT NULL ORDER BY number DESC LIMIT 1
            """
        );
        command.Parameters.Add(new() { Value = appId });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(ct) is byte[] state ? WorkflowState.Parser.ParseFrom(state) : null;
    }

    /// <summary>The history of the newest instance of an id.</summary>
    public async Task<List<HistoryEvent>?> HistoryAsync(string appId, string id, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT l.id, l.kind, l.data FROM workflow_log l WHERE l.instance = (
                SELECT number FROM workflow_instance WHERE app_id = $1 AND instance_id = $2 ORDER BY number DESC LIMIT 1
            ) ORDER BY l.id
            """
        );
        command.Parameters.Add(new() { Value = appId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var instance = new Instance(0, appId, id);
        while (await reader.ReadAsync(ct))
        {
            Replay(instance, reader.GetInt64(0), (LogRecordKind)reader.GetInt16(1), reader.GetFieldValue<byte[]>(2));
        }
        return instance.Start is null ? null : instance.History;
    }

    /// <summary>A page of an app's instance ids in the order they were started, and where the next one begins.</summary>
    public async Task<(List<string> Ids, long? Next)> ListAsync(
        string appId,
        long after,
        int limit,
        CancellationToken ct
    )
    {
        await using var command = database.CreateCommand(
            "SELECT number, instance_id FROM workflow_instance WHERE app_id = $1 AND number > $2 ORDER BY number LIMIT $3"
        );
        command.Parameters.Add(new() { Value = appId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<string>();
        var last = after;
        while (await reader.ReadAsync(ct))
        {
            last = reader.GetInt64(0);
            ids.Add(reader.GetString(1));
        }
        return (ids, ids.Count == limit ? last : null);
    }

    /// <summary>Deletes the finished instances of an id, with their finished children if asked.</summary>
    public Task<int> PurgeAsync(string appId, string id, bool recursive, CancellationToken ct) =>
        DeleteAsync(
            $"""
            WITH RECURSIVE gone AS (
                SELECT number FROM workflow_instance
                WHERE app_id = $1 AND instance_id = $2 AND finished_at IS NOT NULL
                {(
                recursive
                    ? "UNION SELECT c.number FROM workflow_instance c JOIN gone ON c.parent = gone.number WHERE c.finished_at IS NOT NULL"
                    : ""
            )}
            )
            """,
            ct,
            appId,
            id
        );

    /// <summary>Deletes finished instances by when they were started and how they ended.</summary>
    public Task<int> PurgeAsync(string appId, DateTime from, DateTime to, int[] statuses, CancellationToken ct) =>
        DeleteAsync(
            """
            WITH gone AS (
                SELECT number FROM workflow_instance WHERE app_id = $1 AND finished_at IS NOT NULL
                AND created_at BETWEEN $2 AND $3 AND (cardinality($4) = 0 OR status = ANY ($4))
            )
            """,
            ct,
            appId,
            from,
            to,
            statuses
        );

    /// <summary>Deletes instances of a status that finished longer ago, some a statement.</summary>
    public async Task SweepAsync(int status, TimeSpan keep, CancellationToken ct)
    {
        while (
            await DeleteAsync(
                $"""
                WITH gone AS (
                    SELECT number FROM workflow_instance
                    WHERE status = $1 AND finished_at < now() - $2 LIMIT {SweepBatch}
                )
                """,
                ct,
                status,
                keep
            ) == SweepBatch
        ) { }
    }

    private async Task<int> DeleteAsync(string gone, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(
            $"""
            {gone}, log AS (DELETE FROM workflow_log WHERE instance IN (SELECT number FROM gone))
            DELETE FROM workflow_instance WHERE number IN (SELECT number FROM gone)
            """
        );
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static void Replay(Instance instance, long id, LogRecordKind kind, byte[] data)
    {
        switch (kind)
        {
            case LogRecordKind.Inbox:
                instance.Receive(new(id, HistoryEvent.Parser.ParseFrom(data)));
                break;
            case LogRecordKind.Turn:
                instance.Apply(TurnLogRecord.Read(data, instance.Inbox), id);
                break;
            case LogRecordKind.Suspended:
                instance.Suspended = true;
                instance.LogIds.Add(id);
                break;
            case LogRecordKind.Resumed:
                instance.Suspended = false;
                instance.LogIds.Add(id);
                break;
        }
    }
}
