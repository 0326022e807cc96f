using System.Diagnostics;
using System.Globalization;

namespace Ticketing.LocalPostgres;

/// <summary>The server that an owner which was killed left running on its folder.</summary>
internal static class OrphanedServer
{
    private const int IdLine = 0;
    private const int StartedLine = 2;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>The process that the server's own note in the folder names, if it still is that server.</summary>
    public static Process? Find(ClusterFolder folder)
    {
        var note = Note(folder.PidFile);
        if (note.Length <= StartedLine || !int.TryParse(note[IdLine], CultureInfo.InvariantCulture, out var id))
            return null;
        Process? process = null;
        try
        {
            process = Process.GetProcessById(id);
            if (
                process.ProcessName.StartsWith("post", StringComparison.OrdinalIgnoreCase)
                && (OperatingSystem.IsLinux() ? WorksIn(id, note) : StartedAt(process, note[StartedLine]))
            )
                return process;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It is gone.
        }
        process?.Dispose();
        return null;
    }

    /// <summary>For a folder that is about to be deleted.</summary>
    public static async Task KillAsync(ClusterFolder folder, CancellationToken ct)
    {
        using var server = Find(folder);
        if (server is null)
            return;
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync(ct);
    }

    /// <summary>A server's working folder is its cluster, whatever links lead there.</summary>
    private static bool WorksIn(int id, string[] note) =>
        Note($"/proc/{id}/cwd/{ClusterFolder.PidFileName}")
            .Take(StartedLine + 1)
            .SequenceEqual(note.Take(StartedLine + 1));

    private static bool StartedAt(Process process, string unixSeconds) =>
        long.TryParse(unixSeconds, CultureInfo.InvariantCulture, out var seconds)
        && (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch.AddSeconds(seconds)).Duration() < ClockTolerance;

    private static string[] Note(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
