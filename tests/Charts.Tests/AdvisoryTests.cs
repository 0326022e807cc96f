using System.Diagnostics;
using System.Xml.Linq;

namespace Ticketing.Charts.Tests;

/// <summary>What the pipeline says of packages with known vulnerabilities (infra/checks/advisories.sh).</summary>
public sealed class AdvisoryTests
{
    private const string Clean = """{"projects": [{"path": "a.csproj", "frameworks": [{"framework": "net10.0"}]}]}""";
    private const string Vulnerable = """
        {"projects": [{"path": "a.csproj"}, {"path": "b.csproj", "frameworks": [{"framework": "net10.0",
          "transitivePackages": [{"id": "Leaky", "resolvedVersion": "1.0.0", "vulnerabilities":
            [{"severity": "High", "advisoryurl": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"}]}]}]}]}
        """;
    private const string Excepted =
        """[{"advisory": "GHSA-aaaa-bbbb-cccc", "until": "2027-01-31", "reason": "Not reachable: we parse none."}]""";

    [Theory]
    [InlineData(Clean, "[]", "2027-01-01", 0, "")]
    [InlineData(Vulnerable, "[]", "2027-01-01", 1, "Leaky 1.0.0: High")]
    [InlineData(Vulnerable, Excepted, "2027-01-31", 0, "")]
    [InlineData(Vulnerable, Excepted, "2027-02-01", 1, "Leaky 1.0.0: High")]
    [InlineData("""{"projects": []}""", "[]", "2027-01-01", 1, "names no project")]
    [InlineData(Clean, """[{"advisory": "GHSA-a", "until": "soon", "reason": "x"}]""", "2027-01-01", 1, "a day until")]
    public async Task An_advisory_stops_the_pipeline_unless_it_is_excepted_until_a_day(
        string found,
        string exceptions,
        string today,
        int code,
        string says
    )
    {
        var folder = Directory.CreateTempSubdirectory("advisories-").FullName;
        try
        {
            var (report, list) = (Path.Combine(folder, "report.json"), Path.Combine(folder, "exceptions.json"));
            await File.WriteAllTextAsync(report, found);
            await File.WriteAllTextAsync(list, exceptions);
            using var process = Process.Start(
                new ProcessStartInfo("bash", [Repository.PathOf("infra", "checks", "advisories.sh"), report])
                {
                    RedirectStandardError = true,
                    Environment = { ["ADVISORIES"] = list, ["TODAY"] = today },
                }
            )!;
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Contains(says, error);
            Assert.Equal(code, process.ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The pipeline's own check says it, with a list of exceptions: a hotfix is built on the day of an advisory, too.</summary>
    [Fact]
    public void An_advisory_does_not_stop_the_build()
    {
        var props = XDocument.Load(Repository.PathOf("Directory.Build.props"));
        var warnings = props.Descendants("WarningsNotAsErrors").Single().Value.Split(';');
        Assert.Equal("true", props.Descendants("TreatWarningsAsErrors").Single().Value);
        foreach (var severity in new[] { "NU1901", "NU1902", "NU1903", "NU1904" })
            Assert.Contains(severity, warnings);
    }

    [Fact]
    public void The_exceptions_are_read() =>
        Assert.StartsWith("[", File.ReadAllText(Repository.PathOf("infra", "advisories.json")));
}
