using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What Dapr's resources must say for the services as they are. Each rule yields what is wrong.</summary>
internal static class DaprRules
{
    private static readonly ServiceCode Code = ServiceCode.Read;

    /// <summary>Dapr 1.18's retry: first pause, growth, and by how much a pause may be longer than it says.</summary>
    private const double FirstPause = 0.5;
    private const double Growth = 1.5;
    private const double Spread = 1.5;

    /// <summary>A component knows these; another name is a typing mistake that Dapr ignores.</summary>
    private static readonly Dictionary<string, (string Version, string[] Required, string[] Further)> Metadata = new()
    {
        ["pubsub.aws.snssqs"] = (
            "v1",
            ["region", "consumerID", "messageVisibilityTimeout", "sqsDeadLettersQueueName", "messageReceiveLimit"],
            [
                "accessKey",
                "secretKey",
                "sessionToken",
                "endpoint",
                "accountID",
                "messageRetryLimit",
                "disableDeleteOnRetryLimit",
                "messageWaitTimeSeconds",
                "messageMaxNumber",
                "concurrencyMode",
                "concurrencyLimit",
                "fifo",
                "fifoMessageGroupID",
                "disableEntityManagement",
                "assetsManagementTimeoutSeconds",
                "publishingScopes",
                "subscriptionScopes",
                "allowedTopics",
                "protectedTopics",
            ]
        ),
        ["state.aws.dynamodb"] = (
            "v1",
            ["table", "region", "ttlAttributeName"],
            ["endpoint", "accessKey", "secretKey", "sessionToken", "partitionKey"]
        ),
        ["state.postgresql"] = (
            "v2",
            ["connectionString"],
            [
                "actorStateStore",
                "timeout",
                "tablePrefix",
                "metadataTableName",
                "cleanupInterval",
                "maxConns",
                "connectionMaxIdleTime",
                "queryExecMode",
                "useAWSIAM",
            ]
        ),
        ["bindings.aws.s3"] = (
            "v1",
            ["bucket", "region"],
            ["endpoint", "accessKey", "secretKey", "sessionToken", "forcePathStyle", "disableSSL", "insecureSSL"]
        ),
        ["bindings.aws.ses"] = ("v1", ["region", "emailFrom"], ["subject"]),
        ["bindings.smtp"] = ("v1", ["host", "port"], ["user", "password", "skipTLSVerify", "emailFrom", "priority"]),
        ["secretstores.aws.secretmanager"] = ("v1", ["region", "multipleKeyValuesPerSecret"], ["endpoint"]),
        ["secretstores.kubernetes"] = ("v1", [], ["defaultNamespace", "kubeconfigPath"]),
    };

    public static IEnumerable<string> FieldsAreKnown(Installation i) =>
        i.Manifests.SelectMany(m => Crds.Known.Problems(m) ?? []);

    public static IEnumerable<string> ComponentsAreComplete(Installation i)
    {
        string[] names = ["pubsub", "statestore", "workflowstore", "ticket-files", "email", "secretstore"];
        foreach (var name in names.Where(n => i.Find("Component", n) is null))
            yield return $"component {name} is missing";
        foreach (var c in i.All("Component"))
        {
            if (!names.Contains(c.Name()))
                yield return $"no service knows the component {c.Name()}";
            if (!Metadata.TryGetValue(c.Text("spec/type"), out var known))
            {
                yield return $"{c.Name()}: type {c.Text("spec/type")} is not one of ours";
                continue;
            }
            if (c.Text("spec/version") != known.Version)
                yield return $"{c.Name()}: version {c.Text("spec/version")}";
            var given = c.Items("spec/metadata").Select(m => m.Text("name")).ToList();
            foreach (var n in given.Except(known.Required).Except(known.Further))
                yield return $"{c.Name()}: {c.Text("spec/type")} has no metadata {n}";
            foreach (var n in known.Required.Except(given))
                yield return $"{c.Name()}: metadata {n} is missing";
            foreach (var n in given.GroupBy(n => n).Where(g => g.Count() > 1))
                yield return $"{c.Name()}: metadata {n.Key} stands twice";
            foreach (var m in c.Items("spec/metadata"))
            {
                // The API server's definition says "any", the component reads strings: a bare true is refused.
                if (m.At("value") is { } v && v.GetValueKind() != System.Text.Json.JsonValueKind.String)
                    yield return $"{c.Name()}: {m.Text("name")} is no string";
                if (m.Text("value").Contains("{namespace}", StringComparison.Ordinal))
                    yield return $"{c.Name()}: Dapr makes namespace.app of {{namespace}}";
            }
        }
    }

