using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary><c>dapr.yaml</c>, and that every set of components is the same to the services.</summary>
public sealed class DaprCliTests
{
    private static readonly string[] Names =
    [
        "email",
        "pubsub",
        "secretstore",
        "statestore",
        "ticket-files",
        "workflowstore",
    ];

    public static TheoryData<string> Sets => ["aws", "cli", "kind", "local"];

    [Theory, MemberData(nameof(Sets))]
    public void A_set_of_components_has_every_name_once_in_a_file_of_that_name(string set)
    {
        var files = Directory.GetFiles(Repository.PathOf("components", set), "*.yaml");
        var components = files
            .Select(f => (File: f, Manifest: Yaml.Documents(File.ReadAllText(f)).Single()))
            .Where(c => c.Manifest.Kind() == "Component")
            .ToList();
        Assert.Equal(Names, components.Select(c => c.Manifest.Name()).Order());
        foreach (var (file, manifest) in components)
        {
            Assert.Equal(Path.GetFileNameWithoutExtension(file), manifest.Name());
            // The embedded runtime reads less strictly.
            if (set != "local")
                Assert.Empty(Crds.Known.Problems(manifest)!);
        }
        var workflows = components.Where(c =>
            Installation.MetadataOf(c.Manifest).GetValueOrDefault("actorStateStore") == "true"
        );
        Assert.Equal(["workflowstore"], workflows.Select(c => c.Manifest.Name()));
    }

    [Fact]
    public void A_component_is_for_the_same_apps_wherever_it_is()
    {
        string[] files =
        [
            .. new[] { "aws", "cli", "kind" }.SelectMany(set =>
                Directory.GetFiles(Repository.PathOf("components", set), "*.yaml")
            ),
            Repository.PathOf("tilt", "compose", "components.yaml"),
        ];
        var components = files
            .SelectMany(f => Yaml.Documents(File.ReadAllText(f)))
            .Where(m => m.Kind() == "Component")
            .ToLookup(m => m.Name(), m => string.Join(", ", m.Texts("scopes").Order()));
        Assert.Equal(Names, components.Select(c => c.Key).Order());
        Assert.All(components, c => Assert.Single(c.Distinct()));
    }

    [Fact]
    public void The_Dapr_CLI_runs_every_service_with_settings_that_it_knows()
    {
        var code = ServiceCode.Read;
        var run = Yaml.Documents(File.ReadAllText(Repository.PathOf("dapr.yaml"))).Single();
        var apps = run.Items("apps").ToList();
        Assert.Equal(code.AppIds.Order(), apps.Select(a => a.Text("appID")).Order());
        var ports = apps.SelectMany(a =>
            new[] { a.Number("appPort"), a.Number("daprHTTPPort"), a.Number("daprGRPCPort") }
        );
        Assert.Equal(apps.Count * 3, ports.Distinct().Count());
        foreach (var path in run.Texts("common/resourcesPaths"))
            Assert.True(Directory.Exists(Repository.PathOf(path)), path);
        foreach (var app in apps)
        {
            var id = app.Text("appID");
            Assert.True(Directory.Exists(Repository.PathOf(app.Text("appDirPath"))), id);
            Assert.Equal(app.Text("appPort"), app.Text("env/ASPNETCORE_HTTP_PORTS"));
            var known = WorkloadRules.KnownVariables.Concat(code.VariablesOf(id)).ToList();
            foreach (var (name, _) in app.At("env")!.AsObject())
                Assert.Contains(known, k => Regex.IsMatch(name, $"^{k}$"));
        }
    }
}
