using Ticketing.Local.Hosting;
using Ticketing.LocalPostgres;

namespace Ticketing.Local.Auditing;

/// <summary>Audits the running system's databases, or a stopped system's data.</summary>
internal static class AuditCommand
{
    public static async Task<int> RunAsync(string dataDirectory, CancellationToken ct)
    {
        var options = new PostgresOptions
        {
            DataDirectory = Path.Combine(dataDirectory, DataFolder.PostgresName),
            ConnectionString = LocalOptions.GivenPostgres,
        };
        if (options.ConnectionString is null && !Directory.Exists(options.DataDirectory))
            throw new LocalException(
                $"{dataDirectory} holds no system. Start one: dotnet run --project services/Local"
            );
        var findings = await PostgresCluster.ConnectAsync(options, ct) is { } running
            ? await Auditor.RunAsync(running.ConnectionStringFor, TimeProvider.System.GetUtcNow(), ct)
            : await AuditStoppedAsync(options, ct);
        foreach (var finding in findings)
            Console.WriteLine($"{finding.Id} {(finding.Ok ? "ok" : "VIOLATED")} {finding.Detail}");
        return findings.All(f => f.Ok) ? 0 : 1;
    }

    /// <summary>
    /// Deadlines of a stopped system stand still: it is judged as of its last checkpoint, and starting its PostgreSQL for
    /// the audit shall not count as life.
    /// </summary>
    private static async Task<IReadOnlyList<Finding>> AuditStoppedAsync(PostgresOptions options, CancellationToken ct)
    {
        var cluster = Path.Combine(options.DataDirectory, "server", "data");
        var control = Path.Combine(cluster, "global", "pg_control");
        var lastAlive = File.Exists(control) ? File.GetLastWriteTimeUtc(control) : (DateTime?)null;
        await using var postgres = await PostgresCluster.StartAsync(options, ct);
        var findings = await Auditor.RunAsync(
            postgres.ConnectionStringFor,
            lastAlive ?? TimeProvider.System.GetUtcNow(),
            ct
        );
        await postgres.DisposeAsync();
        if (lastAlive is { } alive)
            File.SetLastWriteTimeUtc(control, alive);
        return findings;
    }
}
