using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>
/// <c>bindings.s3folder</c>: our own, for one machine: files under one folder, by the requests and answers of
/// <c>bindings.aws.s3</c> (create, get, delete, list).
/// </summary>
internal sealed class S3Folder(Component component, string dataDirectory) : OutputBinding
{
    private const int MaxKeyBytes = 1_024;
    private const int MaxListed = 1_000;
    private const string Unfinished = ".unfinished";

    private readonly string _root =
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(component.Required("rootPath"), dataDirectory))
        + Path.DirectorySeparatorChar;

    public override async Task<BindingResult> InvokeAsync(
        string operation,
        ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    )
    {
        var key = metadata.GetValueOrDefault("key") ?? "";
        return operation switch
        {
            "create" => await CreateAsync(key, data, ct),
            "get" => new(await ReadAsync(Required(key), ct), []),
            "delete" => Delete(Required(key)),
            "list" => List(data),
            _ => throw new BindingException($"s3 binding error: unsupported operation {operation}"),
        };
    }

    private static string Required(string key) =>
        key.Length > 0 ? key : throw new BindingException("s3 binding error: required metadata 'key' missing");

    private async Task<BindingResult> CreateAsync(string key, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        key = key.Length > 0 ? key : Guid.CreateVersion7().ToString();
        var path = PathOf(key);
        await AtomicFile.WriteAsync(path, Unfinished, stream => stream.WriteAsync(Unquote(data), ct).AsTask(), ct);
        return new(
            JsonSerializer.SerializeToUtf8Bytes(
                new S3Wire.Created(new Uri(path).AbsoluteUri, null),
                S3Json.Default.Created
            ),
            []
        );
    }

    private async Task<byte[]> ReadAsync(string key, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(key), ct);
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new BindingException("object not found");
        }
    }

    /// <summary>S3 does not tell whether there was anything.</summary>
    private BindingResult Delete(string key)
    {
        try
        {
            File.Delete(PathOf(key));
        }
        catch (DirectoryNotFoundException)
        {
            // As gone as the file.
        }
        return BindingResult.Empty;
    }

    private BindingResult List(ReadOnlyMemory<byte> data)
    {
        var asked = Payload(data);
        if (asked.Delimiter is { Length: > 0 })
            throw new BindingException("the embedded binding lists without delimiter");
        var limit = asked.MaxResults < 1 ? MaxListed : Math.Min(asked.MaxResults, MaxListed);
        var keys = Keys(asked.Prefix ?? "")
            .Where(k => string.CompareOrdinal(k, asked.Marker ?? "") > 0)
            .Order(StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        var answer = new S3Wire.Listed(
            keys.Count == 0 ? null : [.. keys.Take(limit).Select(k => new S3Wire.Item(k))],
            keys.Count > limit,
            asked.Prefix ?? ""
        );
        return new(JsonSerializer.SerializeToUtf8Bytes(answer, S3Json.Default.Listed), []);
    }

    private static S3Wire.List Payload(ReadOnlyMemory<byte> data)
    {
        try
        {
            return data.Length == 0 ? new() : JsonSerializer.Deserialize(data.Span, S3Json.Default.List) ?? new();
        }
        catch (JsonException e)
        {
            throw new BindingException($"s3 binding (List Operation) - unable to parse Data property - {e.Message}");
        }
    }

    private IEnumerable<string> Keys(string prefix)
    {
        var folder = Path.GetFullPath(prefix[..(prefix.LastIndexOf('/') + 1)], _root);
        return folder.StartsWith(_root, StringComparison.Ordinal) && Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(Unfinished, StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(_root, f).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
            : [];
    }

    /// <summary>Nothing outside the root is ever touched, whatever the key says.</summary>
    private string PathOf(string key)
    {
        if (
            Encoding.UTF8.GetByteCount(key) > MaxKeyBytes
            || key.Contains('\0', StringComparison.Ordinal)
            || Path.IsPathRooted(key)
        )
        {
            throw new BindingException("the key is not acceptable");
        }
        var path = Path.GetFullPath(key, _root);
        return
            path.StartsWith(_root, StringComparison.Ordinal)
            && !path.EndsWith(Unfinished, StringComparison.Ordinal)
            && !path.EndsWith(Path.DirectorySeparatorChar)
            ? path
            : throw new BindingException("the key leads outside the root path");
    }
}

/// <summary>What Dapr's S3 binding reads and answers: our clients' part of it.</summary>
internal static class S3Wire
{
    public sealed record Created(
        [property: JsonPropertyName("location")] string Location,
        [property: JsonPropertyName("versionID")] string? VersionId
    );

    public sealed record List(
        [property: JsonPropertyName("marker")] string? Marker = null,
        [property: JsonPropertyName("prefix")] string? Prefix = null,
        [property: JsonPropertyName("maxResults")] int MaxResults = 0,
        [property: JsonPropertyName("delimiter")] string? Delimiter = null
    );

    /// <summary>The AWS SDK's own names.</summary>
    public sealed record Listed(IReadOnlyList<Item>? Contents, bool IsTruncated, string Prefix);

    public sealed record Item(string Key);
}

[JsonSerializable(typeof(S3Wire.Created))]
[JsonSerializable(typeof(S3Wire.List))]
[JsonSerializable(typeof(S3Wire.Listed))]
internal sealed partial class S3Json : JsonSerializerContext;
