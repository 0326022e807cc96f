namespace Ticketing.LocalPostgres;

internal static class ServerLog
{
    // The worst first: what else is in the log usually follows from it.
    private static readonly string[] Marks = ["PANIC: ", "FATAL: ", "error: ", "could not "];

    /// <summary>The line that says why, out of a server's log or of initdb's output, without a full stop.</summary>
    public static string Reason(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var mark in Marks)
            if (lines.FirstOrDefault(l => l.Contains(mark, StringComparison.Ordinal)) is { } line)
            {
                var from = line.IndexOf(mark, StringComparison.Ordinal);
                return line[(mark.EndsWith(": ", StringComparison.Ordinal) ? from + mark.Length : from)..]
                    .Trim(' ', '.');
            }
        return lines.LastOrDefault()?.TrimEnd('.') ?? "it said nothing";
    }

    /// <summary>Somebody was faster to take the port, or the children of a killed server are still ending.</summary>
    public static bool TellsToRetry(string log) =>
        log.Contains("could not bind", StringComparison.Ordinal)
        || log.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal)
        || log.Contains("pre-existing shared memory block", StringComparison.Ordinal);
}
