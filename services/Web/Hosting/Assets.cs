using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Ticketing.Web.Hosting;

/// <summary>
/// Style sheet, scripts and icons: embedded, named by what they hold, so that a browser keeps them for ever and a new
/// version is a new name.
/// </summary>
internal sealed class Assets
{
    private const string Prefix = "asset:";
    public const string Root = "/assets/";

    internal sealed record Asset(string Type, byte[] Plain, byte[] Brotli);

    private readonly FrozenDictionary<string, string> paths;
    private readonly FrozenDictionary<string, Asset> files;

    public Assets()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var named = new Dictionary<string, string>();
        var held = new Dictionary<string, Asset>();
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        )
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var name = resource[Prefix.Length..];
            var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8));
            var file = $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
            named[name] = Root + file;
            held[file] = new(TypeOf(name), content, Compress(content));
        }
        paths = named.ToFrozenDictionary();
        files = held.ToFrozenDictionary();
    }

    /// <summary>Path of an asset with its fingerprint.</summary>
    public string this[string name] => paths[name];

    public Asset? Find(string file) => files.GetValueOrDefault(file);

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".wasm" => "application/wasm",
            ".webmanifest" => "application/manifest+json",
            _ => throw new InvalidOperationException($"No content type is known for {name}."),
        };

    /// <param name="quality">Of Brotli, 0 to 11: the better, the slower.</param>
    public static byte[] Compress(byte[] content, int quality = 9)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        if (!BrotliEncoder.TryCompress(content, compressed, out var length, quality, window: 22))
            throw new InvalidOperationException("Nothing could be compressed.");
        return compressed[..length];
    }
}

internal static class AssetRoutes
{
    public static bool TakesBrotli(HttpRequest request) =>
        request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);

    public static void MapAssets(this WebApplication app)
    {
        // Browsers ask for it at pages that name no icon: the provider's, the API's reference.
        app.MapGet("/favicon.ico", (Assets assets) => Results.Redirect(assets["icon.svg"])).AllowAnonymous();
        app.MapGet(
                Assets.Root + "{file}",
                (string file, Assets assets, HttpContext http) =>
                {
                    if (assets.Find(file) is not { } asset)
                        return Results.NotFound();
                    http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                    http.Response.Headers.Vary = "Accept-Encoding";
                    if (!TakesBrotli(http.Request))
                        return Results.Bytes(asset.Plain, asset.Type);
                    http.Response.Headers.ContentEncoding = "br";
                    return Results.Bytes(asset.Brotli, asset.Type);
                }
            )
            .AllowAnonymous();
    }
}
