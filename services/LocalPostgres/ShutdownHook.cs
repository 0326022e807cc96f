using System.Runtime.InteropServices;

namespace Ticketing.LocalPostgres;

/// <summary>Stops what still runs when the process ends without disposing it.</summary>
internal static class ShutdownHook
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<PostgresCluster> Running = [];
    private static PosixSignalRegistration[]? _signals;

    public static void Watch(PostgresCluster cluster)
    {
        lock (Gate)
        {
            Running.Add(cluster);
            if (_signals is not null)
                return;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAll();
            PosixSignal[] ends = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
            _signals = [.. ends.Select(s => PosixSignalRegistration.Create(s, OnSignal))];
        }
    }

    public static void Forget(PostgresCluster cluster)
    {
        lock (Gate)
            Running.Remove(cluster);
    }

    /// <summary>
    /// Handlers run last-registered first. A host built after the cluster has set Cancel by now and ends in its own
    /// order; if nobody has, the signal ends the process right after this.
    /// </summary>
    private static void OnSignal(PosixSignalContext signal)
    {
        if (!signal.Cancel)
            StopAll();
    }

    private static void StopAll()
    {
        PostgresCluster[] left;
        lock (Gate)
            left = [.. Running];
        Task.WhenAll(left.Select(c => c.DisposeAsync().AsTask())).GetAwaiter().GetResult();
    }
}
