using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What must hold for every workload. Each rule yields what is wrong.</summary>
internal static class WorkloadRules
{
    private static readonly ServiceCode Code = ServiceCode.Read;

    /// <summary>Set by the chart and read by .NET, OpenTelemetry or Dapr's SDK, not by a service's options.</summary>
    public static readonly string[] PlatformVariables =
    [
        "ASPNETCORE_HTTP_PORTS",
        "DOTNET_shutdownTimeoutSeconds",
        "Drain__Seconds",
        "WarmUp__Seconds",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_RESOURCE_ATTRIBUTES",
        "Traces__SampleRatio",
        "ConnectionStrings__Database",
        "DAPR_API_TOKEN",
        "APP_API_TOKEN",
        "Public__BaseUrl",
    ];

    /// <summary>And what only a developer sets.</summary>
    public static readonly string[] KnownVariables = [.. PlatformVariables, "ASPNETCORE_ENVIRONMENT"];

    public static IEnumerable<string> EveryServiceIsWhole(Installation i)
    {
        foreach (var app in Code.AppIds.Where(a => a != "sandbox" && !i.AppIds.Contains(a)))
            yield return $"{app} is not deployed";
        foreach (var d in i.Deployments)
        {
            var (name, pod) = (d.Name(), Installation.PodOf(d));
            if (!Code.AppIds.Contains(name) || pod.Annotation("dapr.io/app-id") != name)
                yield return $"{name}: app id {pod.Annotation("dapr.io/app-id")}";
            foreach (var kind in new[] { "Service", "ServiceAccount", "Configuration" })
                if (i.Find(kind, name) is null)
                    yield return $"{name} has no {kind}";
            if (pod.Text("spec/serviceAccountName") != name)
                yield return $"{name} runs in another's name";
            if (pod.Annotation("dapr.io/config") != name)
                yield return $"{name} has another's Dapr configuration";
            if (d.At("spec/strategy/rollingUpdate").Text("maxUnavailable") != "0")
                yield return $"{name} gives capacity away in a rollout";
            if (Installation.AppOf(d).Text("image").EndsWith(":latest", StringComparison.Ordinal))
                yield return $"{name}: nobody knows what latest is";
        }
    }

    public static IEnumerable<string> SidecarsAreSetUp(Installation i)
    {
        var expected = new Dictionary<string, string>
        {
            ["enabled"] = "true",
            ["app-port"] = "8080",
            ["enable-app-health-check"] = "true",
            ["app-health-check-path"] = "/healthz/ready",
            ["enable-native-sidecar"] = "true",
            ["api-token-secret"] = "dapr-api-token",
            ["app-token-secret"] = "app-api-token",
            ["disable-builtin-k8s-secret-store"] = "true",
        };
        foreach (var d in i.Deployments)
        {
            var pod = Installation.PodOf(d);
            foreach (var (name, value) in expected)
                if (pod.Annotation($"dapr.io/{name}") != value)
                    yield return $"{d.Name()}: dapr.io/{name} is {pod.Annotation($"dapr.io/{name}")}";
            if (
                pod.Annotation("dapr.io/sidecar-memory-request") == ""
                || pod.Annotation("dapr.io/sidecar-memory-limit") == ""
            )
                yield return $"{d.Name()}: the sidecar's memory is not limited";
            if (
                i.OnAws
                && i.All("Component")
                    .Any(c => c.Text("spec/type") == "state.postgresql" && c.Texts("scopes").Contains(d.Name()))
                && (
                    pod.Annotation("dapr.io/volume-mounts") != "database-authorities:/etc/ssl/rds"
                    || pod.Items("spec/volumes")
                        .All(v => v.Text("name") != "database-authorities" || v.Text("configMap/name") == "")
                )
            )
                yield return $"{d.Name()}: the sidecar cannot verify its database";
            var environment = Installation.SidecarEnvironment(d);
            foreach (var c in i.All("Component").Where(c => c.Texts("scopes").Contains(d.Name())))
            foreach (var m in c.Items("spec/metadata").Where(m => m.Text("envRef") != ""))
                if (environment.GetValueOrDefault(m.Text("envRef"), "") == "")
                    yield return $"{d.Name()}: {c.Name()} reads {m.Text("envRef")}, which is not set";
        }
    }

