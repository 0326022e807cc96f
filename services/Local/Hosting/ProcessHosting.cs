using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Ticketing.Local.Hosting;

/// <summary>One child process each, started again when it dies: what the crash tests kill.</summary>
internal sealed class ProcessHosting : IServiceHosting
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, int> children = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<Task> supervisors = [];

    public IReadOnlyDictionary<string, int> ProcessIds => children;

    public Task StartRuntimeAsync(RuntimeSettings settings, CancellationToken ct)
    {
        supervisors.Add(SuperviseAsync(ServiceCatalog.Dapr, ServiceCatalog.Dapr, JsonSerializer.Serialize(settings)));
        return Task.CompletedTask;
    }

    public Task StartServiceAsync(Replica replica, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        supervisors.Add(SuperviseAsync(replica.Name, replica.Service.AppId, JsonSerializer.Serialize(settings)));
        return Task.CompletedTask;
    }

    private async Task SuperviseAsync(string name, string appId, string settings)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var child = Start(appId, settings);
            children[name] = child.Id;
            try
            {
                await child.WaitForExitAsync(stopping.Token);
                children.TryRemove(name, out _);
                await Console.Error.WriteLineAsync($"{name} ended with exit code {child.ExitCode}; starting it again");
                await Task.Delay(RestartDelay, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                await StopAsync(child);
            }
        }
        children.TryRemove(name, out _);
    }

    /// <summary>This program's own executable, also when a test hosts it.</summary>
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory,
        OperatingSystem.IsWindows() ? "Local.exe" : "Local"
    );

    private static Process Start(string appId, string settings)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardInput = true };
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(appId);
        start.Environment[ChildProcess.SettingsVariable] = settings;
        return Process.Start(start) ?? throw new LocalException($"The process of {appId} could not be started.");
    }

    /// <summary>The end of its input tells a child to stop.</summary>
    private static async Task StopAsync(Process child)
    {
        try
        {
            child.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit);
            await child.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(supervisors);
        stopping.Dispose();
    }
}
