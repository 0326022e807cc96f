using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ticketing.Charts.Tests;

/// <summary>Both ways to an image, and the chart that runs it, agree.</summary>
public sealed class ImageTests
{
    private static readonly string Dockerfile = File.ReadAllText(Repository.PathOf("Dockerfile"));
    private static readonly XDocument Props = XDocument.Load(Repository.PathOf("services", "Directory.Build.props"));

    [Fact]
    public void An_image_of_the_SDK_is_the_Dockerfiles()
    {
        var dotnet = Match(@"^ARG DOTNET=(\S+)");
        var final = Dockerfile[Dockerfile.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        var image = Regex.Match(final, @"FROM (\S+) AS final").Groups[1].Value;
        Assert.Equal(image.Replace("${DOTNET}", dotnet), Property("ContainerBaseImage"));
        Assert.Contains($"base.name=\"{Property("ContainerBaseImage")}\"", final, StringComparison.Ordinal);
        Assert.Equal(Match(@"^USER (\S+)"), Property("ContainerUser"));
        Assert.Equal(
            Regex.Match(final, @"WORKDIR (\S+)").Groups[1].Value,
            Property("ContainerWorkingDirectory").TrimEnd('/')
        );
        Assert.Equal(Match(@"^EXPOSE (\S+)"), Item("ContainerPort").Single().Key);
        var environment = Regex
            .Matches(Match("^ENV (ASPNETCORE.*)$"), @"(\w+)=(\S+)")
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Assert.Equal(environment, Item("ContainerEnvironmentVariable"));
        foreach (
            var (label, property) in new[] { ("title", "ContainerTitle"), ("description", "ContainerDescription") }
        )
            Assert.Equal(
                Regex
                    .Match(final, $@"image\.{label}=""([^""]*)""")
                    .Groups[1]
                    .Value.Replace("${SERVICE}", "$(MSBuildProjectName)"),
                Property(property)
            );
    }

    [Fact]
    public async Task The_chart_runs_it_as_its_user_on_its_port()
    {
        foreach (var deployment in (await ChartTests.OfAsync("production")).Deployments)
        {
            var pod = deployment.At("spec/template/spec");
            Assert.Equal(Property("ContainerUser"), pod.Text("securityContext/runAsUser"));
            var ports = Installation.AppOf(deployment).Items("ports");
            Assert.Contains(Item("ContainerPort").Single().Key, ports.Select(p => p.Text("containerPort")));
        }
    }

    /// <summary>Without its lock file a project is restored to whatever the feed holds that day.</summary>
    [Fact]
    public void An_image_holds_the_packages_that_were_tested()
    {
        var before = Dockerfile[..Dockerfile.IndexOf("RUN dotnet restore", StringComparison.Ordinal)]
            .Replace("\\\n", " ");
        Assert.Matches(@"RUN dotnet restore [^\n]* --locked-mode\n", Dockerfile);
        foreach (var app in ServiceCode.Read.AppIds)
        {
            var name = char.ToUpperInvariant(app[0]) + app[1..];
            var copied = before.Replace("${SERVICE}", name);
            foreach (var project in WithReferences(Repository.PathOf("services", name, $"{name}.csproj")))
            {
                var path = Path.GetRelativePath(Repository.Root, project).Replace('\\', '/');
                Assert.Matches($@"COPY [^\n]*{Regex.Escape(path)} ", copied);
                Assert.Matches(
                    $@"COPY [^\n]*{Regex.Escape(Path.GetDirectoryName(path)!)}/packages\.lock\.json ",
                    copied
                );
            }
        }
    }

    private static IEnumerable<string> WithReferences(string project) =>
        XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(r => Path.GetFullPath(r.Attribute("Include")!.Value, Path.GetDirectoryName(project)!))
            .SelectMany(WithReferences)
            .Prepend(project)
            .Distinct();

    private static string Match(string pattern) =>
        Regex.Match(Dockerfile, pattern, RegexOptions.Multiline).Groups[1].Value;

    private static string Property(string name) => Props.Descendants(name).Single().Value;

    private static Dictionary<string, string> Item(string name) =>
        Props
            .Descendants(name)
            .ToDictionary(i => i.Attribute("Include")!.Value, i => i.Attribute("Value")?.Value ?? "");
}