    /// <summary>The first wave is the canary: small, and there for as long as an error budget takes to show that it burns.</summary>
    public static IEnumerable<string> RolloutsComeInWaves(Installation i)
    {
        foreach (var d in i.Deployments)
        {
            var wave = d.Text("spec/strategy/rollingUpdate/maxSurge").TrimEnd('%');
            var watched = d.Number("spec/minReadySeconds");
            if (Number(wave) > (i.Environment == "production" ? 10 : 25))
                yield return $"{d.Name()}: {wave} % of the pods at once";
            if (watched < (i.Environment == "production" ? 300 : 5))
                yield return $"{d.Name()}: a wave is over after {watched} s";
            // Start-up, its probes and the wave itself.
            if (d.Number("spec/progressDeadlineSeconds") < watched + 300)
                yield return $"{d.Name()}: given up before a wave can be over";
        }
    }

    public static IEnumerable<string> PodsAreHardened(Installation i)
    {
        foreach (var workload in i.Deployments.Concat(i.All("Job")))
        {
            var name = $"{workload.Kind()} {workload.Name()}";
            var spec = workload.At("spec/template/spec");
            var app = Installation.AppOf(workload);
            if (
                spec.Text("securityContext/runAsNonRoot") != "true"
                || spec.Text("securityContext/seccompProfile/type") != "RuntimeDefault"
                || app.Text("securityContext/readOnlyRootFilesystem") != "true"
                || app.Text("securityContext/allowPrivilegeEscalation") != "false"
                || !app.Texts("securityContext/capabilities/drop").Contains("ALL")
            )
                yield return $"{name} may do more than it must";
            if (spec.Text("automountServiceAccountToken") != "false" && i.OnAws)
                yield return $"{name} carries a token for the API server";
            if (
                app.Text("resources/requests/cpu") == ""
                || app.Text("resources/requests/memory") == ""
                || app.Text("resources/limits/memory") == ""
            )
                yield return $"{name}: no requests or no memory limit";
            if (
                workload.Kind() == "Deployment"
                && spec.Items("dnsConfig/options").All(o => o.Text("name") != "ndots" || o.Text("value") != "2")
            )
                yield return $"{name}: asks the DNS five times for each name outside";
            if (app.Text("resources/limits/cpu") != "")
                yield return $"{name}: a CPU limit";
        }
    }

    public static IEnumerable<string> ProbesDiffer(Installation i)
    {
        foreach (var d in i.Deployments)
        {
            var app = Installation.AppOf(d);
            if (app.Text("livenessProbe/httpGet/path") != "/healthz/live")
                yield return $"{d.Name()}: a database that is away would restart it";
            if (app.Text("readinessProbe/httpGet/path") != "/healthz/ready")
                yield return $"{d.Name()}: gets requests before it can answer them";
            if (app.Text("startupProbe/httpGet/path") != "/healthz/live")
                yield return $"{d.Name()}: no start-up probe";
        }
        foreach (var path in new[] { "/healthz/live", "/healthz/ready" })
            if (!Code.ServiceDefaults.Contains($"\"{path}\"", StringComparison.Ordinal))
                yield return $"the services do not answer {path}";
    }

    public static IEnumerable<string> PodsDrain(Installation i)
    {
        var resiliency = i.The("Resiliency", "ticketing").At("spec");
        var handler = DaprRules.Seconds(
            resiliency.Text("policies/timeouts/" + resiliency.Text("targets/components/pubsub/inbound/timeout"))
        );
        foreach (var d in i.Deployments)
        {
            var pod = Installation.PodOf(d);
            var drain = Number(ValueOf(d, "Drain__Seconds"));
            var app = Number(ValueOf(d, "DOTNET_shutdownTimeoutSeconds"));
            var sidecar = Number(pod.Annotation("dapr.io/graceful-shutdown-seconds"));
            // The sidecar ends after the application: until it has noticed, it takes messages for it.
            var noticed =
                Number(pod.Annotation("dapr.io/app-health-threshold"))
                    * Number(pod.Annotation("dapr.io/app-health-probe-interval"))
                + Number(pod.Annotation("dapr.io/app-health-probe-timeout")) / 1000;
            if (drain < (i.OnAws ? noticed : 1))
                yield return $"{d.Name()}: gone before its sidecar takes no more messages";
            if (app < drain + (i.OnAws ? handler : 1))
                yield return $"{d.Name()}: ends with the last message in hand";
            if (pod.Number("spec/terminationGracePeriodSeconds") < app + sidecar)
                yield return $"{d.Name()}: killed while it drains";
            if (Installation.AppOf(d).At("lifecycle") is not null)
                yield return $"{d.Name()}: a hook during which it says that it is ready";
            if (i.OnAws && sidecar < handler)
                yield return $"{d.Name()}: the sidecar leaves before a handler ends";
            if (i.OnAws && Deregistration(i) > drain)
                yield return $"{d.Name()}: gone before the load balancer knows";
        }
    }

