using Ticketing.LocalPostgres;

namespace Ticketing.Local;

/// <summary>What the user can mend is told in one sentence; exit code 1.</summary>
internal static class Guard
{
    public static async Task<int> RunAsync(Func<Task<int>> command)
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
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
