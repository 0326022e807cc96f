using System.Diagnostics;

namespace Ticketing.Charts.Tests;

/// <summary>infra/cluster/keys.sh, whose output becomes a secret: what it loses is lost.</summary>
public sealed class KeysTests
{
    [Theory]
    [InlineData("rsa")]
    [InlineData("ec")]
    [InlineData("random")]
    public async Task A_key_is_added_then_used_and_the_old_one_goes(string kind)
    {
        var first = await RunAsync("placeholder\n", "next", kind);
        var old = first[(first.IndexOf('\n', StringComparison.Ordinal) + 1)..];

        var both = await RunAsync(old, "next", kind);
        Assert.StartsWith(old, both, StringComparison.Ordinal);
        var made = both[old.Length..];
        Assert.NotEqual(old, made);
        Assert.Equal(made + old, await RunAsync(both, "use"));
        Assert.Equal(made, await RunAsync(made + old, "drop"));
        // As Secrets Manager gives it out: without the last line's end.
        Assert.Equal(made + old, await RunAsync(both.TrimEnd('\n'), "use"));
    }

    [Theory]
    [InlineData("", "use")]
    [InlineData("one\n", "use")]
    [InlineData("one\n", "drop")]
    [InlineData("one\n", "next")]
    [InlineData("one\n", "next", "dsa")]
    [InlineData("one\n")]
    public async Task What_would_lose_a_key_or_means_nothing_writes_nothing(string value, params string[] step) =>
        Assert.Equal("", await RunAsync(value, step));

    private static async Task<string> RunAsync(string value, params string[] step)
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", [Repository.PathOf("infra", "cluster", "keys.sh"), .. step])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        await process.StandardInput.WriteAsync(value);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await error;
        Assert.Equal(output.Length == 0, process.ExitCode != 0);
        return output;
    }
}
