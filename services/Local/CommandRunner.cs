using Ticketing.LocalPostgres;

namespace Ticketing.Local;

/// <summary>What the user can mend is told in one sentence; exit code 1.</summary>
internal static class CommandRunner
{
    /// <summary>As shells have it: 128 and the number of SIGINT.</summary>
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(Func<Task<int>> command, CancellationToken ct)
    {
        try
        {
            return await command();
        }
        catch (Exception e) when (e is LocalException or PostgresUnavailableException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        // Whatever fails after Ctrl-C fails because of it: PostgreSQL may end before those that use it have started.
        catch (Exception e) when (e is OperationCanceledException || ct.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"The system does not answer: {e.GetBaseException().Message}");
            return 1;
        }
    }
}