    public static IEnumerable<string> ScopesNameTheUsers(Installation i)
    {
        foreach (var m in i.Manifests.Where(m => m.Text("apiVersion").StartsWith("dapr.io/", StringComparison.Ordinal)))
        {
            if (m.Kind() != "Configuration" && !m.Items("scopes").Any())
                yield return $"{m.Kind()} {m.Name()} is visible to every app";
            foreach (var app in m.Texts("scopes").Except(i.AppIds))
                yield return $"{m.Kind()} {m.Name()}: {app} is no app";
        }
        var users = new Dictionary<string, IEnumerable<string>>
        {
            ["pubsub"] = Code.AppIds.Where(a => Code.Publishes(a).Count + Code.SubscribesTo(a).Count > 0),
            ["statestore"] = Code.With(".WithIdempotency()", "Components.StateStore"),
            ["workflowstore"] = Code.With("AddDaprWorkflow("),
            ["ticket-files"] = Code.With("Components.TicketFiles"),
            ["email"] = Code.With("Components.Email"),
            ["secretstore"] = Code.AppIds.Where(a => Code.SecretsOf(a).Count > 0),
        };
        foreach (var (name, apps) in users)
        {
            var scopes = i.Find("Component", name).Texts("scopes").ToHashSet();
            var using_ = apps.Intersect(i.AppIds).ToHashSet();
            foreach (var app in using_.Except(scopes))
                yield return $"{name}: {app} uses it and is not in its scopes";
            foreach (var app in scopes.Except(using_))
                yield return $"{name}: {app} does not use it and is in its scopes";
        }
    }

    public static IEnumerable<string> TopicsAreScoped(Installation i)
    {
        var pubsub = Installation.MetadataOf(i.The("Component", "pubsub"));
        var publishing = Scopes(pubsub.GetValueOrDefault("publishingScopes", ""));
        var subscribing = Scopes(pubsub.GetValueOrDefault("subscriptionScopes", ""));
        foreach (var app in i.Find("Component", "pubsub").Texts("scopes"))
        {
            var heard = Code.SubscribesTo(app);
            var said = Code.Publishes(app).ToHashSet();
            // Dapr publishes dead letters in the subscriber's name.
            if (heard.Count > 0)
                said.Add($"{app}-dead");
            var maySay = publishing.GetValueOrDefault(app, []);
            foreach (var t in said.Except(maySay))
                yield return $"{app} publishes {t} and may not";
            foreach (var t in maySay.Except(said).Except(Code.Topics))
                yield return $"{app} may publish {t}, which nothing is";
            // Not named means everything, named with nothing means nothing.
            if (!subscribing.TryGetValue(app, out var mayHear))
                yield return $"{app} may subscribe to everything";
            else if (!mayHear.SetEquals(heard))
                yield return $"{app} may subscribe to {string.Join(",", mayHear)}; it does to {string.Join(",", heard)}";
            if (maySay.Count == 0)
                yield return $"{app} may publish everything";
        }
        // An act is told by whoever acts; of all else there is one owner.
        var owned = publishing.SelectMany(p => p.Value).Where(t => t != "act-recorded");
        foreach (var twice in owned.GroupBy(t => t).Where(g => g.Count() > 1))
            yield return $"{twice.Key} has more than one publisher";
    }

