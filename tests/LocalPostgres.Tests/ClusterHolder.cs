using System.Diagnostics;
using Ticketing.LocalPostgres;

namespace Ticketing.LocalPostgres.Tests;

/// <summary>Another process that owns a cluster, to be killed.</summary>
internal sealed class ClusterHolder : IDisposable
{
    public const string FolderVariable = "HELD_CLUSTER";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly string _folder;

    private ClusterHolder(Process process, string folder) => (_process, _folder) = (process, folder);

    public static async Task<ClusterHolder> StartAsync(string folder, string way = "")
    {
        string[] arguments =
        [
            typeof(ClusterHolder).Assembly.Location,
            "-explicit",
            "only",
            "-method",
            $"{typeof(OwnerProcess).FullName}.{nameof(OwnerProcess.Hold)}",
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment["TICKETING_POSTGRES"] = way;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Patience);
        while (await PostgresCluster.ConnectAsync(new() { DataDirectory = folder }, limit.Token) is null)
        {
            Assert.False(process.HasExited, "the holder ended by itself");
            await Task.Delay(Poll, limit.Token);
        }
        return new ClusterHolder(process, folder);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync(_process);
    }

    public async Task KillServerAsync()
    {
        var note = await File.ReadAllLinesAsync(Path.Combine(_folder, "server", "data", "postmaster.pid"));
        using var server = Process.GetProcessById(
            int.Parse(note[0], System.Globalization.CultureInfo.InvariantCulture)
        );
        server.Kill();
        await WaitAsync(server);
    }

    public async Task EndAsync(string how)
    {
        if (how.StartsWith("SIG", StringComparison.Ordinal))
            using (var kill = Process.Start("kill", [$"-{how[3..]}", $"{_process.Id}"]))
                await WaitAsync(kill);
        else
            _process.StandardInput.Close();
        await WaitAsync(_process);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static async Task WaitAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
    }
}

/// <summary>What the other process does: this test program runs itself with this test alone.</summary>
public sealed class OwnerProcess
{
    [Fact(Explicit = true)]
    public async Task Hold()
    {
        var folder = Environment.GetEnvironmentVariable(ClusterHolder.FolderVariable)!;
        _ = await PostgresCluster.StartAsync(new() { DataDirectory = folder });
        await Console.In.ReadToEndAsync();
        Environment.Exit(0);
    }
}
