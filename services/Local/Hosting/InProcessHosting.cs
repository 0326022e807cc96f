using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.EmbeddedDapr;
using Ticketing.ServiceDefaults;

namespace Ticketing.Local.Hosting;

/// <summary>Everything in this process: starts fast, debugs well.</summary>
internal sealed class InProcessHosting : IServiceHosting
{
    private readonly ConcurrentDictionary<string, WebApplication> apps = new();
    private DaprRuntime? runtime;

    public IReadOnlyDictionary<string, int> ProcessIds { get; } = new Dictionary<string, int>();

    public IServiceProvider ServicesOf(string name) => apps[name].Services;

    public async Task StartRuntimeAsync(RuntimeSettings settings, CancellationToken ct) =>
        runtime = await settings.StartAsync(ct);

    public async Task StartServiceAsync(
        Replica replica,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken ct
    ) => apps[replica.Name] = await StartAsync(replica.Service, settings, ct);

    public static async Task<WebApplication> StartAsync(
        LocalService service,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken ct
    )
    {
        var app = service.Build([.. settings.Select(s => $"--{ArgumentOf(s.Key)}={s.Value}")]);
        try
        {
            await app.MigrateAsync(ct);
        }
        // Before a release, a first migration is rewritten instead of followed by another one.
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateTable)
        {
            throw new LocalException(
                $"The data of {service.AppId} is of another version: forget it (--reset), or keep it and take another folder (--data)."
            );
        }
        await app.StartAsync(ct);
        return app;
    }

    private static string ArgumentOf(string key) => key == "ASPNETCORE_ENVIRONMENT" ? "environment" : key;

    public async ValueTask DisposeAsync()
    {
        // Nobody new comes in; then the services end together while their sidecars still answer.
        if (apps.TryRemove(AppIds.Gateway, out var gateway))
            await StopAsync(gateway);
        await Task.WhenAll(apps.Values.Select(StopAsync));
        if (runtime is not null)
            await runtime.DisposeAsync();
    }

    private static async Task StopAsync(WebApplication app)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }
}