    public static IEnumerable<string> NoMessageIsLost(Installation i)
    {
        var pubsub = Installation.MetadataOf(i.The("Component", "pubsub"));
        int Of(string name) => int.TryParse(pubsub.GetValueOrDefault(name), out var n) ? n : 0;
        var budget = InboundBudget(i);
        if (Of("messageVisibilityTimeout") <= budget)
            yield return $"visibility {Of("messageVisibilityTimeout")} s ends within the inbound policy's {budget:0} s";
        if (Of("messageReceiveLimit") < 2)
            yield return "messageReceiveLimit: one crash would dead-letter";
        if (Of("messageReceiveLimit") >= Of("messageRetryLimit"))
            yield return "at messageRetryLimit the message is deleted before the dead-letter queue takes it";
        if (!pubsub.GetValueOrDefault("sqsDeadLettersQueueName", "").Contains("{appID}", StringComparison.Ordinal))
            yield return "the apps share a dead-letter queue";
        if (!pubsub.GetValueOrDefault("consumerID", "").Contains("{appID}", StringComparison.Ordinal))
            yield return "the apps share a queue";
        if (pubsub.GetValueOrDefault("sqsDeadLettersQueueName") == pubsub.GetValueOrDefault("consumerID"))
            yield return "the dead letters go into the queue itself";
        if (Of("messageWaitTimeSeconds") != 20)
            yield return "no long polling";
        if (pubsub.GetValueOrDefault("fifo") == "true")
            yield return "fifo makes the whole app one queue of one at a time";
        if (pubsub.GetValueOrDefault("concurrencyMode") != "parallel" || Of("concurrencyLimit") is < 1 or > 256)
            yield return "concurrency without a limit";
        // It would make no queue for the dead letters' topic: what is published there would be lost.
        if (pubsub.GetValueOrDefault("disableEntityManagement") != "true")
            yield return "the component makes topics and queues itself";
    }

    /// <summary>The longest that the inbound policy can be at work with one message, in seconds.</summary>
    private static double InboundBudget(Installation i)
    {
        var spec = i.The("Resiliency", "ticketing").At("spec");
        var inbound = spec.At("targets/components/pubsub/inbound");
        var timeout = Seconds(spec.Text($"policies/timeouts/{inbound.Text("timeout")}"));
        var retry = spec.At($"policies/retries/{inbound.Text("retry")}");
        var tries = retry.Number("maxRetries");
        if (tries < 0 || timeout <= 0)
            return double.PositiveInfinity;
        var waiting =
            retry.Text("policy") == "constant"
                ? tries * Seconds(retry.Text("duration"))
                : Enumerable
                    .Range(0, tries)
                    .Sum(n => Math.Min(FirstPause * Math.Pow(Growth, n), Seconds(retry.Text("maxInterval"))) * Spread);
        return (tries + 1) * timeout + waiting;
    }

    public static IEnumerable<string> WorkflowsHaveOneStore(Installation i)
    {
        foreach (var app in Code.With("AddDaprWorkflow("))
        {
            var stores = i.All("Component")
                .Where(c =>
                    c.Texts("scopes").Contains(app)
                    && Installation.MetadataOf(c).GetValueOrDefault("actorStateStore") == "true"
                )
                .ToList();
            if (stores is not [var store])
                yield return $"{app} has {stores.Count} actor state stores";
            else if (store.Text("spec/type") != "state.postgresql")
                yield return $"{store.Text("spec/type")} is not fit for workflows";
            if (i.All("WorkflowAccessPolicy").All(p => !p.Texts("scopes").Contains(app)))
                yield return $"everybody may start and end the workflows of {app}";
            foreach (var limit in i.Find("Configuration", app).Items("spec/workflow/activityConcurrencyLimits"))
                if (!Code.ActivitiesOf(app).Contains(limit.Text("name")))
                    yield return $"{app} has no activity {limit.Text("name")}";
            var retention = i.Find("Configuration", app).At("spec/workflow/stateRetentionPolicy");
            if (retention.Text("anyTerminal") == "")
                yield return $"the histories of {app} are kept for ever";
        }
        foreach (var policy in i.All("WorkflowAccessPolicy"))
        foreach (var caller in policy.Items("spec/rules").SelectMany(r => r.Items("callers")))
            if (!policy.Texts("scopes").Contains(caller.Text("appID")))
                yield return $"{caller.Text("appID")} may steer the workflows of others";
    }

