using System.Text.Json;

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
        await ParentEndsAsync(ct);
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
