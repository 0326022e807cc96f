using System.Text.RegularExpressions;

namespace Ticketing.LocalPostgres;

/// <summary>A folder that holds a PostgreSQL server's programs.</summary>
internal sealed partial record ServerBinaries(string Directory, string Version)
{
    public const int OldestMajor = 14;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    public int Major => int.Parse(Version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
    public string Description => $"PostgreSQL {Version} ({Directory})";

    public string Program(string name) => Path.Combine(Directory, Executable(name));

    /// <summary>All that work on this machine, the newest first.</summary>
    public static async Task<IReadOnlyList<ServerBinaries>> FindAsync(CancellationToken ct)
    {
        var folders = (await CandidatesAsync(ct)).Select(Resolve).OfType<string>().Distinct();
        var found = await Task.WhenAll(folders.Select(f => ProbeAsync(f, ct)));
        return [.. found.OfType<ServerBinaries>().OrderByDescending(b => b.Major)];
    }

    /// <summary>Null when the folder holds no server that starts here and is new enough.</summary>
    public static async Task<ServerBinaries?> ProbeAsync(string folder, CancellationToken ct)
    {
        var probe = await Command.RunAsync(
            Path.Combine(folder, Executable("postgres")),
            ["--version"],
            ProbeTimeout,
            ct: ct
        );
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
        var version = VersionInOutput().Match(probe.Output);
        if (!probe.Succeeded || !version.Success)
            return null;
        var binaries = new ServerBinaries(folder, version.Groups[1].Value);
        return binaries.Major >= OldestMajor ? binaries : null;
    }

    private static async Task<IEnumerable<string>> CandidatesAsync(CancellationToken ct)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        var configured = await Command.RunAsync("pg_config", ["--bindir"], ProbeTimeout, ct: ct);
        IEnumerable<string> usual = OperatingSystem.IsWindows()
            ? Below(
                Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"),
                "*",
                "bin"
            )
            :
            [
                .. Below("/usr/lib/postgresql", "*", "bin"),
                .. Below("/usr", "pgsql-*", "bin"),
                "/usr/bin",
                .. Below("/usr/libexec", "postgresql*", "."),
                .. Below("/opt/homebrew/opt", "postgresql*", "bin"),
                .. Below("/usr/local/opt", "postgresql*", "bin"),
                .. Below("/home/linuxbrew/.linuxbrew/opt", "postgresql*", "bin"),
                .. Below("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
                "/usr/local/pgsql/bin",
            ];
        return [.. path, .. configured.Succeeded ? [configured.LastLine] : Array.Empty<string>(), .. usual];
    }

    private static IEnumerable<string> Below(string parent, string pattern, string child)
    {
        try
        {
            return System.IO.Directory.Exists(parent)
                ?
                [
                    .. System
                        .IO.Directory.EnumerateDirectories(parent, pattern)
                        .Select(d => Path.GetFullPath(Path.Combine(d, child))),
                ]
                : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where the programs really are: links into the folder (as in /usr/local/bin) are followed.</summary>
    private static string? Resolve(string folder)
    {
        try
        {
            var server = new FileInfo(Path.Combine(folder, Executable("postgres")));
            if (!server.Exists)
                return null;
            var real = Path.GetDirectoryName(
                server.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? server.FullName
            )!;
            string[] needed = ["initdb", "pg_ctl"];
            return needed.All(n => File.Exists(Path.Combine(real, Executable(n)))) ? real : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    [GeneratedRegex(@"\(PostgreSQL\) (\d+(\.\d+)*)")]
    private static partial Regex VersionInOutput();
}
