using System.Globalization;
using System.Net;
using Npgsql;

namespace Ticketing.LocalPostgres;

/// <summary>Runs server binaries on a data folder of our own.</summary>
internal sealed class PrivateServer
{
    public const string Superuser = "postgres";
    private const long NeededBytes = 16 * 1024 * 1024;
    private const int StartAttempts = 10;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    private readonly ClusterFolder _folder;
    private readonly ServerBinaries _binaries;
    private readonly ServerUser _user;

    private PrivateServer(ClusterFolder folder, ServerBinaries binaries, ServerUser user) =>
        (_folder, _binaries, _user) = (folder, binaries, user);

    /// <summary>The major version that made the folder's cluster; null if there is none yet.</summary>
    public static int? MajorOf(ClusterFolder folder)
    {
        if (!Directory.Exists(folder.Data))
            return null;
        try
        {
            var version = File.ReadAllText(Path.Combine(folder.Data, "PG_VERSION"));
            if (int.TryParse(version, CultureInfo.InvariantCulture, out var major))
                return major;
        }
        catch (FileNotFoundException) { }
        throw Broken(folder, "PG_VERSION is missing or damaged");
    }

    public static async Task<RunningServer> StartAsync(
        ClusterFolder folder,
        ServerBinaries binaries,
        ServerUser user,
        PostgresOptions options,
        CancellationToken ct
    )
    {
        await folder.PrepareAsync(user, ct);
        var server = new PrivateServer(folder, binaries, user);
        var password = folder.Password();
        await server.StopLeftoverAsync(ct);
        if (MajorOf(folder) is null)
        {
            options.Progress?.Report($"creating a database cluster in {folder.Root}");
            await new NewCluster(folder, binaries, user).CreateAsync(password, options.Durable, ct);
        }
        options.Progress?.Report($"starting PostgreSQL {binaries.Version} from {binaries.Directory}");
        try
        {
            var connection = await server.LaunchAsync(password, options.Durable, ct);
            return new RunningServer(connection, binaries.Description, server.StopAsync);
        }
        catch
        {
            await server.StopLeftoverAsync(CancellationToken.None);
            throw;
        }
    }

    public static string ConnectionTo(int port, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = IPAddress.Loopback.ToString(),
            Port = port,
            Username = Superuser,
            Password = password,
            Database = "postgres",
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    private async Task<string> LaunchAsync(string password, bool durable, CancellationToken ct)
    {
        if (File.Exists(_folder.Log))
            File.Move(_folder.Log, _folder.Log + ".previous", overwrite: true);
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Next();
            await ConfigureAsync(port, durable, ct);
            string[] arguments =
            [
                "start",
                "--wait",
                $"--timeout={StartTimeout.TotalSeconds:0}",
                $"--pgdata={_folder.Data}",
                $"--log={_folder.Log}",
            ];
            var started = await _user.RunAsync(_binaries.Program("pg_ctl"), arguments, StartTimeout * 2, ct);
            if (started.Succeeded)
                return await Probe.AnswersAsync(ConnectionTo(port, password), ct) is { } problem
                    ? throw Broken(_folder, problem)
                    : ConnectionTo(port, password);
            var log = File.Exists(_folder.Log) ? await File.ReadAllTextAsync(_folder.Log, ct) : started.Output;
            if (attempt == StartAttempts || !ServerLog.TellsToRetry(log))
                throw Broken(_folder, ServerLog.Reason(log));
            File.Delete(_folder.Log);
            await Task.Delay(RetryPause, ct);
        }
    }

    private async Task ConfigureAsync(int port, bool durable, CancellationToken ct)
    {
        const string Include = "include 'ticketing.conf'";
        var main = Path.Combine(_folder.Data, "postgresql.conf");
        if (!File.Exists(main))
            throw Broken(_folder, "postgresql.conf is missing");
        if (!(await File.ReadAllTextAsync(main, ct)).Contains(Include, StringComparison.Ordinal))
            await File.AppendAllTextAsync(main, $"\n{Include}\n", ct);
        IEnumerable<(string Name, string Value)> settings =
        [
            ("port", $"{port}"),
            ("listen_addresses", $"{IPAddress.Loopback}"),
            ("unix_socket_directories", ""),
            .. ServerSettings.For(durable),
        ];
        var path = Path.Combine(_folder.Data, "ticketing.conf");
        await File.WriteAllLinesAsync(path, settings.Select(s => $"{s.Name} = '{s.Value}'"), ct);
        await _user.TakeOwnershipAsync(path, ct);
    }

    private async Task StopAsync() => await ControlStopAsync("fast", CancellationToken.None);

    /// <summary>Stops the server that a killed owner left running; forgets one that is gone.</summary>
    private async Task StopLeftoverAsync(CancellationToken ct)
    {
        var pidFile = _folder.PidFile;
        if (!File.Exists(pidFile))
            return;
        using var leftover = OrphanedServer.Find(_folder);
        if (leftover is null)
        {
            // The id may belong to another program by now, which would make the server refuse to start.
            File.Delete(pidFile);
            return;
        }
        if (!await ControlStopAsync("fast", ct) && !await ControlStopAsync("immediate", ct) && File.Exists(pidFile))
            throw new PostgresUnavailableException(
                $"A PostgreSQL server still runs on the data folder {_folder.Root} and does not stop: see {_folder.Log}."
            );
    }

    private async Task<bool> ControlStopAsync(string mode, CancellationToken ct)
    {
        string[] arguments =
        [
            "stop",
            "--wait",
            $"--mode={mode}",
            $"--timeout={StopTimeout.TotalSeconds:0}",
            $"--pgdata={_folder.Data}",
        ];
        return (await _user.RunAsync(_binaries.Program("pg_ctl"), arguments, StopTimeout * 2, ct)).Succeeded;
    }

    private static PostgresUnavailableException Broken(ClusterFolder folder, string reason) =>
        new DriveInfo(folder.Server).AvailableFreeSpace < NeededBytes
            ? new($"The disk that holds the data folder {folder.Root} is full: make room and start again.")
            : new(
                $"PostgreSQL cannot start on the data folder {folder.Root}: {reason.TrimEnd('.')}; see {folder.Log}, "
                    + "or delete the folder to start over."
            );
}
