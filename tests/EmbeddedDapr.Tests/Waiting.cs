using System.Diagnostics;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Waits for a condition instead of sleeping.</summary>
public static class Waiting
{
    /// <summary>Generous: it ends a hung test, it never decides one.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<bool> condition, string what = "the condition")
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"Waited in vain for {what}.");
            await Task.Delay(10);
        }
    }
}