    private static string ValueOf(JsonNode workload, string variable) =>
        Variables(workload).FirstOrDefault(v => v.Text("name") == variable)?.Text("value") ?? "";

    private static int Deregistration(Installation i)
    {
        var attributes = i.All("Ingress")
            .FirstOrDefault()
            ?.Annotation("alb.ingress.kubernetes.io/target-group-attributes");
        var match = Regex.Match(attributes ?? "", @"timeout_seconds=(\d+)");
        return match.Success ? Number(match.Groups[1].Value) : 0;
    }

    public static IEnumerable<string> PodsAreSpread(Installation i)
    {
        foreach (var d in i.Deployments.Where(d => Minimum(i, d) > 1))
        {
            var labels = PodLabels(d);
            var budget = i.All("PodDisruptionBudget").SingleOrDefault(b => Matches(b.At("spec/selector"), labels));
            if (budget is null)
                yield return $"{d.Name()} has no disruption budget";
            else if (budget.Text("spec/maxUnavailable") != "1")
                yield return $"{budget.Name()}: nodes cannot be drained one by one";
            var zone = d.Items("spec/template/spec/topologySpreadConstraints")
                .SingleOrDefault(c => c.Text("topologyKey") == "topology.kubernetes.io/zone");
            if (
                zone.Text("whenUnsatisfiable") != "DoNotSchedule"
                || zone.Number("maxSkew") != 1
                || zone.Number("minDomains") < 2
                || zone.Text("nodeTaintsPolicy") != "Honor"
                || !zone.Texts("matchLabelKeys").Contains("pod-template-hash")
                || !Matches(zone.At("labelSelector"), labels)
            )
                yield return $"{d.Name()} may stand in one zone";
            if (zone.Number("minDomains") > 2)
                yield return $"{d.Name()}: the loss of a zone would leave pods pending";
            if (
                d.Items("spec/template/spec/topologySpreadConstraints")
                    .All(c => c.Text("topologyKey") != "kubernetes.io/hostname")
            )
                yield return $"{d.Name()} may stand on one node";
        }
        foreach (var d in i.Deployments.Where(_ => i.Environment == "production"))
            if (Minimum(i, d) < 2)
                yield return $"{d.Name()} does not survive a node";
    }

    private static int Minimum(Installation i, JsonNode d) =>
        Scalers(i, d.Name()) is [var scaler, ..]
            ? Math.Max(scaler.Number("spec/minReplicas"), scaler.Number("spec/minReplicaCount"))
            : d.Number("spec/replicas");

    private static List<JsonObject> Scalers(Installation i, string name) =>
        [
            .. i.All("HorizontalPodAutoscaler")
                .Concat(i.All("ScaledObject"))
                .Where(s => s.Text("spec/scaleTargetRef/name") == name),
        ];

