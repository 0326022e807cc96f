using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Ticketing.Local.Hosting;

/// <summary>What a child of <see cref="ProcessHosting"/> runs; ends when its input does, so it never outlives its parent.</summary>
internal static class ChildProcess
{
    public const string SettingsVariable = "TICKETING_CHILD_SETTINGS";

    public static async Task<int> ServeAsync(string name, CancellationToken ct)
    {
        var json =
            Environment.GetEnvironmentVariable(SettingsVariable)
            ?? throw new LocalException("`serve` is started by --processes only.");
        await using var served = await StartAsync(name, json, ct);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Handlers run last-registered first, and the command line's own waits for this to return.
        using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => told.TrySetResult());
        // The console's reader blocks.
        var parentEnds = Task.Run(() => ParentEndsAsync(ct), CancellationToken.None);
        // Its parent stops all of them at once and in order; told alone, it leaves as a pod does.
        if (await Task.WhenAny(told.Task, parentEnds) == told.Task && served is WebApplication app)
            await app.StopAsync(CancellationToken.None);
        return 0;
    }

    private static async Task<IAsyncDisposable> StartAsync(string name, string json, CancellationToken ct)
    {
        if (name == ServiceCatalog.Dapr)
            return await JsonSerializer.Deserialize<RuntimeSettings>(json)!.StartAsync(ct);
        var settings = JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
        return await InProcessHosting.StartAsync(ServiceCatalog.Find(name), settings, ct);
    }

    private static async Task ParentEndsAsync(CancellationToken ct)
    {
        // The terminal's Ctrl-C reaches the children too; they wait for the parent, which stops them in order.
        var buffer = new char[64];
        while (await Console.In.ReadAsync(buffer, CancellationToken.None) > 0)
            ct.ThrowIfCancellationRequested();
    }
}
