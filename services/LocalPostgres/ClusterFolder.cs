using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.LocalPostgres;

/// <summary>
/// The folder of a private cluster, held by one owner at a time.
/// <code>
/// owner.lock    locked while a process owns the folder; holds its id
/// password      of the superuser, readable for the owner only
/// connection    while the server runs: how to reach it, and what it is
/// container     if the data lives in a container's volume: its name
/// server/       belongs to the user the server runs as; a link if that user cannot reach this place
///   data/       the cluster
///   server.log
/// </code>
/// </summary>
internal sealed class ClusterFolder : IDisposable
{
    /// <summary>Where root's server keeps its data when its user cannot reach the folder (as below /root).</summary>
    private const string ReachableRoot = "/var/lib/ticketing";

    /// <summary>Beside each place there: names the folder that it belongs to.</summary>
    private const string OwnerExtension = ".folder";

    public const string PidFileName = "postmaster.pid";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Traversable =
        OwnerOnly
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>ERROR_SHARING_VIOLATION of Windows, EWOULDBLOCK of Linux and of macOS.</summary>
    private static readonly int[] HeldElsewhere = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream _lock;

    private ClusterFolder(string path, FileStream held) => (Root, _lock) = (path, held);

    public string Root { get; }

    public string Server => LinkTarget ?? ServerPath;
    public string Data => Path.Combine(Server, "data");
    public string PidFile => Path.Combine(Data, PidFileName);
    public string Log => Path.Combine(Server, "server.log");

    /// <summary>Of the container and of its volume.</summary>
    public string ContainerName => IsInContainer ? File.ReadAllText(ContainerFile) : $"ticketing-{Hash}";
    public bool IsInContainer => File.Exists(ContainerFile);

    private string ContainerFile => Path.Combine(Root, "container");
    private string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..16];
    private string ServerPath => Path.Combine(Root, "server");
    private string? LinkTarget => new DirectoryInfo(ServerPath).LinkTarget;
    private string PasswordFile => Path.Combine(Root, "password");
    private string ConnectionFile => ConnectionFileIn(Root);

    public static ClusterFolder Open(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Directory.CreateDirectory(path);
        var lockFile = Path.Combine(path, "owner.lock");
        FileStream held;
        try
        {
            held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (HeldElsewhere.Contains(e.HResult))
        {
            throw new PostgresUnavailableException(
                $"The data folder {path} is in use by another process{OwnerOf(lockFile)}: stop it first, or use another folder.",
                e
            );
        }
        held.SetLength(0);
        held.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        held.Flush();
        return new ClusterFolder(path, held);
    }

    /// <summary>Creates the server's part of the folder where its user can reach it.</summary>
    public async Task PrepareAsync(ServerUser user, CancellationToken ct)
    {
        if (!OperatingSystem.IsWindows() && !user.IsCaller)
            File.SetUnixFileMode(Root, Traversable);
        if (!Directory.Exists(Server))
        {
            var place = await user.CanReachAsync(Root, ct) ? ServerPath : Relocated();
            Directory.CreateDirectory(place);
            if (place != ServerPath)
            {
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(ReachableRoot, Traversable);
                File.Delete(ServerPath);
                Directory.CreateSymbolicLink(ServerPath, place);
            }
        }
        if (!Directory.Exists(Data))
            await user.TakeOwnershipAsync(Server, ct);
        if (!await user.CanReachAsync(Server, ct))
            throw new PostgresUnavailableException(
                $"The data folder {Root} cannot be reached by user {user.Name}, as whom root runs PostgreSQL: "
                    + "open its parent folders for others or use another folder."
            );
    }

    /// <summary>The superuser's password; made with the cluster.</summary>
    public string Password()
    {
        if (File.Exists(PasswordFile))
            return File.ReadAllText(PasswordFile).Trim();
        if (Directory.Exists(Data) || IsInContainer)
            throw new PostgresUnavailableException(
                $"The data folder {Root} holds a cluster but its password file {PasswordFile} is missing: "
                    + "put it back, or delete the folder to start over."
            );
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        WritePrivate(PasswordFile, password);
        return password;
    }

    public void MarkContainer() => File.WriteAllText(ContainerFile, ContainerName);

    public void Announce(RunningServer server) =>
        WritePrivate(ConnectionFile, $"{server.ConnectionString}\n{server.Description}\n");

    public void Unannounce() => File.Delete(ConnectionFile);

    /// <summary>The server that runs on the folder according to its owner; null if none was announced.</summary>
    public static RunningServer? Announced(string path)
    {
        try
        {
            var lines = File.ReadAllLines(ConnectionFileIn(Path.GetFullPath(path)));
            return lines.Length < 2 ? null : new RunningServer(lines[0], lines[1], Stop: null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Deletes all that the cluster left; the server must not run.</summary>
    public void Delete()
    {
        if (LinkTarget is { } target)
            DeletePlace(target);
        _lock.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// A place for this folder's data that every user can reach; what earlier folders left there goes, also those that
    /// somebody deleted without it.
    /// </summary>
    private string Relocated()
    {
        var place = Path.Combine(ReachableRoot, Hash);
        Directory.CreateDirectory(ReachableRoot);
        DeletePlace(place);
        foreach (var other in Directory.EnumerateDirectories(ReachableRoot))
            try
            {
                if (!Directory.Exists(OwnerOfPlace(other)))
                    DeletePlace(other);
            }
            catch (IOException)
            {
                // Its server, whose owner was killed, still writes.
            }
        File.WriteAllText(place + OwnerExtension, Root);
        return place;
    }

    private static string? OwnerOfPlace(string place)
    {
        try
        {
            return File.ReadAllText(place + OwnerExtension);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static void DeletePlace(string place)
    {
        while (Directory.Exists(place))
            try
            {
                Directory.Delete(place, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another process deletes it, too: what each leaves to the other is looked for again.
            }
        File.Delete(place + OwnerExtension);
    }

    private static string ConnectionFileIn(string root) => Path.Combine(root, "connection");

    public static void WritePrivate(string path, string text)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var writer = new StreamWriter(draft, options))
            writer.Write(text);
        File.Move(draft, path, overwrite: true);
    }

    private static string OwnerOf(string lockFile)
    {
        try
        {
            using var file = new FileStream(lockFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var id = new StreamReader(file).ReadToEnd();
            return id.Length > 0 ? $" (id {id})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
