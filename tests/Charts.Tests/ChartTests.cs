using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using k8s;

namespace Ticketing.Charts.Tests;

/// <summary>The chart, rendered for every environment.</summary>
public sealed class ChartTests
{
    private static readonly string[] Environments = ["dev", "dev-eks", "staging", "production"];
    private static readonly ConcurrentDictionary<string, Task<Installation>> Rendered = new();

    /// <summary>Values that nobody runs, at the corners of what can be set.</summary>
    private static readonly string[] Corners =
    [
        .. Directory
            .GetFiles(Path.Combine(Repository.Chart, "ci"), "*-values.yaml")
            .Select(f => "ci/" + Path.GetFileName(f)[..^"-values.yaml".Length])
            .Order(),
    ];

    /// <summary>What a corner breaks on purpose.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ci/bare"] =
        [
            nameof(WorkloadRules.DatabasesAreMigrated),
            nameof(WorkloadRules.EnvironmentIsKnown),
            nameof(WorkloadRules.NetworkIsClosed),
            nameof(NetworkRules.NothingElsePasses),
            nameof(WorkloadRules.TheWayInIsGuarded),
        ],
        ["ci/gateway-api"] = [nameof(WorkloadRules.TheWayInIsGuarded)],
        ["ci/minimal"] = [nameof(WorkloadRules.TheWayInIsGuarded)],
        ["ci/one-replica"] = [nameof(WorkloadRules.ScalingIsSound)],
        ["ci/without-mail"] = [nameof(WorkloadRules.EveryServiceIsWhole)],
    };

    private static readonly string[] All = [.. Environments, .. Corners];

    public static TheoryData<string> EachInstallation => [.. All];

    public static TheoryData<string> EachEnvironment => [.. Environments];

    public static MatrixTheoryData<string, string> EachRule => new(All, Rules.All.Keys);

    internal static Task<Installation> OfAsync(string environment) =>
        Rendered.GetOrAdd(environment, Installation.OfAsync);

    [Fact]
    public void Every_values_file_is_an_environment_that_is_checked()
    {
        var files = Directory.GetFiles(Repository.Chart, "values-*.yaml").Select(f => Path.GetFileName(f));
        Assert.Equal(Environments.Select(e => $"values-{e}.yaml").ToHashSet(), files.ToHashSet());
    }

    [Theory, MemberData(nameof(EachInstallation))]
    public async Task Helm_finds_nothing_to_complain_about(string environment)
    {
        var answer = await Helm.LintAsync(environment);
        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
    }

    [Theory, MemberData(nameof(EachInstallation))]
    public async Task Every_manifest_is_of_a_known_kind_and_has_only_known_fields(string environment)
    {
        foreach (var manifest in (await OfAsync(environment)).Manifests)
            if (Crds.Known.Problems(manifest) is { } problems)
                Assert.Empty(problems);
            else
                // JSON is YAML; strict: an unknown field is refused.
                Assert.Single(KubernetesYaml.LoadAllFromString(manifest.ToJsonString(), strict: true));
    }

    [Fact]
    public async Task A_misspelt_Kubernetes_field_is_refused()
    {
        var manifest = (await OfAsync("production")).Copy().The("Deployment", "orders");
        var pod = manifest.At("spec/template/spec")!.AsObject();
        pod["terminationGracePeriod"] = 90;
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(manifest.ToJsonString(), strict: true));
    }

    [Fact]
    public async Task The_package_carries_the_components_that_it_deploys()
    {
        var folder = Directory.CreateTempSubdirectory("chart-").FullName;
        try
        {
            var packed = await Helm.PackageAsync(folder);
            Assert.True(packed.ExitCode == 0, packed.Error);
            var names = Helm.Contents(Directory.GetFiles(folder, "*.tgz").Single());
            Assert.Contains("ticketing/components/aws/pubsub.yaml", names);
            Assert.Contains("ticketing/components/shared/resiliency.yaml", names);
            Assert.DoesNotContain(names, n => n.Contains("/components/local/"));
            Assert.DoesNotContain(names, n => n.Contains("/ci/"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("components/aws/email.yaml", "emailFrom", "notifications,users")]
    [InlineData("components/shared/configuration-orders.yaml", "samplingRate", "orders")]
    [InlineData("components/aws/statestore.yaml", "ttlAttributeName", "events,orders,products,tickets,web")]
    public async Task A_changed_Dapr_manifest_renews_the_pods_that_read_it_and_no_others(
        string file,
        string word,
        string expected
    )
    {
        var folder = Directory.CreateTempSubdirectory("chart-").FullName;
        try
        {
            CopyFolder(Repository.Chart, folder);
            var before = await ChecksumsAsync(folder);
            var path = Path.Combine(folder, file);
            var text = await File.ReadAllTextAsync(path);
            Assert.Contains(word, text);
            await File.WriteAllTextAsync(path, text.Replace(word, word + "X"));
            var after = await ChecksumsAsync(folder);
            Assert.Equal(
                expected,
                string.Join(',', after.Where(a => before[a.Key] != a.Value).Select(a => a.Key).Order())
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Dictionary<string, string>> ChecksumsAsync(string chart) =>
        Yaml.Documents(await Helm.TemplateOfAsync(chart, "production"))
            .Where(m => m.Kind() == "Deployment")
            .ToDictionary(d => d.Name(), d => Installation.PodOf(d).Annotation("checksum/dapr"));

    /// <summary>Links become what they point to.</summary>
    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [Fact]
    public async Task A_Gateway_takes_the_Ingress_place()
    {
        var yaml = await Helm.TemplateAsync(
            "production",
            "--set",
            "ingress.enabled=false,gatewayApi.enabled=true,gatewayApi.parent.name=public,gatewayApi.parent.namespace=edge"
        );
        var manifests = Yaml.Documents(yaml);
        Assert.DoesNotContain(manifests, m => m.Kind() == "Ingress");
        var route = Assert.Single(manifests, m => m.Kind() == "HTTPRoute");
        Assert.Empty(Crds.Known.Problems(route)!);
    }

    [Theory, MemberData(nameof(EachInstallation))]
    public async Task No_two_manifests_share_a_name(string environment)
    {
        var names = (await OfAsync(environment)).Manifests.Select(m => $"{m.Kind()} {m.Name()}");
        Assert.Empty(names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Theory, MemberData(nameof(EachRule))]
    public async Task The_installation_obeys(string environment, string rule)
    {
        var installation = await OfAsync(environment);
        if (Allowed.GetValueOrDefault(environment, []).Contains(rule))
            Assert.NotEmpty(Rules.All[rule](installation));
        else
            Assert.Empty(Rules.All[rule](installation));
    }

    [Fact]
    public void Every_subscription_is_made_in_one_place_with_a_dead_letter_topic()
    {
        var code = ServiceCode.Read;
        Assert.Empty(code.With("WithTopic(", "[Topic(", "TopicOptions"));
        Assert.Single(Regex.Matches(code.ServiceDefaults, @"\.WithTopic\("));
        Assert.Contains("DeadLetterTopic = $\"{app}-dead\"", code.ServiceDefaults);
    }

    [Fact]
    public void The_services_were_understood()
    {
        var code = ServiceCode.Read;
        Assert.Contains("payment-settled", code.SubscribesTo("orders"));
        Assert.Contains("order-fulfilled", code.Publishes("orders"));
        Assert.Contains("ticket-signing-key", code.SecretsOf("tickets"));
        Assert.Contains(("orders", "tickets", "/internal/holds/x/attach", "POST"), code.Requests());
        Assert.Contains(("orders", "events", "/internal/coupons/redemptions/x", "DELETE"), code.Requests());
        Assert.Contains(("gateway", "orders", "/api/v1/orders/x", "GET"), code.Requests());
        Assert.Contains("Gateway__RateLimits__LoginsPerMinute", code.VariablesOf("gateway"));
        Assert.Contains("Users__Provider", code.VariablesOf("users"));
        Assert.Contains("Auth__ClientIds__[0-9]+", code.VariablesOf("events"));
    }

    private const string OnSale =
        "onSales[0].name=festival,onSales[0].timezone=UTC,onSales[0].start=0 9 5 12 *,onSales[0].end=0 12 5 12 *,onSales[0].replicas.";

    /// <summary>What prepare-an-on-sale.md puts into production's values is what stands ready there.</summary>
    [Fact]
    public async Task An_on_sale_as_the_guide_writes_it_stands_ready()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Chart, "prepare-an-on-sale.md"));
        var block = Regex.Match(guide, @"```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, block);
            var manifests = Yaml.Documents(await Helm.TemplateAsync("production", "--values", file));
            var values = Yaml.Documents(block).Single();
            var sale = values.Items("onSales").Single();
            foreach (var (service, replicas) in sale["replicas"]!.AsObject())
            {
                var scaler = manifests.Single(m => m.Kind() == "ScaledObject" && m.Name() == service);
                var cron = scaler.Items("spec/triggers").Single(t => t.Text("type") == "cron").At("metadata");
                Assert.Equal(replicas!.ToString(), cron.Text("desiredReplicas"));
                foreach (var what in new[] { "timezone", "start", "end" })
                    Assert.Equal(sale.Text(what), cron.Text(what));
            }
            var balancer = manifests.First(m => m.Kind() == "Ingress");
            Assert.Equal(
                $"CapacityUnits={values.Text("ingress/alb/capacityUnits")}",
                balancer.Annotation("alb.ingress.kubernetes.io/minimum-load-balancer-capacity")
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static TheoryData<string, string, string> Contradictions =>
        new()
        {
            { "production", "services.orders.replica=3", "replica" },
            { "production", "services.orders.autoscaling.kind=vpa", "kind" },
            { "production", "publicUrl=https://ticketing.example.com/", "publicUrl" },
            { "production", "services.orders.replicas=0", "replicas" },
            { "production", "services.sandbox.enabled=true", "play money" },
            {
                "production",
                "services.payments.env.Payments__PixApi__BaseUrl=http://sandbox:8080/api-pix",
                "the sandbox's address"
            },
            { "production", "filesBucket=", "filesBucket" },
            { "production", "ingress.alb.certificateArn=", "certificateArn" },
            { "production", "gatewayApi.enabled=true", "not both" },
            { "production", "services.orders.shutdown.gracePeriodSeconds=60", "drains" },
            { "production", "services.orders.autoscaling.maxReplicas=1", "maxReplicas" },
            { "production", "services.events.callers[0]=order", "no service" },
            { "production", OnSale + "order=2", "order is no service" },
            { "production", OnSale + "orders=21", "maxReplicas is 20" },
            { "dev", OnSale + "orders=2", "componentSet aws" },
            { "dev", "services.orders.autoscaling.kind=keda", "SQS" },
            { "production", "image.digest=sha256:0", "digest" },
        };

    [Theory, MemberData(nameof(Contradictions))]
    public async Task A_contradiction_in_the_values_is_refused_with_a_sentence(
        string environment,
        string setting,
        string says
    )
    {
        var answer = await Helm.TryTemplateAsync(environment, "--set", setting);
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(says, answer.Error);
    }
}
