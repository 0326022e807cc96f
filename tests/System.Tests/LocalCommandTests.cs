using Ticketing.Local;
using Ticketing.Local.Hosting;

namespace Ticketing.System.Tests;

/// <summary>What the runner says when the machine or its user is in the way.</summary>
public sealed class LocalCommandTests
{
    [Fact]
    public async Task An_interrupted_command_ends_quietly_whatever_breaks_with_it()
    {
        using var interrupt = new CancellationTokenSource();
        var exitCode = await Guard.RunAsync(
            async () =>
            {
                await interrupt.CancelAsync();
                throw new InvalidOperationException("PostgreSQL stopped under a service");
            },
            interrupt.Token
        );
        Assert.Equal(130, exitCode);
    }

    [Fact]
    public void A_folder_in_use_is_told_from_one_that_cannot_be_written()
    {
        var path = Directory.CreateTempSubdirectory("ticketing-folder-").FullName;
        using (DataFolder.Open(path))
        {
            var used = Assert.Throws<LocalException>(() => DataFolder.Open(path));
            Assert.Contains("Another process already runs", used.Message, StringComparison.Ordinal);
        }
        // Stands for every other failure to write, such as a full disk.
        File.Delete(Path.Combine(path, "pid"));
        File.CreateSymbolicLink(Path.Combine(path, "pid"), "pid");
        var broken = Assert.Throws<LocalException>(() => DataFolder.Open(path));
        Assert.Contains("cannot be written", broken.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }
}
