using System.Globalization;

namespace Ticketing.LocalPostgres;

/// <summary>Runs PostgreSQL in Docker; the data lives in a volume that belongs to the data folder.</summary>
internal static class ContainerServer
{
    private const string Image = "postgres:17";
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static async Task<bool> AnswersAsync(CancellationToken ct) =>
        (await Docker(AskTimeout, ct, "version", "--format", "{{.Server.Version}}")).Succeeded;

    public static async Task<RunningServer> StartAsync(
        ClusterFolder folder,
        PostgresOptions options,
        CancellationToken ct
    )
    {
        var password = folder.Password();
        var name = folder.ContainerName;
        await RemoveAsync(name, ct);
        // What an earlier folder of this name left: its password is lost.
        if (!folder.IsInContainer)
            await DeleteAsync(name, ct);
        options.Progress?.Report($"starting {Image} in Docker (the first time downloads it)");
        string[] arguments =
        [
            "run",
            "--detach",
            $"--name={name}",
            $"--volume={name}:/var/lib/postgresql/data",
            "--publish=127.0.0.1::5432",
            "--shm-size=256m",
            "--env=POSTGRES_PASSWORD",
            "--env=POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8",
            Image,
            .. ServerSettings.For(options.Durable).SelectMany(s => new[] { "-c", $"{s.Name}={s.Value}" }),
        ];
        var environment = new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = password };
        var run = await Command.RunAsync("docker", arguments, DownloadTimeout, environment, ct);
        if (!run.Succeeded)
            throw new PostgresUnavailableException($"Docker could not start {Image}: {run.LastLine}");
        try
        {
            var connection = await WaitAsync(name, password, ct);
            folder.MarkContainer();
            return new RunningServer(connection, $"PostgreSQL in Docker ({Image}, {name})", () => StopAsync(name));
        }
        catch
        {
            await StopAsync(name);
            throw;
        }
    }

    /// <summary>Deletes the container and its data.</summary>
    public static async Task DeleteAsync(string name, CancellationToken ct)
    {
        await RemoveAsync(name, ct);
        var removed = await Docker(StopTimeout, ct, "volume", "rm", "--force", name);
        if (!removed.Succeeded)
            throw new PostgresUnavailableException($"The Docker volume {name} cannot be deleted: {removed.LastLine}");
    }

    private static async Task<string> WaitAsync(string name, string password, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartTimeout);
        try
        {
            while (true)
            {
                // "127.0.0.1:49153"; nothing once the container has ended
                var published = (await Docker(AskTimeout, limit.Token, "port", name, "5432/tcp")).LastLine;
                var port = published[(published.LastIndexOf(':') + 1)..];
                if (!int.TryParse(port, CultureInfo.InvariantCulture, out var number))
                    break;
                var connection = PrivateServer.ConnectionTo(number, password);
                if (await Probe.AnswersAsync(connection, limit.Token) is null)
                    return connection;
                await Task.Delay(Poll, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { }
        var log = await Docker(AskTimeout, ct, "logs", "--tail", "1", name);
        throw new PostgresUnavailableException($"PostgreSQL in the container {name} does not answer: {log.LastLine}");
    }

    private static async Task StopAsync(string name) => await RemoveAsync(name, CancellationToken.None);

    private static async Task RemoveAsync(string name, CancellationToken ct)
    {
        // A clean shutdown of PostgreSQL first; neither does harm if there is none.
        await Docker(StopTimeout * 2, ct, "stop", "-t", $"{StopTimeout.TotalSeconds:0}", name);
        await Docker(StopTimeout, ct, "rm", "--force", name);
    }

    private static Task<Command> Docker(TimeSpan timeout, CancellationToken ct, params string[] arguments) =>
        Command.RunAsync("docker", arguments, timeout, ct: ct);
}
