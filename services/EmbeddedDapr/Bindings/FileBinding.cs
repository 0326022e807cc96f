using System.Text.Json;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>
/// <c>bindings.localstorage</c>: files under one folder. The name of a file is the metadata <c>fileName</c>, or
/// <c>key</c> as with <c>bindings.aws.s3</c>.
/// </summary>
internal sealed class FileBinding(Component component, string dataDirectory) : OutputBinding
{
    private const int MaxNameLength = 1_024;
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
        var name = metadata.GetValueOrDefault("fileName") ?? metadata.GetValueOrDefault("key") ?? "";
        return operation switch
        {
            "create" => await CreateAsync(name, data, ct),
            "get" => new(await ReadAsync(name, ct), []),
            "delete" => Delete(name),
            "list" => List(name),
            _ => throw Unsupported(operation),
        };
    }

    private async Task<BindingResult> CreateAsync(string name, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        name = name.Length > 0 ? name : Guid.CreateVersion7().ToString();
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await AtomicFile.WriteAsync(path, Unfinished, stream => stream.WriteAsync(Unquote(data), ct).AsTask(), ct);
        var answer = new Dictionary<string, string> { ["fileName"] = name, ["location"] = new Uri(path).AbsoluteUri };
        return new(JsonSerializer.SerializeToUtf8Bytes(answer), []);
    }

    private async Task<byte[]> ReadAsync(string name, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), ct);
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new BindingException($"object not found: {name}");
        }
    }

    private BindingResult Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (DirectoryNotFoundException)
        {
            // As gone as the file.
        }
        return BindingResult.Empty;
    }

    private BindingResult List(string name)
    {
        var folder = name.Length > 0 ? PathOf(name) : _root;
        var files = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(Unfinished, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(f => Path.GetRelativePath(_root, f))
            : [];
        return new(JsonSerializer.SerializeToUtf8Bytes(files), []);
    }

    /// <summary>Nothing outside the root is ever touched, whatever the name says.</summary>
    private string PathOf(string name)
    {
        if (
            name.Length is 0 or > MaxNameLength
            || name.Contains('\0', StringComparison.Ordinal)
            || Path.IsPathRooted(name)
        )
        {
            throw new BindingException("the name of the file is missing or not acceptable");
        }
        var path = Path.GetFullPath(name, _root);
        return
            path.StartsWith(_root, StringComparison.Ordinal)
            && !path.EndsWith(Unfinished, StringComparison.Ordinal)
            && !path.EndsWith(Path.DirectorySeparatorChar)
            ? path
            : throw new BindingException("the name of the file leads outside the root path");
    }
}
