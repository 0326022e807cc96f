namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>Files that are there whole or not at all, also after a crash.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, string suffix, Func<Stream, Task> write, CancellationToken ct)
    {
        var unfinished = $"{path}.{Guid.CreateVersion7():N}{suffix}";
        try
        {
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
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
}
