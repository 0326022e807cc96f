using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Trace;

namespace Ticketing.ServiceDefaults;

/// <summary>Section <c>Traces</c>.</summary>
public sealed class TracesOptions
{
    /// <summary>Share of the traces that are recorded. Who begins a trace decides for all who follow.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 0.1;
}

/// <summary>
/// Our own spans. What is done later (by a relay, a worker, after a webhook) goes on in the trace of its cause, whose
/// <c>traceparent</c> lies in its row. Attributes are ids and names of ours, never anything of a person.
/// </summary>
public static class Traces
{
    /// <summary>Attribute with an order's id, which is its hold's too.</summary>
    public const string OrderId = "ticketing.order.id";

    internal const string SourceName = "Ticketing";
    internal const string WorkflowSourceName = "Dapr.Workflow";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>What a row keeps of what is going on now.</summary>
    public static string? Current => Activity.Current?.Id;

    /// <summary>Tags the current span.</summary>
    public static void Tag(string name, object? value) => Activity.Current?.SetTag(name, value);

    /// <summary>
    /// A span in the trace of <paramref name="cause"/>. When something of another trace is going on now, that and the
    /// span link to each other.
    /// </summary>
    public static Activity? Continue(string name, string? cause, ActivityKind kind = ActivityKind.Internal)
    {
        var trigger = Activity.Current;
        if (
            !ActivityContext.TryParse(cause, null, isRemote: true, out var parent)
            || trigger?.TraceId == parent.TraceId
        )
            return Source.StartActivity(name, kind);
        trigger?.AddLink(new(parent));
        return Source.StartActivity(name, kind, parent, links: trigger is null ? null : [new(trigger.Context)]);
    }

    internal static void SetMessage(this Activity span, string topic, string id) =>
        span.SetTag("messaging.system", "dapr")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.message.id", id);

    internal static void AddTraces(this TracerProviderBuilder traces)
    {
        // Neither baggage nor anything else that a client can add travels along.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        traces
            .AddSource(SourceName, WorkflowSourceName)
            .SetSampler(sp => new ParentBasedSampler(
                new RequestsOnly(sp.GetRequiredService<IOptions<TracesOptions>>().Value.SampleRatio)
            ))
            .AddAspNetCoreInstrumentation(o => o.Filter = c => !IsProbe(c.Request.Path))
            .AddHttpClientInstrumentation(o => o.FilterHttpRequestMessage = r => !IsGrpc(r))
            .AddNpgsql();
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/healthz") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/dapr");

    /// <summary>Calls of the sidecar: it has spans of its own for them.</summary>
    private static bool IsGrpc(HttpRequestMessage request) =>
        request.Content?.Headers.ContentType?.MediaType == "application/grpc";
}

/// <summary>
/// Who begins a trace: a request, not a database call or a message of a background loop without a cause. Which are
/// recorded is decided where they begin, for all who follow.
/// </summary>
internal sealed class RequestsOnly(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
        parameters.Kind is ActivityKind.Server ? share.ShouldSample(parameters) : new(SamplingDecision.Drop);
}
