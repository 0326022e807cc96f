using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway.Edge;

/// <summary>
/// What a client may say of its trace: the ids, if they are well-formed, so that all its requests are one trace. Whether
/// it is recorded is decided here, by our ratio; who has found an id that is meets the limit. Vendor state and baggage
/// end here, else every service would carry what anybody cares to send.
/// </summary>
internal sealed class ClientTraces(IOptions<TracesOptions> traces, IOptions<GatewayOptions> gateway, TimeProvider clock)
    : DistributedContextPropagator
{
    public const string Header = "traceparent";

    private readonly TraceIdRatioBasedSampler sampler = new(traces.Value.SampleRatio);
    private readonly int limit = gateway.Value.ClientTracesPerSecond;
    private long second;
    private int recorded;

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        throw new NotSupportedException("Only for requests that come in.");

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        traceState = null;
        string? value = null;
        getter?.Invoke(carrier, Header, out value, out _);
        traceId = ActivityContext.TryParse(value, null, out var client)
            ? $"00-{client.TraceId}-{client.SpanId}-{(IsRecorded(client.TraceId) ? "01" : "00")}"
            : null;
    }

    private bool IsRecorded(ActivityTraceId trace) =>
        sampler.ShouldSample(new(default, trace, Header, ActivityKind.Server)).Decision
            is SamplingDecision.RecordAndSample
        && IsWithinLimit();

    /// <summary>At a second's turn a few too many may pass; that is no harm.</summary>
    private bool IsWithinLimit()
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (Interlocked.Exchange(ref second, now) != now)
            Volatile.Write(ref recorded, 0);
        return Interlocked.Increment(ref recorded) <= limit;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
