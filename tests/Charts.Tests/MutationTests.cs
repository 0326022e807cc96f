using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>Mistakes planted one at a time: a check that finds none of them proves nothing.</summary>
public sealed class MutationTests
{
    private sealed record Mistake(string Rule, Action<Installation> Plant, string Environment = "production");

    private static readonly Dictionary<string, Mistake> Mistakes = new()
    {
        ["a typing mistake in a component's metadata"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => Metadata(i, "pubsub", "messageWaitTimeSeconds")["name"] = "messageWaitTimeSecond"
        ),
        ["scopes below spec"] = new(
            nameof(DaprRules.FieldsAreKnown),
            i => Move(i.The("Component", "email"), "scopes", "spec")
        ),
        ["a number where Dapr reads a string"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => Metadata(i, "pubsub", "concurrencyLimit")["value"] = 32
        ),
        ["a component type that is not registered"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => i.The("Component", "secretstore")["spec"]!["type"] = "secretstores.aws.secretsmanager"
        ),
        ["PostgreSQL state of version 1"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => i.The("Component", "workflowstore")["spec"]!["version"] = "v1"
        ),
        ["a missing component"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => i.Manifests.Remove(i.The("Component", "email"))
        ),
        ["a placeholder that means something else"] = new(
            nameof(DaprRules.ComponentsAreComplete),
            i => Metadata(i, "pubsub", "consumerID")["value"] = "{namespace}-{appID}"
        ),
        ["a component for everybody"] = new(
            nameof(DaprRules.ScopesNameTheUsers),
            i => i.The("Component", "secretstore").Remove("scopes")
        ),
        ["a scope of no app"] = new(
            nameof(DaprRules.ScopesNameTheUsers),
            i => List(i.The("Component", "ticket-files"), "scopes").Add("ticket")
        ),
        ["an app left out of a scope"] = new(
            nameof(DaprRules.ScopesNameTheUsers),
            i => Without(List(i.The("Component", "statestore"), "scopes"), "orders")
        ),
        ["a scope too many"] = new(
            nameof(DaprRules.ScopesNameTheUsers),
            i => List(i.The("Component", "email"), "scopes").Add("orders")
        ),
        ["a topic that its publisher may not say"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "publishingScopes", "order-fulfilled,", "")
        ),
        ["a topic that does not exist"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "publishingScopes", "order-fulfilled", "order-fulfiled")
        ),
        ["a subscription that is not allowed"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "subscriptionScopes", "payment-settled,", "")
        ),
        ["a subscription that nobody makes"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "subscriptionScopes", "users=", "users=order-fulfilled")
        ),
        ["dead letters that may not be published"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "publishingScopes", ",orders-dead", "")
        ),
        ["two publishers of one topic"] = new(
            nameof(DaprRules.TopicsAreScoped),
            i => Replace(i, "publishingScopes", "order-fulfilled", "order-fulfilled,payment-settled")
        ),
        ["a visibility timeout shorter than the retries"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Metadata(i, "pubsub", "messageVisibilityTimeout")["value"] = "90"
        ),
        ["retries longer than the visibility timeout"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Policy(i, "retries/inbound")["maxRetries"] = 40
        ),
        ["endless retries"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Policy(i, "retries/inbound")["maxRetries"] = -1
        ),
        ["a receive limit above the retry limit"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Metadata(i, "pubsub", "messageReceiveLimit")["value"] = "20"
        ),
        ["no dead-letter queue"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i =>
                List(i.The("Component", "pubsub"), "spec/metadata")
                    .Remove(Metadata(i, "pubsub", "sqsDeadLettersQueueName"))
        ),
        ["one dead-letter queue for all"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Metadata(i, "pubsub", "sqsDeadLettersQueueName")["value"] = "ticketing-dead"
        ),
        ["apps that make their own queues in AWS"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => Metadata(i, "pubsub", "disableEntityManagement")["value"] = "false"
        ),
        ["a queue in order, one message at a time"] = new(
            nameof(DaprRules.NoMessageIsLost),
            i => List(i.The("Component", "pubsub"), "spec/metadata").Add(Named("fifo", "true"))
        ),
        ["two actor stores"] = new(
            nameof(DaprRules.WorkflowsHaveOneStore),
            i => List(i.The("Component", "statestore"), "spec/metadata").Add(Named("actorStateStore", "true"))
        ),
        ["workflows on DynamoDB"] = new(
            nameof(DaprRules.WorkflowsHaveOneStore),
            i => i.The("Component", "workflowstore")["spec"]!["type"] = "state.aws.dynamodb"
        ),
        ["no actor store"] = new(
            nameof(DaprRules.WorkflowsHaveOneStore),
            i => Metadata(i, "workflowstore", "actorStateStore")["value"] = "false"
        ),
        ["a limit of no activity"] = new(
            nameof(DaprRules.WorkflowsHaveOneStore),
            i =>
                i.The("Configuration", "orders").Items("spec/workflow/activityConcurrencyLimits").First()["name"] =
                    "Charge"
        ),
        ["a verb that is not allowed"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i =>
                Without(
                    List(
                        i.The("Configuration", "events")
                            .Items("spec/accessControl/policies")
                            .Single(p => p.Text("appId") == "orders")
                            .Items("operations")
                            .First(),
                        "httpVerb"
                    ),
                    "DELETE"
                )
        ),
        ["a wildcard inside a path"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i =>
                i.The("Configuration", "payments")
                    .Items("spec/accessControl/policies")
                    .Last()
                    .Items("operations")
                    .Last()["name"] = "/internal/orders/*/close"
        ),
        ["no workflow access policy"] = new(
            nameof(DaprRules.WorkflowsHaveOneStore),
            i => i.Manifests.Remove(i.The("WorkflowAccessPolicy", "orders"))
        ),
        ["a circuit breaker that a sold-out show opens"] = new(
            nameof(DaprRules.ResiliencyIsSound),
            i => i.The("Resiliency", "ticketing").At("spec/targets/apps/tickets")!["circuitBreaker"] = "component"
        ),
        ["retries of refusals"] = new(
            nameof(DaprRules.ResiliencyIsSound),
            i => ((JsonObject)Policy(i, "retries/app")).Remove("matching")
        ),
        ["a policy that is not defined"] = new(
            nameof(DaprRules.ResiliencyIsSound),
            i => i.The("Resiliency", "ticketing").At("spec/targets/apps/orders")!["timeout"] = "fast"
        ),
        ["no inbound policy"] = new(
            nameof(DaprRules.ResiliencyIsSound),
            i => ((JsonObject)i.The("Resiliency", "ticketing").At("spec/targets/components/pubsub")!).Remove("inbound")
        ),
        ["an open door between services"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i => i.The("Configuration", "payments").At("spec/accessControl")!["defaultAction"] = "allow"
        ),
        ["a caller that is not let in"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i => List(i.The("Configuration", "payments"), "spec/accessControl/policies").RemoveAt(1)
        ),
        ["a caller that never calls"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i => i.The("Configuration", "payments").Items("spec/accessControl/policies").Last()["appId"] = "events"
        ),
        ["the Gateway inside a service"] = new(
            nameof(DaprRules.CallersAreAllowed),
            i =>
                i.The("Configuration", "tickets")
                    .Items("spec/accessControl/policies")
                    .First()
                    .Items("operations")
                    .First()["name"] = "/**"
        ),
        ["a secret that another service owns"] = new(
            nameof(DaprRules.SecretsAreScoped),
            i =>
                List(i.The("Configuration", "orders").Items("spec/secrets/scopes").First(), "allowedSecrets")
                    .Add("ticket-signing-key")
        ),
        ["every secret by default"] = new(
            nameof(DaprRules.SecretsAreScoped),
            i => i.The("Configuration", "users").Items("spec/secrets/scopes").First()["defaultAccess"] = "allow"
        ),
        ["an API that the app needs and may not use"] = new(
            nameof(DaprRules.ApisAreThoseInUse),
            i => List(i.The("Configuration", "tickets"), "spec/api/allowed").RemoveAt(1)
        ),
        ["an API too many"] = new(
            nameof(DaprRules.ApisAreThoseInUse),
            i => List(i.The("Configuration", "products"), "spec/api/allowed").Add(Api("secrets", "v1", "grpc"))
        ),
        ["a version that Dapr does not know, which opens the protocol"] = new(
            nameof(DaprRules.ApisAreThoseInUse),
            i => i.The("Configuration", "users").Items("spec/api/allowed").Last()["version"] = "v1.0"
        ),
        ["a protocol left open"] = new(
            nameof(DaprRules.ApisAreThoseInUse),
            i => List(i.The("Configuration", "gateway"), "spec/api/allowed").RemoveAt(1)
        ),
        ["sidecars that all restart at once"] = new(
            nameof(DaprRules.SidecarsChangeWithTheirPods),
            i => ((JsonObject)i.The("Configuration", "orders")["spec"]!).Remove("features")
        ),
        ["pods that keep an old configuration"] = new(
            nameof(DaprRules.SidecarsChangeWithTheirPods),
            i => Annotations(i, "orders").Remove("checksum/dapr")
        ),
        ["all pods in one wave"] = new(
            nameof(WorkloadRules.RolloutsComeInWaves),
            i => i.The("Deployment", "gateway").At("spec/strategy/rollingUpdate")!["maxSurge"] = "100%"
        ),
        ["waves that nobody can watch"] = new(
            nameof(WorkloadRules.RolloutsComeInWaves),
            i => i.The("Deployment", "tickets")["spec"]!["minReadySeconds"] = 0
        ),
        ["a rollout given up before its first wave is over"] = new(
            nameof(WorkloadRules.RolloutsComeInWaves),
            i => i.The("Deployment", "tickets")["spec"]!["progressDeadlineSeconds"] = 300
        ),
        ["an account that nobody makes"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.Manifests.Remove(i.The("ServiceAccount", "orders"))
        ),
        ["a priority that nobody makes"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.Manifests.Remove(i.The("PriorityClass", "ticketing-sale"))
        ),
        ["a Secret that nobody makes"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.Manifests.Remove(i.The("ExternalSecret", "users-database"))
        ),
        ["a priority that every release would make"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.The("PriorityClass", "ticketing-sale")["metadata"]!["name"] = "sale"
        ),
        ["a right in every namespace that every release would make"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.Manifests.Add(Json("""{"kind": "ClusterRole", "metadata": {"name": "reader"}}""").AsObject())
        ),
        ["an autoscaler of nothing"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.The("ScaledObject", "orders").At("spec/scaleTargetRef")!["name"] = "order"
        ),
        ["a budget of nothing"] = new(
            nameof(ReferenceRules.NothingDangles),
            i =>
                i.The("PodDisruptionBudget", "orders").At("spec/selector/matchLabels")!["app.kubernetes.io/name"] =
                    "order"
        ),
        ["a policy about nothing"] = new(
            nameof(ReferenceRules.NothingDangles),
            i =>
                i.The("NetworkPolicy", "tickets").At("spec/podSelector/matchLabels")!["app.kubernetes.io/name"] =
                    "ticket"
        ),
        ["a way in to another port"] = new(
            nameof(ReferenceRules.NothingDangles),
            i => i.The("Service", "gateway").Items("spec/ports").First()["name"] = "web"
        ),
        ["a release that nobody tests"] = new(
            nameof(ReferenceRules.TheReleaseIsTested),
            i => i.Manifests.Remove(i.The("Pod", "chart-test"))
        ),
        ["a test that cannot fail"] = new(
            nameof(ReferenceRules.TheReleaseIsTested),
            i => Without(List(i.The("Pod", "chart-test").Items("spec/containers").Single(), "args"), "--fail")
        ),
        ["a test that the network stops"] = new(
            nameof(ReferenceRules.TheReleaseIsTested),
            i => i.The("Pod", "chart-test").At("metadata/labels")!["app.kubernetes.io/name"] = "test"
        ),
        ["a subscription that old pods would take, too"] = new(
            nameof(DaprRules.SubscriptionsComeFromTheCode),
            i =>
                i.Manifests.Add(
                    new JsonObject
                    {
                        ["apiVersion"] = "dapr.io/v2alpha1",
                        ["kind"] = "Subscription",
                        ["metadata"] = new JsonObject { ["name"] = "order-fulfilled" },
                    }
                )
        ),
        ["a password in the open"] = new(
            nameof(WorkloadRules.SecretsAreReferences),
            i =>
                Variable(i, "orders", "ConnectionStrings__Database")
                    .ReplaceWith(
                        new JsonObject { ["name"] = "ConnectionStrings__Database", ["value"] = "Host=db;Password=x" }
                    )
        ),
        ["a database password in a component"] = new(
            nameof(WorkloadRules.SecretsAreReferences),
            i =>
                Metadata(i, "workflowstore", "connectionString")
                    .ReplaceWith(Named("connectionString", "postgres://a:b@db/workflows"))
        ),
        ["static keys for AWS"] = new(
            nameof(WorkloadRules.SecretsAreReferences),
            i => List(i.The("Component", "ticket-files"), "spec/metadata").Add(Named("secretKey", "abc"))
        ),
        ["a service that records other traces than its sidecar"] = new(
            nameof(WorkloadRules.EnvironmentIsKnown),
            i => Variable(i, "orders", "Traces__SampleRatio")["value"] = "0.5"
        ),
        ["a misspelt setting"] = new(
            nameof(WorkloadRules.EnvironmentIsKnown),
            i => Variable(i, "users", "Users__Provider")["name"] = "Users__Provder"
        ),
        ["a setting of another service"] = new(
            nameof(WorkloadRules.EnvironmentIsKnown),
            i => List(App(i, "events"), "env").Add(Named("Orders__PaymentWindowSeconds", "60"))
        ),
        ["no database"] = new(
            nameof(WorkloadRules.EnvironmentIsKnown),
            i => List(App(i, "tickets"), "env").Remove(Variable(i, "tickets", "ConnectionStrings__Database"))
        ),
        ["a sidecar without what its components read"] = new(
            nameof(WorkloadRules.SidecarsAreSetUp),
            i => Annotations(i, "tickets")["dapr.io/env"] = "AWS_REGION=sa-east-1,AWS_ACCOUNT_ID=111122223333"
        ),
        ["a database that is not verified"] = new(
            nameof(WorkloadRules.SidecarsAreSetUp),
            i => Annotations(i, "orders").Remove("dapr.io/volume-mounts")
        ),
        ["no sidecar"] = new(
            nameof(WorkloadRules.SidecarsAreSetUp),
            i => Annotations(i, "orders").Remove("dapr.io/enabled")
        ),
        ["messages for an app that is not ready"] = new(
            nameof(WorkloadRules.SidecarsAreSetUp),
            i => Annotations(i, "orders")["dapr.io/enable-app-health-check"] = "false"
        ),
        ["an app that anybody may play the sidecar to"] = new(
            nameof(WorkloadRules.SidecarsAreSetUp),
            i => Annotations(i, "payments").Remove("dapr.io/app-token-secret")
        ),
        ["another's app id"] = new(
            nameof(WorkloadRules.EveryServiceIsWhole),
            i => Annotations(i, "payments")["dapr.io/app-id"] = "payment"
        ),
        ["another's Dapr configuration"] = new(
            nameof(WorkloadRules.EveryServiceIsWhole),
            i => Annotations(i, "payments")["dapr.io/config"] = "orders"
        ),
        ["another's account"] = new(
            nameof(WorkloadRules.EveryServiceIsWhole),
            i => i.The("Deployment", "payments").At("spec/template/spec")!["serviceAccountName"] = "default"
        ),
        ["a rollout that takes pods away first"] = new(
            nameof(WorkloadRules.EveryServiceIsWhole),
            i => i.The("Deployment", "gateway").At("spec/strategy/rollingUpdate")!["maxUnavailable"] = 1
        ),
        ["root"] = new(
            nameof(WorkloadRules.PodsAreHardened),
            i => i.The("Deployment", "gateway").At("spec/template/spec/securityContext")!["runAsNonRoot"] = false
        ),
        ["a writable root"] = new(
            nameof(WorkloadRules.PodsAreHardened),
            i => App(i, "users")["securityContext"]!["readOnlyRootFilesystem"] = false
        ),
        ["no memory limit"] = new(
            nameof(WorkloadRules.PodsAreHardened),
            i => ((JsonObject)App(i, "users")["resources"]!).Remove("limits")
        ),
        ["names looked for under every domain"] = new(
            nameof(WorkloadRules.PodsAreHardened),
            i => ((JsonObject)i.The("Deployment", "orders").At("spec/template/spec")!).Remove("dnsConfig")
        ),
        ["a CPU limit"] = new(
            nameof(WorkloadRules.PodsAreHardened),
            i => App(i, "users")["resources"]!["limits"]!["cpu"] = "1"
        ),
        ["restarts when the database is away"] = new(
            nameof(WorkloadRules.ProbesDiffer),
            i => App(i, "orders").At("livenessProbe/httpGet")!["path"] = "/healthz/ready"
        ),
        ["a grace period that is too short"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => i.The("Deployment", "orders").At("spec/template/spec")!["terminationGracePeriodSeconds"] = 30
        ),
        ["a sidecar that leaves before its handlers"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => Annotations(i, "orders")["dapr.io/graceful-shutdown-seconds"] = "5"
        ),
        ["no drain"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => List(App(i, "gateway"), "env").Remove(Variable(i, "gateway", "Drain__Seconds"))
        ),
        ["a drain that the sidecar does not notice in time"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => Annotations(i, "orders")["dapr.io/app-health-threshold"] = "6"
        ),
        ["a host that gives up before the last message"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => Variable(i, "orders", "DOTNET_shutdownTimeoutSeconds")["value"] = "30"
        ),
        ["a pause in which the application says that it is ready"] = new(
            nameof(WorkloadRules.PodsDrain),
            i => App(i, "orders")["lifecycle"] = Json("""{"preStop": {"sleep": {"seconds": 20}}}""")
        ),
        ["no disruption budget"] = new(
            nameof(WorkloadRules.PodsAreSpread),
            i => i.Manifests.Remove(i.The("PodDisruptionBudget", "payments"))
        ),
        ["a budget that blocks every node"] = new(
            nameof(WorkloadRules.PodsAreSpread),
            i => i.The("PodDisruptionBudget", "payments")["spec"]!["maxUnavailable"] = 0
        ),
        ["all in one zone"] = new(
            nameof(WorkloadRules.PodsAreSpread),
            i => List(i.The("Deployment", "tickets"), "spec/template/spec/topologySpreadConstraints").RemoveAt(0)
        ),
        ["a spread of other pods"] = new(
            nameof(WorkloadRules.PodsAreSpread),
            i =>
                i.The("Deployment", "tickets")
                    .Items("spec/template/spec/topologySpreadConstraints")
                    .First()
                    .At("labelSelector/matchLabels")!["app.kubernetes.io/name"] = "orders"
        ),
        ["three zones or nothing"] = new(
            nameof(WorkloadRules.PodsAreSpread),
            i =>
                i.The("Deployment", "tickets").Items("spec/template/spec/topologySpreadConstraints").First()[
                    "minDomains"
                ] = 3
        ),
        ["two scalers"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i => i.The("HorizontalPodAutoscaler", "users").At("spec/scaleTargetRef")!["name"] = "orders"
        ),
        ["a workflow app that sleeps"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i => i.The("ScaledObject", "orders")["spec"]!["minReplicaCount"] = 0
        ),
        ["fewer replicas when the queue cannot be seen"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i => ((JsonObject)i.The("ScaledObject", "orders").At("spec/fallback")!).Remove("behavior")
        ),
        ["the depth of another queue"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i =>
                i.The("ScaledObject", "orders").Items("spec/triggers").First().At("metadata")!["queueURL"] =
                    "https://sqs.sa-east-1.amazonaws.com/111122223333/orders"
        ),
        ["an on-sale of more than there may be"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i =>
                ((JsonArray)i.The("ScaledObject", "orders").At("spec/triggers")!).Add(
                    JsonNode.Parse(
                        """{ "type": "cron", "metadata": { "start": "a", "end": "b", "desiredReplicas": "21" } }"""
                    )
                )
        ),
        ["replicas that fight the scaler"] = new(
            nameof(WorkloadRules.ScalingIsSound),
            i => i.The("Deployment", "orders")["spec"]!["replicas"] = 3
        ),
        ["a replica count in quotes"] = new(
            nameof(DaprRules.FieldsAreKnown),
            i => i.The("ScaledObject", "orders")["spec"]!["minReplicaCount"] = "3"
        ),
        ["no migration"] = new(
            nameof(WorkloadRules.DatabasesAreMigrated),
            i => i.Manifests.Remove(i.The("Job", "payments-migrate"))
        ),
        ["a migration after the rollout"] = new(
            nameof(WorkloadRules.DatabasesAreMigrated),
            i => i.The("Job", "payments-migrate").At("metadata/annotations")!["helm.sh/hook"] = "post-upgrade"
        ),
        ["a migration that the budget counts"] = new(
            nameof(WorkloadRules.DatabasesAreMigrated),
            i =>
                i.The("Job", "payments-migrate").At("spec/template/metadata/labels")!["app.kubernetes.io/name"] =
                    "payments"
        ),
        ["a version in the selector"] = new(
            nameof(WorkloadRules.SelectorsFindTheirPods),
            i => i.The("Deployment", "users").At("spec/selector/matchLabels")!["app.kubernetes.io/version"] = "0.1.0"
        ),
        ["an open network"] = new(
            nameof(WorkloadRules.NetworkIsClosed),
            i => i.Manifests.Remove(i.The("NetworkPolicy", "default-deny"))
        ),
        ["a network that lets in more than Dapr does"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i => AddPeer(i, "payments", 0, Peer("products"))
        ),
        ["a neighbour's port by another name"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i =>
                List(i.The("NetworkPolicy", "payments"), "spec/ingress")
                    .Add(Json("""{"from": [{"podSelector": {}}], "ports": [{"port": "http"}]}"""))
        ),
        ["a range that holds the sidecar's port"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i =>
                List(i.The("NetworkPolicy", "payments"), "spec/ingress")
                    .Add(Json("""{"from": [{"podSelector": {}}], "ports": [{"port": 50000, "endPort": 50010}]}"""))
        ),
        ["a service on the street"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i => AddPeer(i, "payments", 0, Json("""{"ipBlock": {"cidr": "0.0.0.0/0"}}"""))
        ),
        ["every namespace"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i => AddPeer(i, "orders", 0, Json("""{"namespaceSelector": {}}"""))
        ),
        ["the node's credentials within reach"] = new(
            nameof(NetworkRules.NothingElsePasses),
            i =>
            {
                foreach (var to in i.The("NetworkPolicy", "common").Items("spec/egress").SelectMany(e => e.Items("to")))
                    (to.At("ipBlock") as JsonObject)?.Remove("except");
            }
        ),
        ["workflows whose replicas do not reach each other"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i =>
            {
                var from = List(i.The("NetworkPolicy", "orders").Items("spec/ingress").First(), "from");
                from.Remove(from.Single(p => p!.ToJsonString().Contains("\"orders\"")));
            }
        ),
        ["a caller that the network stops"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i =>
                i.The("NetworkPolicy", "payments")
                    .Items("spec/ingress")
                    .First()
                    .Items("from")
                    .First()
                    .At("podSelector/matchLabels")!["app.kubernetes.io/name"] = "products"
        ),
        ["Dapr's Service port instead of its pods'"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i =>
                i.The("NetworkPolicy", "common")
                    .Items("spec/egress")
                    .SelectMany(e => e.Items("ports"))
                    .First(p => p.Number("port") == 6500)["port"] = 443
        ),
        ["names by TCP only"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i =>
                i.The("NetworkPolicy", "common")
                    .Items("spec/egress")
                    .SelectMany(e => e.Items("ports"))
                    .First(p => p.Text("protocol") == "UDP")["protocol"] = "TCP"
        ),
        ["policies for another VPC"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i =>
                i.The("NetworkPolicy", "database").Items("spec/egress").First().Items("to").First().At("ipBlock")![
                    "cidr"
                ] = "10.77.0.0/16"
        ),
        ["old TLS"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Ingress(i).Remove("alb.ingress.kubernetes.io/ssl-policy")
        ),
        ["the load balancer of another VPC"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Variable(i, "gateway", "Gateway__TrustedProxies__0")["value"] = "10.77.0.0/16"
        ),
        ["a target group that lets go of nothing for five minutes"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i =>
                ((JsonObject)i.The("Ingress", "gateway-logged-in").At("metadata/annotations")!).Remove(
                    "alb.ingress.kubernetes.io/target-group-attributes"
                )
        ),
        ["accounts of the demo for the whole internet"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Ingress(i).Remove("alb.ingress.kubernetes.io/inbound-cidrs"),
            "dev-eks"
        ),
        ["no firewall"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Ingress(i).Remove("alb.ingress.kubernetes.io/wafv2-acl-arn")
        ),
        ["a firewall that only watches"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Ingress(i).Remove("nginx.ingress.kubernetes.io/modsecurity-snippet"),
            "dev"
        ),
        ["a firewall without rules"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => Ingress(i)["nginx.ingress.kubernetes.io/enable-owasp-core-rules"] = "false",
            "dev"
        ),
        ["another host name than the links'"] = new(
            nameof(WorkloadRules.TheWayInIsGuarded),
            i => i.The("Ingress", "gateway").Items("spec/rules").First()["host"] = "www.example.com"
        ),
        ["passwords for tokens in production"] = new(
            nameof(WorkloadRules.ProductionIsNoDevelopment),
            i => List(App(i, "users"), "env").Add(Named("Users__PasswordGrant", "true"))
        ),
        ["one role for two services"] = new(
            nameof(WorkloadRules.ProductionIsNoDevelopment),
            i =>
                i.The("ServiceAccount", "orders").At("metadata/annotations")!["eks.amazonaws.com/role-arn"] =
                    "arn:aws:iam::111122223333:role/ticketing-production-payments"
        ),
        ["an alert that nobody is told of"] = new(
            nameof(ObservabilityRules.AlertsAreActionable),
            i => Rule(i, "OutboxLags")["labels"]!["severity"] = "critical"
        ),
        ["an alert without a runbook"] = new(
            nameof(ObservabilityRules.AlertsAreActionable),
            i => Rule(i, "OutboxLags")["alert"] = "OutboxesLag"
        ),
        ["an alert that says nothing"] = new(
            nameof(ObservabilityRules.AlertsAreActionable),
            i => ((JsonObject)Rule(i, "OutboxLags")["annotations"]!).Remove("summary")
        ),
        ["an alert on a misspelt metric"] = new(
            nameof(ObservabilityRules.RulesLookAtThisInstallation),
            i => Rule(i, "OutboxLags")["expr"] = "ticketing_outbox_oldest_seconds > 60"
        ),
        ["an alert on a job that nothing has"] = new(
            nameof(ObservabilityRules.RulesLookAtThisInstallation),
            i => Rule(i, "TargetDown")["expr"] = "up{job=\"orders\"} == 0"
        ),
        ["an alert on another namespace"] = new(
            nameof(ObservabilityRules.RulesLookAtThisInstallation),
            i =>
                Rule(i, "ServiceDown")["expr"] = "kube_deployment_status_replicas_available{namespace=\"tickets\"} == 0"
        ),
        ["a monitor of another port"] = new(
            nameof(ObservabilityRules.MonitorsFindTheirTargets),
            i => i.The("PodMonitor", "ticketing").Items("spec/podMetricsEndpoints").First()["port"] = "http"
        ),
        ["a service that counts elsewhere"] = new(
            nameof(ObservabilityRules.MonitorsFindTheirTargets),
            i => Variable(i, "orders", "Metrics__Port")["value"] = "9465"
        ),
        ["figures for everybody"] = new(
            nameof(ObservabilityRules.MonitorsFindTheirTargets),
            i =>
                List(i.The("Service", "orders"), "spec/ports")
                    .Add(new JsonObject { ["name"] = "metrics", ["port"] = 9464 })
        ),
        ["figures that Prometheus does not reach"] = new(
            nameof(ObservabilityRules.MonitorsFindTheirTargets),
            i => List(i.The("NetworkPolicy", "common").Items("spec/ingress").First(), "ports").RemoveAt(0)
        ),
        ["a monitor of another release"] = new(
            nameof(ObservabilityRules.NeighboursAreFound),
            i =>
                i.The("ServiceMonitor", "postgres-exporter").At("spec/selector/matchLabels")![
                    "app.kubernetes.io/instance"
                ] = "exporter"
        ),
        ["a port that the collector does not open"] = new(
            nameof(ObservabilityRules.NeighboursAreFound),
            i => i.The("ServiceMonitor", "otel-collector").Items("spec/endpoints").First()["port"] = "prometheus"
        ),
        ["a dashboard of a misspelt metric"] = new(
            nameof(ObservabilityRules.DashboardsAreWhole),
            i =>
            {
                var data = i.The("ConfigMap", "dashboard-saga")["data"]!;
                data["ticketing-saga.json"] = data.Text("ticketing-saga.json")
                    .Replace("ticketing_outbox_pending", "ticketing_outbox_waiting");
            }
        ),
        ["a dashboard that Grafana does not find"] = new(
            nameof(ObservabilityRules.DashboardsAreWhole),
            i => ((JsonObject)i.The("ConfigMap", "dashboard-saga").At("metadata/labels")!).Remove("grafana_dashboard")
        ),
        ["more replicas than the database has connections for"] = new(
            nameof(CapacityRules.TheDatabaseHasAConnectionForEach),
            i => i.The("ScaledObject", "orders")["spec"]!["maxReplicaCount"] = 20,
            "staging"
        ),
        ["production's requests on dev's nodes"] = new(
            nameof(CapacityRules.TheNodesHoldThePods),
            i =>
            {
                foreach (var d in i.Deployments)
                    Installation.AppOf(d).At("resources/requests")!["cpu"] = "500m";
            },
            "dev-eks"
        ),
        ["a load balancer past the Ingress"] = new(
            nameof(CapacityRules.TheQuotaBearsARollout),
            i => i.The("Service", "gateway")["spec"]!["type"] = "LoadBalancer"
        ),
        ["a volume of a service"] = new(
            nameof(CapacityRules.TheQuotaBearsARollout),
            i => i.Manifests.Add(Json("""{"kind": "PersistentVolumeClaim"}""").AsObject())
        ),
        ["a hotfix that the quota holds up"] = new(
            nameof(CapacityRules.TheQuotaBearsARollout),
            i => i.The("HorizontalPodAutoscaler", "events")["spec"]!["maxReplicas"] = 24
        ),
        ["a sidecar that the namespace gives less than it asks for"] = new(
            nameof(CapacityRules.ContainersFitTheLimits),
            i =>
            {
                Annotations(i, "orders").Remove("dapr.io/sidecar-memory-limit");
                Annotations(i, "orders")["dapr.io/sidecar-memory-request"] = "512Mi";
            }
        ),
        ["a migration that the namespace gives less than it asks for"] = new(
            nameof(CapacityRules.ContainersFitTheLimits),
            i =>
            {
                var resources = Installation.AppOf(i.The("Job", "orders-migrate"))["resources"]!.AsObject();
                resources.Remove("limits");
                resources["requests"]!["memory"] = "384Mi";
            }
        ),
        ["a container before the others"] = new(
            nameof(CapacityRules.ContainersFitTheLimits),
            i =>
                i.The("Deployment", "orders").At("spec/template/spec")!["initContainers"] = Json(
                    """[{"name": "wait", "resources": {"limits": {"memory": "32Mi"}, "requests": {"memory": "64Mi"}}}]"""
                )
        ),
        ["a test that asks for more than it may have"] = new(
            nameof(CapacityRules.ContainersFitTheLimits),
            i =>
                i.The("Pod", "chart-test").Items("spec/containers").Single()["resources"]!["requests"]!["memory"] =
                    "1Gi"
        ),
        ["a quota that stops a rollout"] = new(
            nameof(CapacityRules.TheQuotaBearsARollout),
            i => i.The("HorizontalPodAutoscaler", "gateway")["spec"]!["maxReplicas"] = 200
        ),
        ["a provider out of reach"] = new(
            nameof(NetworkRules.WhatMustPassPasses),
            i => List(i.The("NetworkPolicy", "sandbox"), "spec/ingress").RemoveAt(1),
            "staging"
        ),
        ["a real key in the emulator's place"] = new(
            nameof(WorkloadRules.SecretsAreReferences),
            i => Metadata(i, "pubsub", "secretKey")["value"] = "wJalrXUtnFEMI",
            "dev"
        ),
    };

    public static TheoryData<string> EachMistake => [.. Mistakes.Keys];

    [Theory, MemberData(nameof(EachMistake))]
    public async Task A_planted_mistake_is_found(string mistake)
    {
        var (rule, plant, environment) = Mistakes[mistake];
        var installation = (await ChartTests.OfAsync(environment)).Copy();
        Assert.Empty(Rules.All[rule](installation));
        plant(installation);
        Assert.NotEmpty(Rules.All[rule](installation));
    }

    [Fact]
    public void Every_rule_has_found_a_mistake() =>
        Assert.Empty(Rules.All.Keys.Except(Mistakes.Values.Select(m => m.Rule)));

    private static JsonObject Named(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static JsonObject Api(string name, string version, string protocol) =>
        new()
        {
            ["name"] = name,
            ["version"] = version,
            ["protocol"] = protocol,
        };

    private static JsonNode Metadata(Installation i, string component, string name) =>
        i.The("Component", component).Items("spec/metadata").Single(m => m.Text("name") == name);

    private static void Replace(Installation i, string scopes, string old, string by)
    {
        var item = Metadata(i, "pubsub", scopes);
        Assert.Contains(old, item.Text("value"));
        item["value"] = item.Text("value").Replace(old, by, StringComparison.Ordinal);
    }

    private static JsonNode Rule(Installation i, string alert) =>
        ObservabilityRules.RulesOf(i).First(r => r.Text("alert") == alert);

    private static JsonNode Policy(Installation i, string path) =>
        i.The("Resiliency", "ticketing").At($"spec/policies/{path}")!;

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;

    private static JsonNode Peer(string app) =>
        new JsonObject
        {
            ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app.kubernetes.io/name"] = app } },
        };

    private static void AddPeer(Installation i, string policy, int rule, JsonNode peer) =>
        List(i.The("NetworkPolicy", policy).Items("spec/ingress").ElementAt(rule), "from").Add(peer);

    private static JsonArray List(JsonNode node, string path) => (JsonArray)node.At(path)!;

    private static void Without(JsonArray list, string text) => list.Remove(list.Single(n => n!.ToString() == text));

    private static JsonNode App(Installation i, string name) => Installation.AppOf(i.The("Deployment", name));

    private static JsonNode Variable(Installation i, string app, string name) =>
        App(i, app).Items("env").Single(v => v.Text("name") == name);

    private static JsonObject Annotations(Installation i, string app) =>
        (JsonObject)i.The("Deployment", app).At("spec/template/metadata/annotations")!;

    private static JsonObject Ingress(Installation i) =>
        (JsonObject)i.The("Ingress", "gateway").At("metadata/annotations")!;

    private static void Move(JsonObject node, string field, string to)
    {
        var value = node[field];
        node.Remove(field);
        node[to]![field] = value;
    }
}
