using Dapr.DurableTask.Protobuf;
using Npgsql;
using Ticketing.EmbeddedDapr.Workflows;
using Ticketing.Local.Hosting;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>What the sagas did between two moments; null: unknown.</summary>
internal sealed record WorkflowFigures(long? Activities, long? Timers, long? Turns)
{
    private static readonly WorkflowFigures Unknown = new(null, null, null);

    /// <summary>Where the embedded runtime's log ends now, or what the sidecars have counted so far.</summary>
    public static async Task<long?> BeginAsync(
        PostgresCluster? cluster,
        IReadOnlyList<Uri> sidecars,
        CancellationToken ct
    )
    {
        if (sidecars.Count > 0)
            return await ActivitiesAsync(sidecars, ct);
        if (cluster is null)
            return null;
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringFor(ServiceCatalog.Dapr));
        await using var command = source.CreateCommand("SELECT coalesce(max(number), 0) FROM workflow_instance");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public static async Task<WorkflowFigures> SinceAsync(
        long? begin,
        PostgresCluster? cluster,
        IReadOnlyList<Uri> sidecars,
        CancellationToken ct
    )
    {
        if (sidecars.Count > 0)
            return Unknown with { Activities = await ActivitiesAsync(sidecars, ct) - begin };
        if (cluster is null || begin is null)
            return Unknown;
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringFor(ServiceCatalog.Dapr));
        var instances = new List<(string App, string Id)>();
        await using (
            var command = source.CreateCommand("SELECT app_id, instance_id FROM workflow_instance WHERE number > $1")
        )
        {
            command.Parameters.Add(new() { Value = begin });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                instances.Add((reader.GetString(0), reader.GetString(1)));
        }
        var store = new WorkflowStore(source);
        var kinds = new Dictionary<HistoryEvent.EventTypeOneofCase, long>();
        foreach (var (app, id) in instances)
        foreach (var happened in await store.HistoryAsync(app, id, ct) ?? [])
            kinds[happened.EventTypeCase] = kinds.GetValueOrDefault(happened.EventTypeCase) + 1;
        return new(
            kinds.GetValueOrDefault(HistoryEvent.EventTypeOneofCase.TaskScheduled),
            kinds.GetValueOrDefault(HistoryEvent.EventTypeOneofCase.TimerCreated),
            kinds.GetValueOrDefault(HistoryEvent.EventTypeOneofCase.WorkflowStarted)
        );
    }

    /// <summary>daprd counts neither timers nor turns.</summary>
    private static async Task<long> ActivitiesAsync(IReadOnlyList<Uri> sidecars, CancellationToken ct) =>
        (long)await DaprMetrics.SumAsync(sidecars, "dapr_runtime_workflow_activity_execution_count", ct);
}