    public static IEnumerable<string> ScalingIsSound(Installation i)
    {
        foreach (var d in i.Deployments)
        {
            var scalers = Scalers(i, d.Name());
            if (scalers.Count > 1)
                yield return $"{d.Name()} is scaled by two";
            if (scalers.Count > 0 && d.At("spec/replicas") is not null)
                yield return $"{d.Name()}: each upgrade would scale it back";
            if (scalers.Count > 0 && Minimum(i, d) < 1)
                yield return $"{d.Name()} may scale to zero: its outbox and its workflows would stand still";
            if (i.OnAws && d.Name() != "sandbox" && scalers.Count == 0)
                yield return $"{d.Name()} does not scale";
        }
        foreach (var s in i.All("HorizontalPodAutoscaler").Concat(i.All("ScaledObject")))
            if (i.Find("Deployment", s.Text("spec/scaleTargetRef/name")) is null)
                yield return $"{s.Name()} scales nothing";
        foreach (var h in i.All("HorizontalPodAutoscaler"))
        foreach (var m in h.Items("spec/metrics"))
            if (m.Text("containerResource/container") != h.Name())
                yield return $"{h.Name()}: the sidecar's load counts";
        foreach (var s in i.All("ScaledObject"))
        foreach (var cron in s.Items("spec/triggers").Where(t => t.Text("type") == "cron"))
            if (
                int.Parse(cron.Text("metadata/desiredReplicas"), CultureInfo.InvariantCulture) is var wanted
                && (
                    wanted > s.Number("spec/maxReplicaCount")
                    || cron.Text("metadata/start") == cron.Text("metadata/end")
                )
            )
                yield return $"{s.Name()}: {wanted} replicas of an on-sale never come";
        foreach (var s in i.All("ScaledObject"))
        {
            if (s.Items("spec/triggers").FirstOrDefault(t => t.Text("type") == "aws-sqs-queue") is not { } trigger)
            {
                // KEDA refuses a fallback of what is scaled by CPU and clock alone.
                if (s.At("spec/fallback") is not null)
                    yield return $"{s.Name()}: a fallback of nothing";
                if (s.Items("spec/triggers").All(t => t.Text("type") != "cron"))
                    yield return $"{s.Name()}: nothing that an HPA could not do";
                continue;
            }
            if (s.Text("spec/fallback/behavior") != "currentReplicasIfHigher")
                yield return $"{s.Name()}: scaled down when its queue cannot be seen";
            if (Code.SubscribesTo(s.Name()).Count == 0)
                yield return $"{s.Name()} has no queue";
            var queue = Installation
                .MetadataOf(i.The("Component", "pubsub"))["consumerID"]
                .Replace("{appID}", s.Name(), StringComparison.Ordinal);
            if (!trigger.Text("metadata/queueURL").EndsWith($"/{queue}", StringComparison.Ordinal))
                yield return $"{s.Name()} counts {trigger.Text("metadata/queueURL")}, its queue is {queue}";
        }
    }

    public static IEnumerable<string> SecretsAreReferences(Installation i)
    {
        if (i.All("Secret").Any())
            yield return "the chart holds a secret";
        foreach (var w in i.Deployments.Concat(i.All("Job")))
        foreach (var v in Variables(w))
            if (
                Regex.IsMatch(
                    v.Text("name"),
                    "password(?!Grant)|secret|token|(?<!publishable)key|connectionstring",
                    RegexOptions.IgnoreCase
                ) && v.At("valueFrom/secretKeyRef") is null
            )
                yield return $"{w.Name()}: {v.Text("name")} stands in the open";
        foreach (var c in i.All("Component"))
        foreach (var m in c.Items("spec/metadata"))
            if (
                Regex.IsMatch(
                    m.Text("name"),
                    "password|secretKey|accessKey|sessionToken|connectionString",
                    RegexOptions.IgnoreCase
                )
                && m.At("secretKeyRef") is null
                && (i.OnAws || m.Text("value") != "emulator")
            )
                yield return $"{c.Name()}: {m.Text("name")} stands in the open";
    }

    public static IEnumerable<string> EnvironmentIsKnown(Installation i)
    {
        foreach (var d in i.Deployments)
        {
            var known = KnownVariables.Concat(Code.VariablesOf(d.Name())).ToList();
            var names = Variables(d).Select(v => v.Text("name")).ToList();
            foreach (var name in names.Where(n => !known.Any(k => Regex.IsMatch(n, $"^{k}$"))))
                yield return $"{d.Name()} knows no {name}";
            foreach (var name in names.GroupBy(n => n).Where(g => g.Count() > 1))
                yield return $"{d.Name()}: {name.Key} stands twice";
            var traces = Variables(d).FirstOrDefault(v => v.Text("name") == "Traces__SampleRatio");
            if (traces?.Text("value") != SidecarSampling(i, d.Name()))
                yield return $"{d.Name()}: the sidecar records another share of traces";
            var hasDatabase = Code.With("AddDatabase<").Contains(d.Name());
            foreach (var name in PlatformVariables)
                if (!names.Contains(name) && (name != "ConnectionStrings__Database" || hasDatabase))
                    yield return $"{d.Name()}: {name} is not set";
            if (!hasDatabase && names.Contains("ConnectionStrings__Database"))
                yield return $"{d.Name()} has no database";
            foreach (var v in Variables(d).Where(v => v.Text("value").Contains("{{", StringComparison.Ordinal)))
                yield return $"{d.Name()}: {v.Text("name")} is a template still";
        }
    }