    public static IEnumerable<string> ResiliencyIsSound(Installation i)
    {
        var spec = i.The("Resiliency", "ticketing").At("spec")!;
        var components = i.All("Component").Select(c => c.Name()).ToHashSet();
        foreach (var (name, target) in (JsonObject)spec.At("targets/components")!)
        {
            if (!components.Contains(name))
                yield return $"resiliency for {name}, which is no component";
            foreach (var direction in new[] { "inbound", "outbound" })
            foreach (var problem in Undefined(spec, target.At(direction), $"{name}/{direction}"))
                yield return problem;
        }
        foreach (var (name, target) in (JsonObject)spec.At("targets/apps")!)
        {
            if (!Code.AppIds.Contains(name))
                yield return $"resiliency for {name}, which is no app";
            foreach (var problem in Undefined(spec, target, name))
                yield return problem;
            if (target.Text("circuitBreaker") != "")
                yield return $"{name}: refusals (409) would open the circuit breaker";
            var retry = spec.At($"policies/retries/{target.Text("retry")}");
            if (!Regex.IsMatch(retry.Text("matching/httpStatusCodes"), "^50[234](,50[234])*$"))
                yield return $"{name}: refusals would be repeated";
        }
        foreach (var callee in Code.Requests().Select(r => r.Callee).Distinct())
            if (spec.At($"targets/apps/{callee}") is null && callee != "sandbox" && callee != "notifications")
                yield return $"no time limit for {callee}";
        if (spec.Text("targets/components/pubsub/inbound/retry") == "")
            yield return "without an inbound policy the first failure is a dead letter";
        if (spec.Text("targets/components/email/outbound/retry") != "")
            yield return "a mail that is tried again may come twice";
    }

    private static IEnumerable<string> Undefined(JsonNode spec, JsonNode? target, string where)
    {
        foreach (
            var (key, list) in new[]
            {
                ("timeout", "timeouts"),
                ("retry", "retries"),
                ("circuitBreaker", "circuitBreakers"),
            }
        )
            if (target.Text(key) is { Length: > 0 } policy && spec.At($"policies/{list}/{policy}") is null)
                yield return $"{where}: there is no {key} policy {policy}";
    }

    public static IEnumerable<string> CallersAreAllowed(Installation i)
    {
        var requests = Code.Requests().ToList();
        foreach (var app in i.AppIds)
        {
            var access = i.Find("Configuration", app).At("spec/accessControl");
            if (access.Text("defaultAction") != "deny")
                yield return $"{app} may be called by everybody";
            foreach (var policy in access.Items("policies"))
            {
                var caller = policy.Text("appId");
                if (policy.Text("defaultAction") != "deny" || policy.Text("namespace") != "ticketing")
                    yield return $"{caller} may call everything of {app}";
                if (!requests.Any(r => r.Caller == caller && r.Callee == app) && app != "sandbox")
                    yield return $"{caller} does not call {app}";
                // Dapr reads * and ** as we do only at the end of a path.
                foreach (var operation in policy.Items("operations"))
                    if (Regex.IsMatch(operation.Text("name"), @"\*[^*]"))
                        yield return $"{app}: {operation.Text("name")} has a wildcard inside";
                foreach (var operation in policy.Items("operations"))
                    // Web has no inside: all that it answers are pages.
                    if (caller == "gateway" && app != "web" && Covers(operation.Text("name"), "/internal/x"))
                        yield return $"the Gateway reaches the inside of {app}";
            }
            // The pages under /dev are for one laptop.
            foreach (
                var r in requests.Where(r => r.Callee == app && !r.Path.StartsWith("/dev", StringComparison.Ordinal))
            )
                if (
                    i.AppIds.Contains(r.Caller)
                    && !access
                        .Items("policies")
                        .Where(p => p.Text("appId") == r.Caller)
                        .SelectMany(p => p.Items("operations"))
                        .Any(o =>
                            o.Text("action") == "allow"
                            && Covers(o.Text("name"), r.Path)
                            && o.Texts("httpVerb").Contains(r.Verb)
                        )
                )
                    yield return $"{r.Caller} asks {app} {r.Verb} {r.Path} and may not";
        }
    }

    private static bool Covers(string pattern, string path) =>
        Regex.IsMatch(path, "^" + Regex.Escape(pattern).Replace(@"\*\*", ".*").Replace(@"\*", "[^/]*") + "$");

