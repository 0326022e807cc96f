using System.Diagnostics;
using System.Text.Json;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>A runtime in a process of its own: this program, started with another argument.</summary>
public sealed class RuntimeProcess
{
    public const string Switch = "--runtime";

    private readonly Process _process;

    private RuntimeProcess(Process process) => _process = process;

    private sealed record Settings(string ConnectionString, string Resources, string Data, DaprApp[] Apps);

    public static RuntimeProcess Start(TwoApps apps, DaprApp[] declared)
    {
        var settings = Path.Combine(apps.Folder.FullName, "runtime.json");
        File.WriteAllText(
            settings,
            JsonSerializer.Serialize(
                new Settings(apps.ConnectionString, apps.Resources, apps.Folder.FullName, declared)
            )
        );
        return new(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Switch, settings]))!);
    }

    /// <summary>The other process' main: runs until it is killed.</summary>
    public static async Task RunAsync(string file)
    {
        var settings = JsonSerializer.Deserialize<Settings>(await File.ReadAllTextAsync(file))!;
        await using var runtime = await DaprRuntime.StartAsync(
            new()
            {
                ConnectionString = settings.ConnectionString,
                ResourcesPath = settings.Resources,
                DataDirectory = settings.Data,
                Apps = settings.Apps,
            },
            CancellationToken.None
        );
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    public async Task WaitUntilHealthyAsync(int port)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        await Waiting.UntilAsync(async () =>
        {
            Assert.False(_process.HasExited, "The runtime's process ended.");
            try
            {
                using var response = await http.GetAsync("/v1.0/healthz");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