    private static string? SidecarSampling(Installation i, string app) =>
        i.All("Configuration").FirstOrDefault(c => c.Name() == app)?.Text("spec/tracing/samplingRate");

    private static IEnumerable<JsonNode> Variables(JsonNode workload) => Installation.AppOf(workload).Items("env");

    public static IEnumerable<string> DatabasesAreMigrated(Installation i)
    {
        foreach (var app in Code.With("AddDatabase<").Intersect(i.AppIds))
        {
            var job = i.Find("Job", $"{app}-migrate");
            if (job is null)
            {
                yield return $"{app} is not migrated";
                continue;
            }
            var container = Installation.AppOf(job);
            if (!container.Texts("args").SequenceEqual(["migrate"]))
                yield return $"{job.Name()} does not migrate";
            if (container.Text("image") != Installation.AppOf(i.The("Deployment", app)).Text("image"))
                yield return $"{job.Name()} is of another version";
            if (job.Annotation("helm.sh/hook") != "pre-install,pre-upgrade")
                yield return $"{job.Name()} does not run before the new pods";
            if (Installation.PodOf(job).Annotation("dapr.io/enabled") != "")
                yield return $"{job.Name()} has a sidecar";
            foreach (var b in i.All("PodDisruptionBudget").Concat(i.All("Deployment")))
                if (Matches(b.At("spec/selector"), PodLabels(job)))
                    yield return $"{b.Kind()} {b.Name()} takes {job.Name()} for its own";
            if (!job.Items("spec/template/spec/containers").Any() || job.Number("spec/activeDeadlineSeconds") < 1)
                yield return $"{job.Name()} may run for ever";
        }
    }

    public static IEnumerable<string> SelectorsFindTheirPods(Installation i)
    {
        foreach (var d in i.Deployments)
        {
            if (!Matches(d.At("spec/selector"), PodLabels(d)))
                yield return $"{d.Name()} does not select its pods";
            if (
                d.At("spec/selector/matchLabels") is JsonObject labels
                && labels.Any(l => l.Key.Contains("version") || l.Key.Contains("chart"))
            )
                yield return $"{d.Name()}: a version in the selector makes upgrades impossible";
            var service = i.Find("Service", d.Name());
            if (service is not null && !Covers((JsonObject)service.At("spec/selector")!, PodLabels(d)))
                yield return $"Service {d.Name()} finds nothing";
        }
        foreach (var ingress in i.All("Ingress"))
        foreach (var path in ingress.Items("spec/rules").SelectMany(r => r.Items("http/paths")))
            if (path.Text("backend/service/name") != "gateway")
                yield return $"{ingress.Name()} goes past the Gateway";
    }

    public static IEnumerable<string> NetworkIsClosed(Installation i)
    {
        var policies = i.All("NetworkPolicy").ToList();
        foreach (var w in i.Deployments.Concat(i.All("Job")))
        {
            var denied = policies
                .Where(p =>
                    Matches(p.At("spec/podSelector"), PodLabels(w))
                    && p.At("spec/ingress") is null
                    && p.At("spec/egress") is null
                )
                .SelectMany(p => p.Texts("spec/policyTypes"))
                .ToHashSet();
            if (!denied.SetEquals(["Ingress", "Egress"]))
                yield return $"{w.Name()} is open by default";
        }
    }

