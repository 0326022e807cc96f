using System.Diagnostics;

namespace Ticketing.Local.Hosting;

/// <summary>Runs the system until Ctrl-C or SIGTERM.</summary>
internal static class RunCommand
{
    private sealed class Steps : IProgress<string>
    {
        private readonly long start = Stopwatch.GetTimestamp();

        public void Report(string value) =>
            Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds, 5:0.0} s  {value}");
    }

    public static async Task<int> RunAsync(LocalOptions options, CancellationToken ct)
    {
        var steps = new Steps();
        await using var system = await LocalSystem.StartAsync(options, steps, ct);
        Welcome(system, options);
        await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine("Stopping; what was sold stays.");
        return 0;
    }

    private static void Welcome(LocalSystem system, LocalOptions options)
    {
        Console.WriteLine($"Ready: {system.BaseUrl}");
        Console.WriteLine();
        if (options.Seed)
        {
            Console.WriteLine("Logins (made for this machine only):");
            foreach (var login in Seeding.SeedLogins.All)
                Console.WriteLine($"  {login.What, -22} {login.Email, -28} {login.Password}");
            Console.WriteLine();
        }
        var flags = $"{(options.Port == 8080 ? "" : $" --port {options.Port}")}{DataFlag(options)}";
        Console.WriteLine("Try:");
        Console.WriteLine($"  dotnet run --project services/Local -- demo{flags}     buy a ticket from end to end");
        Console.WriteLine(
            $"  dotnet run --project services/Local -- audit{DataFlag(options)}    check every invariant"
        );
        Console.WriteLine($"  {system.BaseUrl}/docs  the API      {system.BaseUrl}/dev/mail  the mails that were sent");
        if (options.Processes)
            Console.WriteLine(
                $"  prometheus: file_sd_configs: [{{ files: [{system.MetricsTargetsFile}] }}]    every process's metrics"
            );
        Console.WriteLine();
        Console.WriteLine($"{system.PostgresDescription}. Ctrl-C stops everything; what was sold stays.");
    }

    private static string DataFlag(LocalOptions options) =>
        Path.GetFullPath(".local") == options.DataDirectory ? "" : $" --data {options.DataDirectory}";
}
