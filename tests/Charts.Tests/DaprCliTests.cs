using System.Text.Json.Nodes;
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

    /// <summary>Which emulator, and who asks: what a set may say that AWS's does not.</summary>
    private static readonly string[] Whereabouts =
    [
        "accessKey",
        "accountID",
        "endpoint",
        "forcePathStyle",
        "region",
        "secretKey",
    ];

    /// <summary>Set, component and what it says otherwise than AWS's, with the reason.</summary>
    private static readonly Dictionary<(string Set, string Component, string Name), string> Otherwise = new()
    {
        [("kind", "workflowstore", "maxConns")] = "one PostgreSQL of a hundred connections for everything",
        [("local", "pubsub", "concurrencyLimit")] =
            "of each subscription, in AWS of an app's queue, which is all of them",
        [("local", "email", "emailFrom")] = "nothing leaves the machine",
    };

    [Fact]
    public void A_component_behaves_the_same_wherever_it_is()
    {
        var found = new HashSet<(string, string, string)>();
        foreach (var name in Names)
        {
            var aws = Metadata("aws", name);
            foreach (var set in new[] { "cli", "kind", "local" })
            {
                var own = Metadata(set, name);
                foreach (var (key, value) in own.Where(m => !Whereabouts.Contains(m.Key)))
                    if (aws.TryGetValue(key, out var there) && there != value)
                        found.Add((set, name, key));
                if (TypeOf(set, name) == TypeOf("aws", name))
                    Assert.Equal(aws.Keys.Except(Whereabouts).Order(), own.Keys.Except(Whereabouts).Order());
            }
        }
        Assert.Equal(Otherwise.Keys.Order(), found.Order());

        // Redis calls the same by other names.
        var (redis, sqs) = (Metadata("cli", "pubsub"), Metadata("aws", "pubsub"));
        Assert.Equal(sqs["concurrencyLimit"], redis["concurrency"]);
        Assert.Equal($"{sqs["messageVisibilityTimeout"]}s", redis["processingTimeout"]);
        // What a replica has in hand is what it is scaled by.
        var values = Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Chart, "values.yaml"))).Single();
        Assert.Equal(sqs["concurrencyLimit"], values.Text("defaults/autoscaling/queueLength"));
    }

    /// <summary>The embedded runtime and the CLI ask an application as the sidecars of every environment do.</summary>
    [Theory, MemberData(nameof(ChartTests.EachEnvironment), MemberType = typeof(ChartTests))]
    public async Task An_application_is_asked_for_its_health_the_same_everywhere(string environment)
    {
        var local = File.ReadAllText(Repository.PathOf("services", "Local", "Hosting", "LocalSystem.cs"));
        var embedded = Regex.Match(
            local,
            @"new AppHealth\(""(\S+)"", TimeSpan\.FromSeconds\((\d+)\), TimeSpan\.FromSeconds\((\d+)\), (\d+)\)"
        );
        Assert.True(embedded.Success);
        string[] asked = [.. embedded.Groups.Values.Skip(1).Select(g => g.Value)];
        foreach (var deployment in (await ChartTests.OfAsync(environment)).Deployments)
        {
            var pod = Installation.PodOf(deployment);
            Assert.Equal(
                [
                    pod.Annotation("dapr.io/app-health-check-path"),
                    pod.Annotation("dapr.io/app-health-probe-interval"),
                    pod.Annotation("dapr.io/app-health-probe-timeout").Replace("000", "", StringComparison.Ordinal),
                    pod.Annotation("dapr.io/app-health-threshold"),
                ],
                asked
            );
        }
        foreach (var app in Yaml.Documents(File.ReadAllText(Repository.PathOf("dapr.yaml"))).Single().Items("apps"))
            Assert.Equal(asked[0], app.Text("appHealthCheckPath"));
    }

    private static Dictionary<string, string> Metadata(string set, string name) =>
        Installation.MetadataOf(Component(set, name));

    private static string TypeOf(string set, string name) => Component(set, name).Text("spec/type");

    private static JsonObject Component(string set, string name) =>
        Yaml.Documents(File.ReadAllText(Repository.PathOf("components", set, $"{name}.yaml"))).Single();

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
