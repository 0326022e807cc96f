using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Ticketing.LocalPostgres;

/// <summary>Runs server binaries on a data folder of our own.</summary>
internal sealed class PrivateServer
{
    public const string Superuser = "postgres";
    private const int MaxConnections = 300;
    private const int StartAttempts = 10;
    private static readonly TimeSpan InitTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    private readonly DataFolder _folder;
    private readonly ServerBinaries _binaries;
    private readonly ServerUser _user;

    private PrivateServer(DataFolder folder, ServerBinaries binaries, ServerUser user) =>
        (_folder, _binaries, _user) = (folder, binaries, user);

    /// <summary>The major version that made the folder's cluster; null if there is none yet.</summary>
    public static int? MajorOf(DataFolder folder)
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
        DataFolder folder,
        ServerBinaries binaries,
        PostgresOptions options,
        CancellationToken ct
    )
    {
        var user = await ServerUser.ChooseAsync(folder.Data, ct);
        await folder.PrepareAsync(user, ct);
        if (!await user.CanReachAsync(binaries.Program("postgres"), ct))
            throw new PostgresUnavailableException(
                $"{binaries.Directory} cannot be reached by user {user.Name}, as whom root runs PostgreSQL."
            );
        var server = new PrivateServer(folder, binaries, user);
        var password = folder.Password();
        await server.StopLeftoverAsync(ct);
        if (MajorOf(folder) is null)
        {
            options.Progress?.Report($"creating a database cluster in {folder.Root}");
            await server.InitializeAsync(password, options.Durable, ct);
        }
        options.Progress?.Report(
            $"starting PostgreSQL {binaries.Version} from {binaries.Directory}"
        );
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

    /// <summary>Built beside its final place and moved there when complete: an interrupted start leaves no half cluster.</summary>
    private async Task InitializeAsync(string password, bool durable, CancellationToken ct)
    {
        var draft = _folder.Data + ".new";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        var passwordFile = Path.Combine(_folder.Server, "password.new");
        await File.WriteAllTextAsync(passwordFile, "", ct);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(passwordFile, password, ct);
        await _user.TakeOwnershipAsync(passwordFile, ct);
        try
        {
            Command made = null!;
            foreach (var locale in Locales())
            {
                string[] arguments =
                [
                    $"--pgdata={draft}",
                    $"--username={Superuser}",
                    $"--pwfile={passwordFile}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    .. locale,
                    .. durable ? Array.Empty<string>() : ["--no-sync"],
                ];
                made = await _user.RunAsync(
                    _binaries.Program("initdb"),
                    arguments,
                    InitTimeout,
                    ct
                );
                if (made.Succeeded || !made.Output.Contains("locale", StringComparison.Ordinal))
                    break;
            }
            if (!made.Succeeded)
                throw new PostgresUnavailableException(
                    $"PostgreSQL could not create a cluster in {_folder.Root}: {Reason(made.Output)}."
                );
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(draft, _folder.Data);
    }

    /// <summary>Byte order with the case rules of Unicode where it can be had, under the names it goes by.</summary>
    private IEnumerable<string[]> Locales()
    {
        const int BuiltInProviderSince = 17;
        if (_binaries.Major >= BuiltInProviderSince)
            yield return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
        yield return ["--locale=C.UTF-8"];
        yield return ["--locale=en_US.UTF-8"];
        yield return ["--locale=C"];
    }

    private async Task<string> LaunchAsync(string password, bool durable, CancellationToken ct)
    {
        if (File.Exists(_folder.Log))
            File.Move(_folder.Log, _folder.Log + ".previous", overwrite: true);
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            await ConfigureAsync(port, durable, ct);
            string[] arguments =
            [
                "start",
                "--wait",
                $"--timeout={StartTimeout.TotalSeconds:0}",
                $"--pgdata={_folder.Data}",
                $"--log={_folder.Log}",
            ];
            var started = await _user.RunAsync(
                _binaries.Program("pg_ctl"),
                arguments,
                StartTimeout * 2,
                ct
            );
            if (started.Succeeded)
                return await Probe.AnswersAsync(ConnectionTo(port, password), ct) is { } problem
                    ? throw Broken(_folder, problem)
                    : ConnectionTo(port, password);
            var log = File.Exists(_folder.Log)
                ? await File.ReadAllTextAsync(_folder.Log, ct)
                : started.Output;
            if (attempt == StartAttempts || !IsPassing(log))
                throw Broken(_folder, Reason(log));
            File.Delete(_folder.Log);
            await Task.Delay(RetryPause, ct);
        }
    }

    /// <summary>Somebody was faster to take the port, or the children of a killed server are still ending.</summary>
    private static bool IsPassing(string log) =>
        log.Contains("could not bind", StringComparison.Ordinal)
        || log.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal)
        || log.Contains("pre-existing shared memory block", StringComparison.Ordinal);

    private async Task ConfigureAsync(int port, bool durable, CancellationToken ct)
    {
        const string Include = "include 'ticketing.conf'";
        var main = Path.Combine(_folder.Data, "postgresql.conf");
        if (!File.Exists(main))
            throw Broken(_folder, "postgresql.conf is missing");
        if (!(await File.ReadAllTextAsync(main, ct)).Contains(Include, StringComparison.Ordinal))
            await File.AppendAllTextAsync(main, $"\n{Include}\n", ct);
        var onOff = durable ? "on" : "off";
        var path = Path.Combine(_folder.Data, "ticketing.conf");
        await File.WriteAllTextAsync(
            path,
            $"""
            # Written at each start.
            port = {port}
            listen_addresses = '{IPAddress.Loopback}'
            unix_socket_directories = ''
            max_connections = {MaxConnections}
            shared_buffers = '128MB'
            fsync = {onOff}
            synchronous_commit = {onOff}
            full_page_writes = {onOff}
            # A statement or a key's value may be personal data.
            log_min_error_statement = panic
            log_error_verbosity = terse
            log_checkpoints = off

            """,
            ct
        );
        await _user.TakeOwnershipAsync(path, ct);
    }

    private async Task StopAsync() => await ControlStopAsync("fast", CancellationToken.None);

    /// <summary>Stops the server that a killed owner left running; forgets one that is gone.</summary>
    private async Task StopLeftoverAsync(CancellationToken ct)
    {
        var pidFile = Path.Combine(_folder.Data, "postmaster.pid");
        if (!File.Exists(pidFile))
            return;
        using var leftover = Leftover(_folder);
        if (leftover is null)
        {
            // The id may belong to another program by now, which would make the server refuse to start.
            File.Delete(pidFile);
            return;
        }
        if (
            !await ControlStopAsync("fast", ct)
            && !await ControlStopAsync("immediate", ct)
            && File.Exists(pidFile)
        )
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
        return (
            await _user.RunAsync(_binaries.Program("pg_ctl"), arguments, StopTimeout * 2, ct)
        ).Succeeded;
    }

    /// <summary>For a folder that is about to be deleted.</summary>
    public static async Task KillLeftoverAsync(DataFolder folder, CancellationToken ct)
    {
        using var leftover = Leftover(folder);
        if (leftover is null)
            return;
        leftover.Kill(entireProcessTree: true);
        await leftover.WaitForExitAsync(ct);
    }

    /// <summary>The process that the server's own note in the folder names, if it still is that server.</summary>
    private static Process? Leftover(DataFolder folder)
    {
        const int IdLine = 0;
        const int StartedLine = 2;
        var tolerance = TimeSpan.FromMinutes(1);
        var pidFile = Path.Combine(folder.Data, "postmaster.pid");
        var note = File.Exists(pidFile) ? File.ReadAllLines(pidFile) : [];
        if (
            note.Length <= StartedLine
            || !int.TryParse(note[IdLine], CultureInfo.InvariantCulture, out var id)
        )
            return null;
        Process? process = null;
        try
        {
            process = Process.GetProcessById(id);
            var where = new DirectoryInfo($"/proc/{id}/cwd").LinkTarget;
            var started = DateTime.UnixEpoch.AddSeconds(
                long.Parse(note[StartedLine], CultureInfo.InvariantCulture)
            );
            var isOurs =
                process.ProcessName.StartsWith("post", StringComparison.OrdinalIgnoreCase)
                && (
                    where is not null
                        ? where == new DirectoryInfo(folder.Data).FullName
                        : (process.StartTime.ToUniversalTime() - started).Duration() < tolerance
                );
            if (isOurs)
                return process;
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or FormatException
                        or InvalidOperationException
                        or UnauthorizedAccessException
            )
        {
            // Gone, or not ours to look at.
        }
        process?.Dispose();
        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static PostgresUnavailableException Broken(DataFolder folder, string reason) =>
        new(
            $"PostgreSQL cannot start on the data folder {folder.Root}: {reason.TrimEnd('.')}; see {folder.Log}, "
                + "or delete the folder to start over."
        );

    /// <summary>The line that says why, out of a log or of initdb's output.</summary>
    private static string Reason(string output)
    {
        string[] marks = ["PANIC: ", "FATAL: ", "error: ", "could not "];
        var lines = output.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        foreach (var mark in marks)
            if (lines.FirstOrDefault(l => l.Contains(mark, StringComparison.Ordinal)) is { } line)
                return line[line.IndexOf(mark, StringComparison.Ordinal)..]
                    .Replace(mark, mark == "could not " ? mark : "", StringComparison.Ordinal)
                    .Trim();
        return lines.LastOrDefault() ?? "it said nothing";
    }
}
