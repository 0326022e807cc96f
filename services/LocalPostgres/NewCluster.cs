namespace Ticketing.LocalPostgres;

/// <summary>
/// Creates a cluster beside its final place and moves it there when it is complete: an interrupted start leaves no half
/// cluster.
/// </summary>
internal sealed class NewCluster(ClusterFolder folder, ServerBinaries binaries, ServerUser user)
{
    private const int BuiltInLocalesSince = 17;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public async Task CreateAsync(string password, bool durable, CancellationToken ct)
    {
        var draft = folder.Data + ".new";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        var passwordFile = await PasswordFileAsync(password, ct);
        try
        {
            await InitializeAsync(draft, passwordFile, durable, ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(draft, folder.Data);
    }

    private async Task InitializeAsync(string draft, string passwordFile, bool durable, CancellationToken ct)
    {
        Command? made = null;
        foreach (var locale in Locales())
        {
            string[] arguments =
            [
                $"--pgdata={draft}",
                $"--username={PrivateServer.Superuser}",
                $"--pwfile={passwordFile}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                .. locale,
                .. durable ? Array.Empty<string>() : ["--no-sync"],
            ];
            made = await user.RunAsync(binaries.Program("initdb"), arguments, Timeout, ct);
            if (made.Succeeded)
                return;
            if (!made.Output.Contains("locale", StringComparison.Ordinal))
                break;
        }
        throw new PostgresUnavailableException(
            $"PostgreSQL could not create a cluster in {folder.Root}: {ServerLog.Reason(made!.Output)}."
        );
    }

    /// <summary>Byte order with the case rules of Unicode where it can be had, under the names it goes by.</summary>
    private IEnumerable<string[]> Locales()
    {
        if (binaries.Major >= BuiltInLocalesSince)
            yield return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
        yield return ["--locale=C.UTF-8"];
        yield return ["--locale=en_US.UTF-8"];
        yield return ["--locale=C"];
    }

    private async Task<string> PasswordFileAsync(string password, CancellationToken ct)
    {
        var path = Path.Combine(folder.Server, "password.new");
        ClusterFolder.WritePrivate(path, password);
        await user.TakeOwnershipAsync(path, ct);
        return path;
    }
}
