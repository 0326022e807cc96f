namespace Ticketing.LocalPostgres;

/// <summary>
/// Chooses where the server comes from: this machine's programs, a container, or programs downloaded for this platform.
/// The environment variable TICKETING_POSTGRES (binaries, docker or embedded) allows one of them only.
/// </summary>
internal sealed class ServerStarter(ClusterFolder folder, PostgresOptions options)
{
    private const string SourceVariable = "TICKETING_POSTGRES";
    private const string Binaries = "binaries";
    private const string Docker = "docker";
    private const string Embedded = "embedded";

    // Data stays where it was begun: in the folder, with its major version, or in the container's volume.
    private readonly int? _major = PrivateServer.MajorOf(folder);

    public async Task<RunningServer> StartAsync(CancellationToken ct)
    {
        var unavailable = new List<string>();
        foreach (var source in Sources())
        {
            try
            {
                return await (
                    source switch
                    {
                        Binaries => FromMachineAsync(ct),
                        Docker => FromContainerAsync(ct),
                        _ => FromDownloadAsync(ct),
                    }
                );
            }
            catch (SourceUnavailableException e)
            {
                unavailable.Add(e.Message);
            }
        }
        var reasons = string.Join("; ", unavailable);
        throw new PostgresUnavailableException(
            folder.IsInContainer || _major is not null
                ? $"The data folder {folder.Root} was made by {Maker()}, which is not to be had: {reasons}. "
                    + "Provide it, or delete the folder to start over."
                : $"PostgreSQL is not to be had: {reasons}. "
                    + "Install it, or name a running server in ConnectionStrings__Postgres."
        );
    }

    private string Maker() => folder.IsInContainer ? "PostgreSQL in Docker" : $"PostgreSQL {_major}";

    private static string[] Sources() =>
        Environment.GetEnvironmentVariable(SourceVariable) switch
        {
            null or "" => [Binaries, Docker, Embedded],
            Binaries => [Binaries],
            Docker => [Docker],
            Embedded => [Embedded],
            var unknown => throw new PostgresUnavailableException(
                $"{SourceVariable} is '{unknown}' but must be {Binaries}, {Docker} or {Embedded}."
            ),
        };

    private async Task<RunningServer> FromMachineAsync(CancellationToken ct)
    {
        var user = await UserAsync(ct);
        foreach (var binaries in await ServerBinaries.FindAsync(ct))
            if (
                (_major is null || binaries.Major == _major)
                && await user.CanReachAsync(binaries.Program("postgres"), ct)
            )
                return await PrivateServer.StartAsync(folder, binaries, user, options, ct);
        throw new SourceUnavailableException(
            _major is null
                ? $"no server programs of version {ServerBinaries.OldestMajor} or newer are installed"
                : "its server programs are not installed"
        );
    }

    private async Task<RunningServer> FromContainerAsync(CancellationToken ct)
    {
        if (_major is not null)
            throw new SourceUnavailableException("a container does not serve for a cluster begun without one");
        return await ContainerServer.AnswersAsync(ct)
            ? await ContainerServer.StartAsync(folder, options, ct)
            : throw new SourceUnavailableException("Docker does not answer");
    }

    private async Task<RunningServer> FromDownloadAsync(CancellationToken ct)
    {
        var user = await UserAsync(ct);
        var binaries = await EmbeddedBinaries.ProvideAsync(_major, options.Progress, ct);
        return await PrivateServer.StartAsync(folder, binaries, user, options, ct);
    }

    private Task<ServerUser> UserAsync(CancellationToken ct) =>
        folder.IsInContainer
            ? throw new SourceUnavailableException($"its data lives in the Docker volume {folder.ContainerName}")
            : ServerUser.ChooseAsync(folder.Data, ct);
}
