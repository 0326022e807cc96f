using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ticketing.TestKit;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class PubSubTests
{
    private const string Impatient = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: { name: impatient }
        spec:
          type: pubsub.embedded
          version: v1
          metadata:
            - { name: maxDeliveries, value: "3" }
            - { name: firstRetry, value: 10ms }
            - { name: lastRetry, value: 20ms }
        scopes: [alpha]
        """;

    private sealed record Order(int Number);

    [Fact]
    public async Task A_published_event_reaches_every_subscriber_once()
    {
        await using var apps = await TwoApps.CreateAsync();
        var got = new ConcurrentQueue<(string App, int Number)>();
        foreach (var appId in new[] { "alpha", "beta" })
        {
            await apps.StartAppAsync(
                appId,
                app =>
                    app.MapPost("/orders", (Order order) => got.Enqueue((appId, order.Number)))
                        .WithTopic("pubsub", "orders")
            );
        }
        using var dapr = apps.Client("alpha");
        for (var i = 0; i < 100; i++)
        {
            await dapr.PublishEventAsync("pubsub", "orders", new Order(i));
        }
        await Waiting.UntilAsync(() => got.Count >= 200);
        Assert.Equal(Enumerable.Range(0, 100), got.Where(g => g.App == "alpha").Select(g => g.Number).Order());
        Assert.Equal(Enumerable.Range(0, 100), got.Where(g => g.App == "beta").Select(g => g.Number).Order());
    }

    [Fact]
    public async Task The_envelope_is_a_CloudEvent_as_daprd_writes_it()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(7));
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        var e = beta.All.Single();
        Assert.Equal("1.0", e["specversion"]);
        Assert.Equal("alpha", e["source"]);
        Assert.Equal("com.dapr.event.sent", e["type"]);
        Assert.Equal("application/json", e["datacontenttype"]);
        Assert.Equal("orders", e["topic"]);
        Assert.Equal("pubsub", e["pubsubname"]);
        Assert.Equal("""{"number":7}""", e.Data);
        Assert.NotEmpty(e["id"]!);
        Assert.Equal(e["traceid"], e["traceparent"]);
        Assert.Equal(e["traceparent"], e.Headers.TraceParent);
        Assert.Equal(apps.Declared("beta").AppApiToken, e.Headers["dapr-api-token"]);
    }

    [Fact]
    public async Task Metadata_overrides_the_envelope()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        var metadata = new Dictionary<string, string>
        {
            ["cloudevent.id"] = "my-id",
            ["cloudevent.type"] = "order.placed",
            ["cloudevent.source"] = "elsewhere",
            ["cloudevent.subject"] = "order 7",
            ["cloudevent.traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ["ttlInSeconds"] = "1000",
        };
        await dapr.PublishEventAsync("pubsub", "orders", new Order(7), metadata);
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        var e = beta.All.Single();
        Assert.Equal("my-id", e["id"]);
        Assert.Equal("order.placed", e["type"]);
        Assert.Equal("elsewhere", e["source"]);
        Assert.Equal("order 7", e["subject"]);
        Assert.Equal(metadata["cloudevent.traceparent"], e["traceparent"]);
        Assert.Equal(metadata["cloudevent.traceparent"], e.Headers.TraceParent);
        Assert.NotNull(e["expiration"]);
    }

    [Fact]
    public async Task Content_types_decide_how_data_is_carried()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishByteEventAsync("pubsub", "orders", new byte[] { 1, 2, 3 }, "application/octet-stream");
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        Assert.Equal("AQID", beta.All.Last()["data_base64"]);
        await dapr.PublishByteEventAsync("pubsub", "orders", "plain \"text\""u8.ToArray(), "text/plain");
        await Waiting.UntilAsync(() => beta.All.Count == 2);
        Assert.Equal("plain \"text\"", beta.All.Last().Data);
        await dapr.PublishByteEventAsync("pubsub", "orders", "{ no json"u8.ToArray(), "application/json");
        await Waiting.UntilAsync(() => beta.All.Count == 3);
        Assert.Equal("{ no json", beta.All.Last().Data);
        var own = """{ "specversion": "1.0", "id": "x", "type": "t", "source": "s", "data": { "a": 1 } }""";
        await dapr.PublishByteEventAsync(
            "pubsub",
            "orders",
            Encoding.UTF8.GetBytes(own),
            "application/cloudevents+json"
        );
        await Waiting.UntilAsync(() => beta.All.Count == 4);
        var passed = beta.All.Last();
        Assert.Equal(("x", "t", "s", "orders"), (passed["id"], passed["type"], passed["source"], passed["topic"]));
        await Assert.ThrowsAsync<DaprException>(() =>
            dapr.PublishByteEventAsync("pubsub", "orders", "[]"u8.ToArray(), "application/cloudevents+json")
        );
    }

    [Fact]
    public async Task Raw_messages_are_wrapped_when_they_are_delivered()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver
        {
            Subscriptions = """
                [{ "pubsubName": "pubsub", "topic": "raw", "metadata": { "rawPayload": "true" }, "routes": { "default": "on/raw" } }]
                """,
        };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync(
            "pubsub",
            "raw",
            new Order(1),
            new Dictionary<string, string> { ["rawPayload"] = "true" }
        );
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        var bytes = Convert.FromBase64String(beta.All.Single()["data_base64"]!);
        Assert.Equal("""{"number":1}""", Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task Bulk_publication_reaches_the_subscriber_over_gRPC_and_HTTP()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        var response = await dapr.BulkPublishEventAsync(
            "pubsub",
            "orders",
            Enumerable.Range(0, 500).Select(i => new Order(i)).ToList()
        );
        Assert.Empty(response.FailedEntries);
        using var http = apps.Http("alpha");
        using var bulk = new StringContent(
            """[{ "entryId": "1", "event": { "number": 500 }, "contentType": "application/json" }]""",
            Encoding.UTF8,
            "application/json"
        );
        var sent = await http.PostAsync("/v1.0/publish/bulk/pubsub/orders", bulk);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        using var one = new StringContent("""{"number":501}""", Encoding.UTF8, "application/json");
        sent = await http.PostAsync("/v1.0/publish/pubsub/orders?metadata.cloudevent.id=five", one);
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        await Waiting.UntilAsync(() => beta.All.Count >= 502);
        Assert.Equal(
            Enumerable.Range(0, 502),
            beta.All.Select(e => e.Envelope.GetProperty("data").GetProperty("number").GetInt32()).Order()
        );
        Assert.Contains(beta.All, e => e["id"] == "five");
    }

    [Theory]
    [InlineData("""{"status":"RETRY"}""", 200)]
    [InlineData("""{"status":"unheard of"}""", 200)]
    [InlineData("", 500)]
    [InlineData("", 400)]
    public async Task What_is_not_taken_comes_again_and_ends_in_the_dead_letter_topic(string body, int status)
    {
        await using var apps = await TwoApps.CreateAsync(resources: Impatient);
        var alpha = new Receiver
        {
            Subscriptions = """
                [{ "pubsubname": "impatient", "topic": "orders", "route": "on/orders", "deadLetterTopic": "dead" },
                 { "pubsubname": "impatient", "topic": "dead", "route": "on/dead" }]
                """,
            Answer = e => e.Path == "/on/orders" ? Results.Text(body, statusCode: status) : Results.Ok(),
        };
        await alpha.StartAsync(apps, "alpha");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("impatient", "orders", new Order(1));
        await Waiting.UntilAsync(() => alpha.On("dead").Any());
        Assert.Equal(3, alpha.On("orders").Count());
        Assert.Equal(alpha.On("orders").First()["id"], alpha.On("dead").Single()["id"]);
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }

    [Theory]
    [InlineData("""{"status":"DROP"}""", 200)]
    [InlineData("", 404)]
    public async Task What_is_dropped_goes_to_the_dead_letter_topic_at_once(string body, int status)
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver
        {
            Subscriptions = """
                [{ "pubsubname": "pubsub", "topic": "orders", "route": "on/orders", "deadLetterTopic": "dead" },
                 { "pubsubname": "pubsub", "topic": "dead", "route": "on/dead" }]
                """,
            Answer = e => e.Path == "/on/orders" ? Results.Text(body, statusCode: status) : Results.Ok(),
        };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(1));
        await Waiting.UntilAsync(() => beta.On("dead").Any());
        Assert.Single(beta.On("orders"));
    }

    private const string OrdersQueue =
        "pubsub_queue q JOIN pubsub_subscription s ON s.id = q.subscription_id WHERE s.topic = 'orders'";

    [Fact]
    public async Task A_dead_letter_that_nobody_takes_waits_until_its_app_asks_for_it()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver
        {
            Subscriptions = Receiver.Topic("orders", "beta-dead"),
            Answer = _ => Results.Text("""{"status":"DROP"}"""),
        };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        for (var i = 0; i < 3; i++)
        {
            await dapr.PublishEventAsync("pubsub", "orders", new Order(i));
        }
        await Waiting.UntilAsync(async () => beta.On("orders").Count() == 3 && await apps.CountAsync(OrdersQueue) == 0);
        await apps.StopAppAsync("beta");
        await apps.StopRuntimeAsync();
        await apps.StartRuntimeAsync();

        var mended = new Receiver { Subscriptions = Receiver.Topic("beta-dead") };
        await mended.StartAsync(apps, "beta");
        await Waiting.UntilAsync(() => mended.On("beta-dead").Count() == 3);
        Assert.Equal(
            beta.On("orders").Select(e => e["id"]).Order(),
            mended.On("beta-dead").Select(e => e["id"]).Order()
        );
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }

    [Theory]
    [InlineData("""{"status":"SUCCESS"}""")]
    [InlineData("""{"status":""}""")]
    [InlineData("""{"other":1}""")]
    [InlineData("no json")]
    public async Task Any_other_success_is_success(string body)
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders", "dead"), Answer = _ => Results.Text(body) };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(1));
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
        Assert.Single(beta.All);
    }

    [Fact]
    public async Task Without_a_dead_letter_topic_the_drop_is_logged_as_an_error()
    {
        await using var apps = await TwoApps.CreateAsync(resources: Impatient);
        var alpha = new Receiver
        {
            Subscriptions = """[{ "pubsubname": "impatient", "topic": "orders", "route": "on/orders" }]""",
            Answer = _ => Results.StatusCode(500),
        };
        await alpha.StartAsync(apps, "alpha");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("impatient", "orders", new Order(1));
        await Waiting.UntilAsync(async () => alpha.All.Count == 3 && await apps.CountAsync("pubsub_queue") == 0);
        Assert.Contains(apps.Logs.At(LogLevel.Error), l => l.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_expired_event_is_not_delivered()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync(
            "pubsub",
            "orders",
            new Order(1),
            new Dictionary<string, string> { ["ttlInSeconds"] = "1" }
        );
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        await beta.StartAsync(apps, "beta");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(2));
        await Waiting.UntilAsync(() => beta.All.Count >= 1);
        Assert.Equal("""{"number":2}""", beta.All.Single().Data);
    }

    [Fact]
    public async Task Routes_are_chosen_by_the_type_of_the_event()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver
        {
            Subscriptions = """
                [{ "pubsubname": "pubsub", "topic": "orders", "routes": {
                    "rules": [{ "match": "event.type == \"order.paid\"", "path": "/paid" }], "default": "/other" } }]
                """,
        };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync(
            "pubsub",
            "orders",
            new Order(1),
            new Dictionary<string, string> { ["cloudevent.type"] = "order.paid" }
        );
        await dapr.PublishEventAsync("pubsub", "orders", new Order(2));
        await Waiting.UntilAsync(() => beta.All.Count == 2);
        Assert.Equal(["/other", "/paid"], beta.All.Select(e => e.Path).Order());
    }

    [Fact]
    public async Task A_declared_subscription_counts_too()
    {
        await using var apps = await TwoApps.CreateAsync(
            resources: """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: orders }
            spec: { pubsubname: pubsub, topic: orders, routes: { default: /on/orders } }
            scopes: [beta]
            """
        );
        var beta = new Receiver();
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(1));
        await Waiting.UntilAsync(() => beta.On("orders").Any());
    }

    [Fact]
    public async Task What_is_published_before_an_app_was_ever_seen_waits_for_it()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        for (var i = 0; i < 50; i++)
        {
            await dapr.PublishEventAsync("pubsub", i % 2 == 0 ? "orders" : "others", new Order(i));
        }
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        await Waiting.UntilAsync(() => beta.All.Count >= 25);
        await dapr.PublishEventAsync("pubsub", "orders", new Order(99));
        await Waiting.UntilAsync(() => beta.All.Count >= 26);
        Assert.Equal(26, beta.All.Select(e => e["id"]).Distinct().Count());
    }

    [Fact]
    public async Task Deliveries_wait_for_an_app_that_is_down_without_using_up_attempts()
    {
        await using var apps = await TwoApps.CreateAsync(resources: Impatient);
        var alpha = new Receiver
        {
            Subscriptions = """[{ "pubsubname": "impatient", "topic": "orders", "route": "on/orders" }]""",
        };
        await alpha.StartAsync(apps, "alpha");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("impatient", "orders", new Order(0));
        await Waiting.UntilAsync(() => alpha.All.Count == 1);
        await apps.StopAppAsync("alpha");
        for (var i = 1; i <= 20; i++)
        {
            await dapr.PublishEventAsync("impatient", "orders", new Order(i));
        }
        await alpha.StartAsync(apps, "alpha");
        await Waiting.UntilAsync(() => alpha.All.Select(e => e["id"]).Distinct().Count() == 21);
    }

    [Fact]
    public async Task An_app_that_is_not_well_gets_nothing_and_loses_nothing()
    {
        await using var apps = await TwoApps.CreateAsync(start: false, Impatient);
        apps.Check("alpha", new AppHealth("/well", TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5), 2));
        await apps.StartRuntimeAsync();
        var alpha = new Receiver
        {
            Subscriptions =
                """[{ "pubsubname": "impatient", "topic": "orders", "route": "on/orders", "deadLetterTopic": "dead" }]""",
        };
        await alpha.StartAsync(apps, "alpha");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("impatient", "orders", new Order(0));
        await Waiting.UntilAsync(() => alpha.All.Count == 1);

        alpha.IsWell = false;
        await Waiting.UntilAsync(() =>
            apps.Logs.All.Any(l => l.Contains("alpha is not well", StringComparison.Ordinal))
        );
        // One that is delivered now would be given up after 30 ms.
        alpha.Answer = _ => Results.StatusCode(500);
        for (var i = 1; i <= 5; i++)
        {
            await dapr.PublishEventAsync("impatient", "orders", new Order(i));
        }
        var asked = alpha.Probes;
        await Waiting.UntilAsync(() => alpha.Probes > asked + 30);
        Assert.Single(alpha.All);

        alpha.Answer = _ => Results.Ok();
        alpha.IsWell = true;
        await Waiting.UntilAsync(() => alpha.On("orders").Select(e => e["id"]).Distinct().Count() == 6);
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }

    [Fact]
    public async Task As_many_deliveries_are_under_way_as_the_component_says()
    {
        const int limit = 5;
        await using var apps = await TwoApps.CreateAsync(
            resources: Impatient.Replace(
                "- { name: maxDeliveries, value: \"3\" }",
                $"- {{ name: concurrencyLimit, value: \"{limit}\" }}",
                StringComparison.Ordinal
            )
        );
        var all = new TaskCompletionSource();
        var inHand = 0;
        var most = 0;
        var alpha = new Receiver
        {
            Subscriptions = """[{ "pubsubname": "impatient", "topic": "orders", "route": "on/orders" }]""",
        };
        alpha.AnswerLater = async _ =>
        {
            var now = Interlocked.Increment(ref inHand);
            most = Math.Max(most, now);
            if (now == limit)
            {
                all.TrySetResult();
            }
            // Each waits for the others: one at a time none would ever be answered.
            await all.Task;
            Interlocked.Decrement(ref inHand);
        };
        await alpha.StartAsync(apps, "alpha");
        using var dapr = apps.Client("alpha");
        for (var i = 0; i < 3 * limit; i++)
        {
            await dapr.PublishEventAsync("impatient", "orders", new Order(i));
        }
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
        Assert.Equal(3 * limit, alpha.All.Count);
        Assert.Equal(limit, most);
    }

    [Fact]
    public async Task Dead_letters_stay_until_somebody_acts()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver
        {
            Subscriptions = Receiver.Topic("orders", "beta-dead"),
            Answer = _ => Results.Text("""{"status":"DROP"}"""),
        };
        await beta.StartAsync(apps, "beta");
        using var dapr = apps.Client("alpha");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(1));
        await Eventually.HoldsAsync(async () =>
            Assert.Equal(1, (await apps.ScrapeAsync()).Sum("dapr_embedded_dead_letters", ("topic", "beta-dead")))
        );
        await apps.StopRuntimeAsync();
        // A year goes by; what is held for an app that never came is swept at the start.
        await apps.ExecuteAsync(
            """
            UPDATE pubsub_subscription SET ended_at = now() - interval '1 year' WHERE topic = 'beta-dead';
            INSERT INTO pubsub_held (id, app_id, pubsub, topic, held_at, data)
                VALUES (1000000, 'nobody', 'pubsub', 'orders', now() - interval '1 year', '');
            """
        );
        await apps.StartRuntimeAsync();
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_held WHERE app_id = 'nobody'") == 0);
        Assert.Equal(1, await apps.CountAsync("pubsub_queue"));
        Assert.Equal(1, (await apps.ScrapeAsync()).Sum("dapr_embedded_dead_letters", ("app_id", "beta")));
    }

    [Fact]
    public async Task A_topic_nobody_wants_is_accepted_and_an_unknown_component_is_refused()
    {
        await using var apps = await TwoApps.CreateAsync(resources: Impatient);
        using var alpha = apps.Client("alpha");
        using var beta = apps.Client("beta");
        await alpha.PublishEventAsync("pubsub", "nobody", new Order(1));
        await Assert.ThrowsAsync<DaprException>(() => alpha.PublishEventAsync("nothing", "orders", new Order(1)));
        await Assert.ThrowsAsync<DaprException>(() => beta.PublishEventAsync("impatient", "orders", new Order(1)));
        await Assert.ThrowsAsync<DaprException>(() => alpha.PublishEventAsync("pubsub", "a\0b", new Order(1)));
        await Assert.ThrowsAsync<DaprException>(() =>
            alpha.PublishEventAsync("pubsub", "orders", new string('x', 256 * 1024))
        );
        using var http = apps.Http("alpha");
        var missing = await http.PostAsync("/v1.0/publish/nothing/orders", null);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("ERR_PUBSUB_NOT_FOUND", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_longer_than_memory_holds_is_delivered_whole()
    {
        const int count = 6_000;
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        await dapr.PublishEventAsync("pubsub", "orders", new Order(-1));
        await Waiting.UntilAsync(() => beta.All.Count == 1);
        await apps.StopAppAsync("beta");
        foreach (var chunk in Enumerable.Range(0, count).Chunk(500))
        {
            await dapr.BulkPublishEventAsync("pubsub", "orders", chunk.Select(i => new Order(i)).ToList());
        }
        await beta.StartAsync(apps, "beta");
        await Waiting.UntilAsync(() => beta.All.Select(e => e["id"]).Distinct().Count() == count + 1);
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }
}
