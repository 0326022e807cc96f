using System.Net;
using System.Net.Http.Json;
using Dapr;
using Dapr.Workflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Ticketing.TestKit;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Names and labels as daprd 1.18 has them (pkg/diagnostics), so that dashboards and alerts hold for both.</summary>
public sealed class MetricsTests
{
    private const string Impatient = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: { name: impatient }
        spec:
          type: pubsub.embedded
          version: v1
          metadata:
            - { name: maxDeliveries, value: "2" }
            - { name: firstRetry, value: 10ms }
            - { name: lastRetry, value: 10ms }
        scopes: [alpha]
        """;

    [Fact]
    public async Task Publishing_and_deliveries_are_counted_by_topic_and_end()
    {
        await using var apps = await TwoApps.CreateAsync(resources: Impatient);
        await apps.StartAppAsync(
            "alpha",
            app =>
            {
                app.MapPost("/good", () => Results.Ok()).WithTopic("impatient", "good");
                app.MapPost("/bad", () => Results.StatusCode(500)).WithTopic("impatient", "bad");
                app.MapPost("/gone", () => Results.NotFound()).WithTopic("impatient", "gone");
            }
        );
        using var dapr = apps.Client("alpha");
        foreach (var topic in new[] { "good", "bad", "gone" })
            await dapr.PublishEventAsync("impatient", topic, new { n = 1 });
        await Assert.ThrowsAsync<DaprException>(() =>
            dapr.PublishEventAsync("impatient", "good", new string('x', 300_000))
        );

        double Ingress(Scrape s, string topic, string status) =>
            s.Sum(
                "dapr_component_pubsub_ingress_count",
                ("app_id", "alpha"),
                ("component", "impatient"),
                ("topic", topic),
                ("process_status", status)
            );
        await Eventually.HoldsAsync(async () =>
        {
            var scrape = await apps.ScrapeAsync();
            Assert.True(
                Ingress(scrape, "good", "success") == 1
                    && Ingress(scrape, "bad", "retry") == 2
                    && Ingress(scrape, "gone", "drop") == 1
            );
            Assert.Equal(
                3,
                scrape.Sum(
                    "dapr_component_pubsub_egress_count",
                    ("app_id", "alpha"),
                    ("component", "impatient"),
                    ("success", "true")
                )
            );
            Assert.Equal(4, scrape.Sum("dapr_component_pubsub_ingress_latencies_count", ("app_id", "alpha")));
            Assert.Contains(
                scrape.Of("dapr_component_pubsub_ingress_latencies_bucket"),
                s => s.Labels["le"] == "100000"
            );
            Assert.Equal("counter", scrape.Types["dapr_component_pubsub_ingress_count"]);
            Assert.Equal("histogram", scrape.Types["dapr_component_pubsub_ingress_latencies"]);
        });
    }

    [Fact]
    public async Task State_bindings_secrets_and_the_api_itself_are_counted()
    {
        await using var apps = await TwoApps.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(apps.Folder.FullName, "secrets.json"), """{ "known": "value" }""");
        using var dapr = apps.Client("alpha");
        await dapr.SaveStateAsync("statestore", "a", 1);
        await dapr.GetStateAsync<int>("statestore", "a");
        await dapr.GetStateAsync<int>("statestore", "b");
        await dapr.DeleteStateAsync("statestore", "a");
        await dapr.GetSecretAsync("secretstore", "known");
        await Assert.ThrowsAsync<DaprException>(() => dapr.GetSecretAsync("secretstore", "none"));
        await dapr.InvokeBindingAsync(
            "ticket-files",
            "create",
            "text",
            new Dictionary<string, string> { ["key"] = "a.txt" }
        );
        using var http = apps.Http("alpha");
        await http.PostAsJsonAsync("/v1.0/state/statestore", new[] { new { key = "c", value = 1 } });
        await http.GetAsync("/v1.0/state/statestore/c");
        await http.GetAsync("/v1.0/state/nowhere/c");

        await Eventually.HoldsAsync(async () =>
        {
            var scrape = await apps.ScrapeAsync();
            double Done(string kind, string component, string operation, string success) =>
                scrape.Sum(
                    $"dapr_component_{kind}_count",
                    ("app_id", "alpha"),
                    ("component", component),
                    ("operation", operation),
                    ("success", success)
                );
            Assert.Equal(2, Done("state", "statestore", "set", "true"));
            Assert.Equal(3, Done("state", "statestore", "get", "true"));
            Assert.Equal(1, Done("state", "statestore", "delete", "true"));
            Assert.Equal(1, Done("secret", "secretstore", "get", "true"));
            Assert.Equal(1, Done("secret", "secretstore", "get", "false"));
            Assert.Equal(1, Done("output_binding", "ticket-files", "create", "true"));
            Assert.Equal(
                (1, 1, 1),
                (
                    scrape.Sum("dapr_http_server_request_count", ("method", "POST"), ("status", "204")),
                    scrape.Sum("dapr_http_server_request_count", ("method", "GET"), ("status", "200")),
                    scrape.Sum("dapr_http_server_request_count", ("method", "GET"), ("status", "400"))
                )
            );
            Assert.Equal(
                2,
                scrape.Sum(
                    "dapr_grpc_io_server_completed_rpcs",
                    ("app_id", "alpha"),
                    ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/GetState"),
                    ("grpc_server_status", "OK")
                )
            );
            // What does not exist makes no series.
            Assert.DoesNotContain("nowhere", scrape.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Workflows_and_activities_are_counted_by_name_and_end()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var sum = await client.ScheduleNewWorkflowAsync(nameof(Sum), input: 3);
        await client.WaitForWorkflowCompletionAsync(sum);
        var failing = await client.ScheduleNewWorkflowAsync(nameof(Failing), input: "no luck");
        await client.WaitForWorkflowCompletionAsync(failing);
        var collecting = await client.ScheduleNewWorkflowAsync(nameof(Collecting), input: 5);
        await client.RaiseEventAsync(collecting, "ITEM", 1);
        await client.TerminateWorkflowAsync(collecting);
        await client.WaitForWorkflowCompletionAsync(collecting);

        double Ended(Scrape s, string workflow, string status) =>
            s.Sum(
                "dapr_runtime_workflow_execution_count",
                ("app_id", "alpha"),
                ("workflow_name", workflow),
                ("status", status)
            );
        var scrape = await Eventually.GetAsync(
            apps.TwoApps.ScrapeAsync,
            s => Ended(s, nameof(Collecting), "terminated") == 1
        );
        Assert.Equal((1, 1), (Ended(scrape, nameof(Sum), "success"), Ended(scrape, nameof(Failing), "failed")));
        double Activities(string name, string status) =>
            scrape.Sum("dapr_runtime_workflow_activity_execution_count", ("activity_name", name), ("status", status));
        Assert.Equal(3, Activities(nameof(Add), "success"));
        Assert.Equal(1, Activities(nameof(Throw), "failed"));
        Assert.Equal(3, scrape.Sum("dapr_runtime_workflow_execution_latency_count", ("app_id", "alpha")));
        double Operations(string operation) =>
            scrape.Sum("dapr_runtime_workflow_operation_count", ("operation", operation), ("status", "success"));
        Assert.Equal((3, 2), (Operations("create_workflow"), Operations("add_event")));
    }

    [Fact]
    public async Task The_metrics_port_serves_nothing_else_and_no_sidecar_serves_metrics()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var metrics = new HttpClient { BaseAddress = new($"http://127.0.0.1:{apps.MetricsPort}") };
        foreach (var path in new[] { "/", "/v1.0/healthz", "/v1.0/state/statestore/a" })
            Assert.Equal(HttpStatusCode.NotFound, (await metrics.GetAsync(path)).StatusCode);
        using var sidecar = apps.Http("alpha");
        Assert.Equal(HttpStatusCode.NotFound, (await sidecar.GetAsync("/metrics")).StatusCode);
    }
}
