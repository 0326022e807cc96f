using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Trace;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>Section <c>Traces</c>.</summary>
public sealed class TraceOptions
{
    /// <summary>Share of the traces that are recorded. The Gateway decides for a whole trace.</summary>
    [Range(0, 1)]
    public double SampleRatio { get; set; } = 0.1;

    /// <summary>Requests a second that one replica of the Gateway lets be recorded, whatever clients ask for.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerSecond { get; set; } = 100;
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
    public static Activity? Continue(
        string name,
        string? cause,
        ActivityKind kind = ActivityKind.Internal
    )
    {
        var trigger = Activity.Current;
        if (
            !ActivityContext.TryParse(cause, null, isRemote: true, out var parent)
            || trigger?.TraceId == parent.TraceId
        )
            return Source.StartActivity(name, kind);
        trigger?.AddLink(new(parent));
        return Source.StartActivity(
            name,
            kind,
            parent,
            links: trigger is null ? null : [new(trigger.Context)]
        );
    }

    internal static void SetMessage(this Activity span, string topic, string id) =>
        span.SetTag("messaging.system", "dapr")
            .SetTag("messaging.destination.name", topic)
            .SetTag("messaging.message.id", id);

    internal static void AddTraces(this TracerProviderBuilder traces, string appId)
    {
        // Neither baggage nor anything else that a client can add travels along.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        traces
            .AddSource(SourceName, WorkflowSourceName)
            .SetSampler(sp =>
            {
                var options = sp.GetRequiredService<IOptions<TraceOptions>>().Value;
                return appId == AppIds.Gateway
                    ? TraceSampling.Edge(options, sp.GetRequiredService<TimeProvider>())
                    : TraceSampling.Inside(options);
            })
            .AddAspNetCoreInstrumentation(o => o.Filter = c => !IsProbe(c.Request.Path))
            .AddHttpClientInstrumentation()
            .AddNpgsql();
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/healthz") || path.StartsWithSegments("/metrics");
}

/// <summary>
/// Who begins a trace and which are recorded. Only a request from outside begins one: a database call or a message of a
/// background loop without a cause is no trace. Behind the Gateway all follow its decision.
/// </summary>
internal static class TraceSampling
{
    public static Sampler Inside(TraceOptions options) =>
        new ParentBasedSampler(new ServersOnly(new TraceIdRatioBasedSampler(options.SampleRatio)));

    /// <summary>
    /// A client chooses its trace id, so that all its requests are one trace, but not whether it is recorded: its
    /// sampled flag counts for nothing, and one that has found an id within the ratio meets the limit.
    /// </summary>
    public static Sampler Edge(TraceOptions options, TimeProvider clock)
    {
        var limited = new ServersOnly(
            new Limited(
                new TraceIdRatioBasedSampler(options.SampleRatio),
                options.MaxPerSecond,
                clock
            )
        );
        return new ParentBasedSampler(limited, limited, limited);
    }

    private sealed class ServersOnly(Sampler next) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters parameters) =>
            parameters.Kind is ActivityKind.Server
                ? next.ShouldSample(parameters)
                : new(SamplingDecision.Drop);
    }

    private sealed class Limited(Sampler next, int perSecond, TimeProvider clock) : Sampler
    {
        private long second;
        private int taken;

        public override SamplingResult ShouldSample(in SamplingParameters parameters)
        {
            var wanted = next.ShouldSample(parameters);
            return wanted.Decision is SamplingDecision.Drop || Take()
                ? wanted
                : new(SamplingDecision.Drop);
        }

        /// <summary>At a second's turn a few too many may pass; that is no harm.</summary>
        private bool Take()
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            if (Interlocked.Exchange(ref second, now) != now)
                Volatile.Write(ref taken, 0);
            return Interlocked.Increment(ref taken) <= perSecond;
        }
    }
}
