using Dapr.Workflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>A world whose two apps run every workflow and activity of this assembly.</summary>
public sealed class WorkflowWorld : IAsyncDisposable
{
    private readonly Dictionary<string, WebApplication> _apps = [];

    private WorkflowWorld(World world) => World = world;

    public World World { get; }

    /// <summary>Kept over restarts of the apps.</summary>
    public Attempts Attempts { get; } = new();

    /// <summary>Where the activity <see cref="Pass"/> waits.</summary>
    public Gate Gate { get; } = new();

    public static async Task<WorkflowWorld> CreateAsync(bool start = true, params string[] resources)
    {
        var world = new WorkflowWorld(await World.CreateAsync(start, resources));
        if (start)
        {
            await world.StartAppsAsync();
        }
        return world;
    }

    public async Task StartAppsAsync()
    {
        await StartAppAsync("alpha");
        await StartAppAsync("beta");
    }

    public async Task StartAppAsync(string appId) =>
        _apps[appId] = await World.StartAppAsync(
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

    public Task StopAppAsync(string appId) => World.StopAppAsync(appId);

    public DaprWorkflowClient Client(string appId) => _apps[appId].Services.GetRequiredService<DaprWorkflowClient>();

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
