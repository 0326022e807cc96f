using System.Diagnostics;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Waits for a condition instead of sleeping.</summary>
public static class Waiting
{
    /// <summary>Generous: it ends a hung test, it never decides one.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, "Waited in vain.");
            await Task.Delay(10);
        }
    }
}
