using Dapr.Workflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Two apps that run every workflow and activity of this assembly; of <c>beta</c> there may be two replicas.</summary>
public sealed class TwoWorkflowApps : IAsyncDisposable
{
    private readonly Dictionary<string, WebApplication> _apps = [];

    private TwoWorkflowApps(TwoApps apps) => TwoApps = apps;

    public TwoApps TwoApps { get; }

    /// <summary>Kept over restarts of the apps.</summary>
    public Attempts Attempts { get; } = new();

    /// <summary>Where the activity <see cref="Pass"/> waits.</summary>
    public Gate Gate { get; } = new();

    public static async Task<TwoWorkflowApps> CreateWithReplicaAsync()
    {
        var apps = new TwoWorkflowApps(await TwoApps.CreateAsync(start: false));
        var second = apps.TwoApps.AddReplica("beta");
        await apps.TwoApps.StartRuntimeAsync();
        await apps.StartAppsAsync();
        await apps.StartAppAsync(second);
        return apps;
    }

    public static async Task<TwoWorkflowApps> CreateAsync(bool start = true, params string[] resources)
    {
        var apps = new TwoWorkflowApps(await TwoApps.CreateAsync(start, resources));
        if (start)
        {
            await apps.StartAppsAsync();
        }
        return apps;
    }

    public async Task StartAppsAsync()
    {
        await StartAppAsync("alpha");
        await StartAppAsync("beta");
    }

    public async Task StartAppAsync(string appId) =>
        _apps[appId] = await TwoApps.StartAppAsync(
            appId,
            _ => { },
            services =>
            {
                services.AddSingleton(new AppName(appId));
                services.AddSingleton(Attempts);
                services.AddSingleton(Gate);
                // The SDK's source generator registers every workflow and activity of the assembly.
                services.AddDaprWorkflow(_ => { });
            }
        );

    public Task StopAppAsync(string appId) => TwoApps.StopAppAsync(appId);

    public DaprWorkflowClient Client(string appId) => _apps[appId].Services.GetRequiredService<DaprWorkflowClient>();

    public ValueTask DisposeAsync() => TwoApps.DisposeAsync();
}
