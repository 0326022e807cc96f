using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>
/// daprd's own metrics: same names (OpenCensus': a counter has no <c>_total</c>), labels and buckets, latencies in
/// milliseconds. Every sidecar of this process is told apart by <c>app_id</c>.
/// </summary>
internal sealed class RuntimeMetrics : IDisposable
{
    public const string MeterName = "EmbeddedDapr";

    private static readonly InstrumentAdvice<double> Latency = new()
    {
        HistogramBucketBoundaries =
        [
            .. new double[] { 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100 },
            .. new double[] { 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000, 2_000, 5_000 },
            .. new double[] { 10_000, 20_000, 50_000, 100_000 },
        ],
    };

    private readonly Meter _meter;

    public RuntimeMetrics()
    {
        // Its own scope: several runtimes in a process do not count for each other.
        _meter = new(new MeterOptions(MeterName) { Scope = this });
        PubSubIngress = Component("pubsub_ingress", "Events handed to the app.");
        PubSubEgress = Component("pubsub_egress", "Events that the app published.");
        OutputBinding = Component("output_binding", "Operations of output bindings.");
        State = Component("state", "Operations of state stores.");
        Secret = Component("secret", "Reads of secret stores.");
        Http = Measured("http_server_request_count", "http_server_latency", "Calls of the API.");
        Grpc = Measured("grpc_io_server_completed_rpcs", "grpc_io_server_server_latency", "Calls of the API by gRPC.");
        WorkflowOperation = Workflow("operation", "Requests about workflows.");
        WorkflowExecution = Workflow("execution", "Workflows that ended.");
        ActivityExecution = Workflow("activity_execution", "Activities that ended.");
        _meter.CreateObservableGauge(
            "dapr_embedded_dead_letters",
            () =>
                DeadLetters.Select(d => new Measurement<long>(
                    d.Count,
                    new("app_id", d.AppId),
                    new("component", d.PubSub),
                    new("topic", d.Topic)
                )),
            description: "Messages that lie in queues which nobody asks for: they stay until somebody acts."
        );
    }

    public IReadOnlyList<DeadLetters> DeadLetters { get; set; } = [];

    public Measure PubSubIngress { get; }
    public Measure PubSubEgress { get; }
    public Measure OutputBinding { get; }
    public Measure State { get; }
    public Measure Secret { get; }
    public Measure Http { get; }
    public Measure Grpc { get; }
    public Measure WorkflowOperation { get; }
    public Measure WorkflowExecution { get; }
    public Measure ActivityExecution { get; }

    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter.Scope, this);

    public void Dispose() => _meter.Dispose();

    private Measure Component(string kind, string description) =>
        Measured($"component_{kind}_count", $"component_{kind}_latencies", description);

    private Measure Workflow(string what, string description) =>
        Measured($"runtime_workflow_{what}_count", $"runtime_workflow_{what}_latency", description);

    private Measure Measured(string count, string latency, string description) =>
        new(
            _meter.CreateCounter<long>($"dapr_{count}", description: description),
            _meter.CreateHistogram($"dapr_{latency}", description: description, advice: Latency)
        );
}

/// <summary>How many messages of a topic an app has given up.</summary>
internal sealed record DeadLetters(string AppId, string PubSub, string Topic, long Count);

/// <summary>How many, and how long each took.</summary>
internal sealed record Measure(Counter<long> Count, Histogram<double> Latency)
{
    public void Add(TimeSpan took, in TagList tags)
    {
        Count.Add(1, tags);
        Latency.Record(took.TotalMilliseconds, tags);
    }
}

/// <summary>What one app's sidecar counts.</summary>
internal sealed class AppMetrics(RuntimeMetrics all, string appId)
{
    public void Delivered(string component, string topic, string status, TimeSpan took) =>
        all.PubSubIngress.Add(
            took,
            [
                App,
                new("component", component),
                new("process_status", status),
                new("status", status),
                new("topic", topic),
            ]
        );

    public Task PublishAsync(string component, string topic, Func<Task> publish) =>
        MeasureAsync(all.PubSubEgress, [App, new("component", component), new("topic", topic)], publish);

    public Task<T> StateAsync<T>(string store, string operation, Func<Task<T>> run) =>
        MeasureAsync(all.State, Operation(store, operation), run);

    public Task StateAsync(string store, string operation, Func<Task> run) =>
        MeasureAsync(all.State, Operation(store, operation), run);

    public Task<T> BindingAsync<T>(string binding, string operation, Func<Task<T>> run) =>
        MeasureAsync(all.OutputBinding, Operation(binding, operation), run);

    public T Secret<T>(string store, string operation, Func<T> read) =>
        MeasureAsync(all.Secret, Operation(store, operation), () => Task.FromResult(read())).GetAwaiter().GetResult();

    public void Http(string method, int status, TimeSpan took) =>
        all.Http.Add(took, [App, new("method", method), new("status", $"{status}")]);

    public void Grpc(string method, string status, TimeSpan took) =>
        all.Grpc.Add(took, [App, new("grpc_server_method", method), new("grpc_server_status", status)]);

    public void WorkflowOperation(string operation, bool success, TimeSpan took) =>
        all.WorkflowOperation.Add(
            took,
            [App, new("operation", operation), new("status", success ? "success" : "failed")]
        );

    public void WorkflowEnded(string name, string status, TimeSpan took) =>
        all.WorkflowExecution.Add(took, [App, new("workflow_name", name), new("status", status)]);

    public void ActivityEnded(string name, bool success, TimeSpan took) =>
        all.ActivityExecution.Add(
            took,
            [App, new("activity_name", name), new("status", success ? "success" : "failed")]
        );

    private KeyValuePair<string, object?> App => new("app_id", appId);

    private KeyValuePair<string, object?>[] Operation(string component, string operation) =>
        [App, new("component", component), new("operation", operation)];

    private static Task MeasureAsync(Measure measure, KeyValuePair<string, object?>[] tags, Func<Task> run) =>
        MeasureAsync(
            measure,
            tags,
            async () =>
            {
                await run();
                return true;
            }
        );

    private static async Task<T> MeasureAsync<T>(
        Measure measure,
        KeyValuePair<string, object?>[] tags,
        Func<Task<T>> run
    )
    {
        var (start, success) = (Stopwatch.GetTimestamp(), false);
        try
        {
            var result = await run();
            success = true;
            return result;
        }
        finally
        {
            measure.Add(Stopwatch.GetElapsedTime(start), [.. tags, new("success", success ? "true" : "false")]);
        }
    }
}
