using System.Diagnostics;

namespace Ticketing.Gateway.Edge;

/// <summary>
/// What a client may say of its trace: the ids, if they are well-formed. Its vendor state and its baggage end here, else
/// every service would carry what anybody cares to send.
/// </summary>
internal sealed class ClientTraces : DistributedContextPropagator
{
    public const string Header = "traceparent";

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    public override void Inject(
        Activity? activity,
        object? carrier,
        PropagatorSetterCallback? setter
    ) => throw new NotSupportedException("Only for requests that come in.");

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
        traceId = ActivityContext.TryParse(value, null, out _) ? value : null;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
