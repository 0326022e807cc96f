namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>The replicas of one app: each has a sidecar, and all share the app's queues, workflows and state.</summary>
internal sealed class AppReplicas(string appId, IReadOnlyList<SidecarApp> all)
{
    private uint _turn;

    public string AppId => appId;
    public IReadOnlyList<SidecarApp> All => all;

    /// <summary>The same series for all.</summary>
    public AppMetrics Metrics => all[0].Metrics;

    /// <summary>
    /// Whom a call goes to, and who is next should nobody listen there: by turns, and last those that are not well, which a
    /// cluster takes out of the app's addresses.
    /// </summary>
    public IEnumerable<SidecarApp> ByTurns()
    {
        if (all.Count == 1)
        {
            return all;
        }
        var turn = (int)(Interlocked.Increment(ref _turn) % (uint)all.Count);
        return Enumerable.Range(turn, all.Count).Select(i => all[i % all.Count]).OrderBy(a => !a.IsWell);
    }
}