    public static IEnumerable<string> TheWayInIsGuarded(Installation i)
    {
        var origin = new Uri(
            Variables(i.The("Deployment", "gateway")).Single(v => v.Text("name") == "Public__BaseUrl").Text("value")
        );
        foreach (var ingress in i.All("Ingress"))
        foreach (var rule in ingress.Items("spec/rules"))
            if (rule.Text("host") != origin.Host)
                yield return $"{ingress.Name()} answers for {rule.Text("host")}, the origin is {origin.Host}";
        if (!i.OnAws)
        {
            // A corner case switches it off.
            if (i.Environment != "dev" || i.Find("Ingress", "gateway") is not { } other)
                yield break;
            const string nginx = "nginx.ingress.kubernetes.io";
            if (
                other.Annotation($"{nginx}/enable-modsecurity") != "true"
                || other.Annotation($"{nginx}/enable-owasp-core-rules") != "true"
            )
                yield return "no web application firewall";
            // Without rules of the Ingress, the controller's own say DetectionOnly.
            if (
                !other
                    .Annotation($"{nginx}/modsecurity-snippet")
                    .Contains("SecRuleEngine On\n", StringComparison.Ordinal)
            )
                yield return "the web application firewall only watches";
            yield break;
        }
        if (i.Find("Ingress", "gateway") is not { } main)
        {
            yield return "nothing guards the way in";
            yield break;
        }
        var proxies = ValueOf(i.The("Deployment", "gateway"), "Gateway__TrustedProxies__0");
        if (TerraformTests.Environments.ContainsKey(i.Environment) && proxies != NetworkRules.VpcOf(i))
            yield return $"the rate limits count the load balancer: it stands in {NetworkRules.VpcOf(i)}, not {proxies}";
        const string alb = "alb.ingress.kubernetes.io";
        if (origin.Scheme != "https" || main.Annotation($"{alb}/ssl-redirect") != "443")
            yield return "plain HTTP is served";
        if (!main.Annotation($"{alb}/ssl-policy").Contains("TLS13", StringComparison.Ordinal))
            yield return "the default TLS policy allows TLS 1.0";
        if (main.Annotation($"{alb}/wafv2-acl-arn") == "")
            yield return "no web application firewall";
        var open = Variables(i.The("Deployment", "users")).Any(v => v.Text("name") == "Users__PasswordGrant");
        if (open && main.Annotation($"{alb}/inbound-cidrs") is ("" or "0.0.0.0/0"))
            yield return "accounts with known passwords, for everybody";
        // Of each Ingress the controller makes a target group.
        foreach (var ingress in i.All("Ingress"))
        {
            if (ingress.Annotation($"{alb}/target-type") != "ip")
                yield return $"{ingress.Name()}: requests go through any node's port";
            if (ingress.Annotation($"{alb}/healthcheck-path") != "/healthz/ready")
                yield return $"{ingress.Name()}: the load balancer asks for something else than readiness";
            foreach (var name in TargetGroup)
                if (
                    ingress.Annotation($"{alb}/{name}") is var own
                    && (own == "" || own != main.Annotation($"{alb}/{name}"))
                )
                    yield return $"{ingress.Name()}: {name} is {own}";
        }
    }

    private static readonly string[] TargetGroup =
    [
        "healthcheck-interval-seconds",
        "healthcheck-timeout-seconds",
        "healthy-threshold-count",
        "unhealthy-threshold-count",
        "success-codes",
        "target-group-attributes",
    ];

    public static IEnumerable<string> ProductionIsNoDevelopment(Installation i)
    {
        if (i.Environment != "production")
            yield break;
        if (i.AppIds.Contains("sandbox"))
            yield return "the sandbox gives tickets for play money";
        string[] forDevelopment = ["Users__PasswordGrant", "Gateway__DevPages", "Notifications__MailFolder"];
        foreach (var d in i.Deployments)
        foreach (var v in Variables(d))
        {
            if (
                forDevelopment.Contains(v.Text("name"))
                || v.Text("name").StartsWith("Users__Admins", StringComparison.Ordinal)
                || v.Text("name").StartsWith("Users__TrustedDomains", StringComparison.Ordinal)
            )
                yield return $"{d.Name()}: {v.Text("name")} is for development";
            if (v.Text("name") == "Gateway__Sandbox" && v.Text("value") != "false")
                yield return "the Gateway leads to the sandbox";
        }
        // Who has no component asks AWS for nothing.
        var users = i.All("Component").SelectMany(c => c.Texts("scopes")).ToHashSet();
        foreach (var account in i.All("ServiceAccount").Where(a => users.Contains(a.Name())))
            if (
                !account
                    .Annotation("eks.amazonaws.com/role-arn")
                    .EndsWith($"-{account.Name()}", StringComparison.Ordinal)
            )
                yield return $"{account.Name()} has no role of its own";
    }

    private static int Number(string text) =>
        int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 0;

    private static JsonObject PodLabels(JsonNode workload) => (JsonObject)workload.At("spec/template/metadata/labels")!;

    private static bool Matches(JsonNode? selector, JsonObject labels) =>
        selector.At("matchLabels") is JsonObject wanted
        && wanted.Count > 0
        && Covers(wanted, labels)
        && selector
            .Items("matchExpressions")
            .All(e => e.Texts("values").Contains(labels[e.Text("key")]?.ToString() ?? ""));

    private static bool Covers(JsonObject wanted, JsonObject labels) =>
        wanted.All(w => labels[w.Key]?.ToString() == w.Value?.ToString());
}
