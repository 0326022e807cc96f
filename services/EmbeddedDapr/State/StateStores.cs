using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.State;

/// <summary>The state components, their tables and their sweeping.</summary>
internal sealed class StateStores(NpgsqlDataSource database, Resources resources, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly List<StateStore> _opened = [];
    private ComponentSet<StateStore>? _byName;

    public AppStore Get(string name, HttpContext http)
    {
        var app = SidecarApp.Of(http);
        return new(name, _byName!.Get(name, app), app.Metrics);
    }

    public async Task StartAsync(CancellationToken ct)
    {
        _byName = new(
            resources.OfBlock("state"),
            component =>
            {
                var store = StateStore.Open(component, database);
                _opened.Add(store);
                return store;
            },
            name => ComponentSet<StateStore>.BadRequest("ERR_STATE_STORE_NOT_FOUND", $"state store {name} is not found")
        );
        foreach (var store in _opened)
        {
            await store.CreateAsync(ct);
        }
    }

    public async Task SweepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SweepEvery, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            foreach (var store in _opened)
            {
                try
                {
                    await store.SweepAsync(ct);
                }
                catch (NpgsqlException e)
                {
                    logger.LogWarning(e, "Sweeping expired state failed");
                }
            }
        }
    }
}
