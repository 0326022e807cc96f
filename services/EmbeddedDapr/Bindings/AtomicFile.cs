namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>Files that are there whole or not at all, also after a crash; mails and tickets are their owner's to read alone.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, string suffix, Func<Stream, Task> write, CancellationToken ct)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        CreateFolder(Path.GetDirectoryName(path)!);
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var unfinished = $"{path}.{Guid.CreateVersion7():N}{suffix}";
        try
        {
            await using (var stream = new FileStream(unfinished, options))
            {
                await write(stream);
                await stream.FlushAsync(ct);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>With those that it lies in, as far as they are missing.</summary>
    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        CreateFolder(Path.GetDirectoryName(folder)!);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }
}