    public static IEnumerable<string> SecretsAreScoped(Installation i)
    {
        foreach (var app in i.AppIds)
        {
            var scopes = i.Find("Configuration", app).Items("spec/secrets/scopes").ToList();
            var ours = scopes.SingleOrDefault(s => s.Text("storeName") == "secretstore");
            if (ours.Text("defaultAccess") != "deny")
                yield return $"{app} may read every secret";
            if (!ours.Texts("allowedSecrets").ToHashSet().SetEquals(Code.SecretsOf(app)))
                yield return $"{app} reads {string.Join(",", Code.SecretsOf(app))} and may read {string.Join(",", ours.Texts("allowedSecrets"))}";
            if (scopes.All(s => s.Text("storeName") != "kubernetes" || s.Text("defaultAccess") != "deny"))
                yield return $"{app} may read the cluster's Secrets";
        }
    }

    /// <summary>
    /// Dapr 1.18's own table, of what our services could use: another name or version is no rule (and where a protocol
    /// has no rule, everything is open).
    /// </summary>
    private static readonly HashSet<string> KnownApis =
    [
        "invoke v1 http",
        "healthz v1 http",
        "publish v1 grpc",
        "state v1 grpc",
        "bindings v1 grpc",
        "secrets v1 grpc",
        "lock v1alpha1 grpc",
    ];

    /// <summary>Rules without power: they close a protocol that an app does not use.</summary>
    private const string NoHttp = "healthz v1 http";
    private const string NoGrpc = "lock v1alpha1 grpc";

    public static IEnumerable<string> ApisAreThoseInUse(Installation i)
    {
        var callers = Code.Requests().Select(r => r.Caller).ToHashSet();
        foreach (var app in i.AppIds)
        {
            var used = new HashSet<string>();
            if (callers.Contains(app))
                used.Add("invoke v1 http");
            if (Code.Publishes(app).Count > 0)
                used.Add("publish v1 grpc");
            if (Code.With(".WithIdempotency()", "Components.StateStore").Contains(app))
                used.Add("state v1 grpc");
            if (Code.With("Components.TicketFiles", "Components.Email").Contains(app))
                used.Add("bindings v1 grpc");
            if (Code.SecretsOf(app).Count > 0)
                used.Add("secrets v1 grpc");
            if (!used.Any(a => a.EndsWith("http", StringComparison.Ordinal)))
                used.Add(NoHttp);
            if (!used.Any(a => a.EndsWith("grpc", StringComparison.Ordinal)))
                used.Add(NoGrpc);
            var allowed = i.Find("Configuration", app)
                .Items("spec/api/allowed")
                .Select(r => $"{r.Text("name")} {r.Text("version")} {r.Text("protocol")}")
                .ToHashSet();
            foreach (var api in allowed.Except(KnownApis))
                yield return $"{app}: {api} is no API that Dapr knows";
            foreach (var api in used.Except(allowed))
                yield return $"{app} needs {api} and may not use it";
            foreach (var api in allowed.Except(used).Intersect(KnownApis))
                yield return $"{app} may use {api} and does not";
        }
    }

    /// <summary>A reload would restart every sidecar of every pod at once; a new pod reads what its checksum is of.</summary>
    public static IEnumerable<string> SidecarsChangeWithTheirPods(Installation i)
    {
        foreach (var app in i.AppIds)
        {
            var reload = i.Find("Configuration", app)
                .Items("spec/features")
                .SingleOrDefault(f => f.Text("name") == "HotReload");
            if (reload.Text("enabled") != "false")
                yield return $"a changed Configuration restarts all sidecars of {app} together";
        }
        foreach (var d in i.Deployments)
            if (!Regex.IsMatch(Installation.PodOf(d).Annotation("checksum/dapr"), "^[0-9a-f]{64}$"))
                yield return $"{d.Name()} keeps the Dapr manifests that it started with";
    }

    /// <summary>See services/DECISIONS.md: such a resource reaches pods of every version at once.</summary>
    public static IEnumerable<string> SubscriptionsComeFromTheCode(Installation i) =>
        i.All("Subscription").Select(s => $"Subscription {s.Name()}: pods without its handler would dead-letter");

    private static Dictionary<string, HashSet<string>> Scopes(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(s => s.Split('='))
            .ToDictionary(
                s => s[0],
                s => s[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet()
            );

    internal static double Seconds(string duration) =>
        duration.EndsWith("ms", StringComparison.Ordinal) ? Number(duration[..^2]) / 1000
        : duration.EndsWith('s') ? Number(duration[..^1])
        : duration.EndsWith('m') ? Number(duration[..^1]) * 60
        : 0;

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
