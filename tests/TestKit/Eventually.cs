using System.Diagnostics;

namespace Ticketing.TestKit;

/// <summary>Waits for a condition instead of sleeping.</summary>
public static class Eventually
{
    /// <summary>Generous: it ends a hung test, it never decides one.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    /// <summary>Polls until <paramref name="done"/> holds for the value and returns it.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> read, Func<T, bool> done)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (done(value))
                return value;
            if (Stopwatch.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"Still {value} after {Limit.TotalSeconds} s.");
            await Task.Delay(Poll);
        }
    }

    /// <summary>Makes the assertions until they hold: what a request counts, it may count after its answer.</summary>
    public static async Task HoldsAsync(Func<Task> assertions)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
            try
            {
                await assertions();
                return;
            }
            catch (Exception) when (Stopwatch.GetElapsedTime(start) < Limit)
            {
                await Task.Delay(Poll);
            }
    }

    public static Task TrueAsync(Func<Task<bool>> condition) => GetAsync(condition, value => value);
}
