using System.Security.Cryptography;
using System.Text.Json;
using Ticketing.Contracts;

namespace Ticketing.Local.Hosting;

/// <summary>The folder that everything of one local system lives in; one process owns it at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    public const string PostgresName = "pg";
    public const string AddressesName = "addresses.json";
    public const string SecretsName = "secrets.json";

    private readonly FileStream owner;

    private DataFolder(string path, FileStream owner)
    {
        FullPath = path;
        this.owner = owner;
    }

    public string FullPath { get; }
    public string Postgres => Path.Combine(FullPath, PostgresName);
    public string Mails => Path.Combine(FullPath, "mails");

    private string SeedMark => Path.Combine(FullPath, "seeded");
    private string BeginMark => Path.Combine(FullPath, "seeding");

    /// <exception cref="LocalException">Not writable, or another process runs the system on it.</exception>
    public static DataFolder Open(string path)
    {
        FileStream? owner = null;
        try
        {
            Directory.CreateDirectory(path);
            owner = new FileStream(
                Path.Combine(path, "owner.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            // For people and tools that look for the process; the lock is what counts.
            File.WriteAllText(Path.Combine(path, "pid"), $"{Environment.ProcessId}");
            return new(path, owner);
        }
        catch (IOException) when (owner is null && File.Exists(Path.Combine(path, "owner.lock")))
        {
            throw new LocalException(
                $"Another process already runs the system on {path}. Stop it, or take another folder with --data and another --port."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            owner?.Dispose();
            throw new LocalException($"The data folder {path} cannot be written: {e.Message}");
        }
    }

    /// <summary>Deletes all but the lock.</summary>
    public void Reset()
    {
        foreach (var entry in new DirectoryInfo(FullPath).EnumerateFileSystemInfos())
        {
            if (entry.Name is "owner.lock" or "pid")
                continue;
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    /// <summary>
    /// Makes the keys at the first start, and later those that a new version wants. Everything signed or encrypted depends
    /// on them.
    /// </summary>
    /// <returns>Whether this is the first start.</returns>
    public bool EnsureSecrets()
    {
        var path = Path.Combine(FullPath, SecretsName);
        var isNew = !File.Exists(path);
        var secrets = isNew ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path))!;
        var known = secrets.Count;
        foreach (var (name, make) in Secrets)
            if (!secrets.ContainsKey(name))
                secrets[name] = make();
        if (secrets.Count == known)
            return isNew;
        // There whole or not at all: a later start trusts what is there.
        var unfinished = path + ".new";
        File.Delete(unfinished);
        WritePrivate(unfinished, JsonSerializer.SerializeToUtf8Bytes(secrets));
        File.Move(unfinished, path, overwrite: true);
        return isNew;
    }

    private static readonly Dictionary<string, Func<string>> Secrets = new()
    {
        [SecretNames.TicketSigningKey] = () =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return key.ExportPkcs8PrivateKeyPem();
        },
        [SecretNames.OidcSigningKey] = () =>
        {
            using var key = RSA.Create(2048);
            return key.ExportPkcs8PrivateKeyPem();
        },
        [SecretNames.PersonalDataKey] = RandomKey,
        [SecretNames.LinkKey] = RandomKey,
        [SecretNames.WebSessionKey] = RandomKey,
        [SecretNames.PixClientSecret] = RandomKey,
        [SecretNames.PixWebhookSecret] = RandomKey,
        [SecretNames.StripeWebhookSecret] = RandomKey,
        [SecretNames.StripeApiKey] = RandomKey,
    };

    public bool Seeded => File.Exists(SeedMark);

    /// <summary>Seeding began when there was nothing else, and did not end.</summary>
    public bool HalfSeeded => File.Exists(BeginMark) && !Seeded;

    public void BeginSeeding() => File.WriteAllText(BeginMark, "");

    public void MarkSeeded() => File.WriteAllText(SeedMark, "");

    private static string RandomKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static void WritePrivate(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(content);
    }

    public void Dispose() => owner.Dispose();
}
