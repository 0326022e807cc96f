namespace Ticketing.LocalPostgres;

/// <summary>Chooses where the server comes from.</summary>
internal static class Provision
{
    public static async Task<RunningServer> StartAsync(
        DataFolder folder,
        PostgresOptions options,
        CancellationToken ct
    )
    {
        var major = PrivateServer.MajorOf(folder);
        var found = await ServerBinaries.FindAsync(ct);
        if (found.FirstOrDefault(b => major is null || b.Major == major) is { } binaries)
            return await PrivateServer.StartAsync(folder, binaries, options, ct);
        throw new PostgresUnavailableException(
            "No PostgreSQL server is installed on this machine."
        );
    }
}
