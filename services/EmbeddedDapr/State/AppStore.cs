using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.State;

/// <summary>A store as one app uses it: what is done is measured under Dapr's name of the operation.</summary>
internal sealed record AppStore(string Name, StateStore Store, AppMetrics Metrics)
{
    public Task<List<StateRow>> ReadAsync(string operation, IReadOnlyCollection<string> keys, CancellationToken ct) =>
        Metrics.StateAsync(Name, operation, () => Store.ReadAsync(keys, ct));

    public Task WriteAsync(string operation, IReadOnlyList<StateWrite> writes, CancellationToken ct) =>
        Metrics.StateAsync(
            Name,
            operation,
            () => Store.WriteAsync(writes, transaction: operation == "transaction", ct)
        );
}
