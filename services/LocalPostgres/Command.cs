using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Ticketing.LocalPostgres;

/// <summary>Runs a program to its end and returns what it said.</summary>
internal sealed record Command(int ExitCode, string Output)
{
    private const int NotFound = 127;
    private const int TimedOut = 124;

    // A server started by the program may keep the pipe open (Windows): its end is not worth waiting for.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromMilliseconds(500);

    public bool Succeeded => ExitCode == 0;

    /// <summary>The last line that is not empty.</summary>
    public string LastLine =>
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? $"exit code {ExitCode}";

    public static async Task<Command> RunAsync(
        string file,
        IEnumerable<string> arguments,
        TimeSpan timeout,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken ct = default
    )
    {
        using var process = new Process { StartInfo = Describe(file, arguments, environment) };
        var output = new StringBuilder();
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new Command(NotFound, e.Message);
        }
        process.StandardInput.Close();
        var read = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            return new Command(TimedOut, $"{Path.GetFileName(file)} did not end within {timeout.TotalSeconds:0} s");
        }
        await Task.WhenAny(read, Task.Delay(OutputGrace, CancellationToken.None));
        lock (output)
            return new Command(process.ExitCode, output.ToString());

        async Task Read(StreamReader reader)
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
                lock (output)
                    output.Append(line).Append('\n');
        }
    }

    private static ProcessStartInfo Describe(
        string file,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Ours may not be readable for the user the server runs as.
            WorkingDirectory = Path.GetPathRoot(AppContext.BaseDirectory)!,
        };
        // PGPORT, PGDATA and the like are meant for other servers than this one.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
