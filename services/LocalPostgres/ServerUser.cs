namespace Ticketing.LocalPostgres;

/// <summary>
/// PostgreSQL refuses to run as root. A root caller runs it as another user: the owner of an existing cluster, else
/// postgres, else nobody.
/// </summary>
internal sealed class ServerUser
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string? _name;
    private readonly Func<string, string[], (string File, string[] Arguments)> _wrap;

    private ServerUser(string? name, Func<string, string[], (string, string[])> wrap) => (_name, _wrap) = (name, wrap);

    /// <summary>The caller: no change of user is needed.</summary>
    private static ServerUser Caller { get; } = new(null, (file, arguments) => (file, arguments));

    public bool IsCaller => _name is null;
    public string Name => _name ?? Environment.UserName;

    public static async Task<ServerUser> ChooseAsync(string existingCluster, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return Caller;
        var owner = Directory.Exists(existingCluster)
            ? (await Command.RunAsync("stat", ["-c", "%U", existingCluster], Timeout, ct: ct)).LastLine
            : null;
        string?[] names = [owner is "root" or "UNKNOWN" ? null : owner, "postgres", "nobody"];
        foreach (var name in names.OfType<string>().Distinct())
        foreach (var wrap in Tools(name))
        {
            var (file, arguments) = wrap("true", []);
            if ((await Command.RunAsync(file, arguments, Timeout, ct: ct)).Succeeded)
                return new ServerUser(name, wrap);
        }
        throw new SourceUnavailableException(
            "it refuses to run as root, and there is no other user to run it as (tried postgres and nobody with setpriv, "
                + "runuser, sudo and su)"
        );
    }

    public Task<Command> RunAsync(string file, string[] arguments, TimeSpan timeout, CancellationToken ct = default)
    {
        var wrapped = _wrap(file, arguments);
        return Command.RunAsync(wrapped.File, wrapped.Arguments, timeout, ct: ct);
    }

    public async Task<bool> CanReachAsync(string path, CancellationToken ct) =>
        IsCaller || (await RunAsync("test", ["-x", path], Timeout, ct)).Succeeded;

    public async Task TakeOwnershipAsync(string path, CancellationToken ct)
    {
        if (IsCaller)
            return;
        var changed = await Command.RunAsync("chown", [Name, path], Timeout, ct: ct);
        if (!changed.Succeeded)
            throw new PostgresUnavailableException($"{path} cannot be given to user {Name}: {changed.LastLine}.");
    }

    private static IEnumerable<Func<string, string[], (string, string[])>> Tools(string user) =>
        [
            (file, arguments) =>
                (
                    "setpriv",
                    [$"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups", "--", file, .. arguments]
                ),
            (file, arguments) => ("runuser", ["-u", user, "--", file, .. arguments]),
            (file, arguments) => ("sudo", ["-n", "-u", user, "--", file, .. arguments]),
            (file, arguments) =>
                ("su", ["-s", "/bin/sh", user, "-c", string.Join(' ', arguments.Prepend(file).Select(Quote))]),
        ];

    /// <summary>The number of the user's own group: nobody's is called nogroup here and nobody there.</summary>
    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").Select(l => l.Split(':')).FirstOrDefault(f => f.Length > 3 && f[0] == user)?[3]
        ?? user;

    private static string Quote(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
