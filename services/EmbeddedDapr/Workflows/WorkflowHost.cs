using Dapr.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// Keeps an engine running: after a failed write it is thrown away and another recovers from the disk. Deletes
/// finished instances when their time is over.
/// </summary>
internal sealed class WorkflowHost(
    NpgsqlDataSource database,
    WorkflowStore store,
    IReadOnlyDictionary<string, AppReplicas> apps,
    IReadOnlyDictionary<string, TimeSpan> retention,
    TimeProvider clock,
    ILogger logger
) : IAsyncDisposable
{
    private static readonly TimeSpan RecoverAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private static readonly (string Key, OrchestrationStatus Status)[] Terminal =
    [
        ("completed", OrchestrationStatus.Completed),
        ("failed", OrchestrationStatus.Failed),
        ("terminated", OrchestrationStatus.Terminated),
    ];

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private WorkflowEngine? _engine;

    public WorkflowEngine Engine => Volatile.Read(ref _engine) ?? throw new EngineStoppedException();

    public int WorkersOf(string appId) => Volatile.Read(ref _engine)?.WorkersOf(appId) ?? 0;

    public async Task StartAsync(CancellationToken ct)
    {
        _engine = await RecoverAsync(ct);
        _loops.Add(Task.Run(KeepRunningAsync, CancellationToken.None));
        _loops.Add(Task.Run(SweepAsync, CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var loop in _loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        _stopping.Dispose();
    }

    private Task<WorkflowEngine> RecoverAsync(CancellationToken ct) =>
        WorkflowEngine.RecoverAsync(database, store, apps, clock, logger, ct);

    private async Task KeepRunningAsync()
    {
        var ct = _stopping.Token;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await Engine.Failure.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Writing the workflow log failed; the engine recovers from the disk");
            }
            var failed = Interlocked.Exchange(ref _engine, null);
            await failed!.DisposeAsync();
            while (_engine is null)
            {
                try
                {
                    Volatile.Write(ref _engine, await RecoverAsync(ct));
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    logger.LogWarning(e, "The workflows cannot be read; trying again");
                    await Task.Delay(RecoverAgain, clock, ct);
                }
            }
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepEvery, clock);
        do
        {
            try
            {
                foreach (var (key, status) in Terminal)
                {
                    if (retention.TryGetValue(key, out var keep) || retention.TryGetValue("anyTerminal", out keep))
                    {
                        await store.SweepAsync((int)status, keep, _stopping.Token);
                    }
                }
            }
            catch (NpgsqlException e)
            {
                logger.LogWarning(e, "Sweeping finished workflows failed");
            }
        } while (await timer.WaitForNextTickAsync(_stopping.Token));
    }
}
