using System.Data;
using System.Threading.Channels;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Reading;

/// <summary>
/// Tells those who wait for an order that it changed, in every replica: here at once, elsewhere by PostgreSQL's NOTIFY,
/// many changes in one. Who waits costs an entry in a table, no thread, connection or query. A notice that is lost costs a
/// waiting request its time, nothing else.
/// </summary>
internal sealed class OrderChanges(NpgsqlDataSource source, TimeProvider clock, ILogger<OrderChanges> logger)
    : BackgroundLoop(clock, logger)
{
    private const string Topic = "order_changes";

    /// <summary>A notice holds less than 8,000 bytes.</summary>
    private const int MaxNotices = 200;

    private readonly Dictionary<Guid, Watched> watched = [];
    private readonly Channel<Guid> told = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(100_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }
    );

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Call before reading the order, so that no change falls between; dispose when nobody waits any more.</summary>
    public Watch Watch(Guid orderId)
    {
        lock (watched)
        {
            if (!watched.TryGetValue(orderId, out var order))
                watched[orderId] = order = new();
            order.Watches++;
            return new(this, orderId, order);
        }
    }

    public void Tell(Guid orderId)
    {
        Wake(orderId);
        told.Writer.TryWrite(orderId);
    }

    private void Wake(Guid orderId)
    {
        lock (watched)
            if (watched.Remove(orderId, out var order))
                order.Changed.TrySetResult();
    }

    internal void End(Guid orderId, Watched order)
    {
        lock (watched)
            if (--order.Watches == 0 && watched.TryGetValue(orderId, out var now) && now == order)
                watched.Remove(orderId);
    }

    internal sealed class Watched
    {
        public int Watches { get; set; }
        public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        connection.Notification += (_, notice) =>
        {
            foreach (var id in notice.Payload.Split(','))
                if (Guid.TryParseExact(id, "N", out var orderId))
                    Wake(orderId);
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {Topic}", connection))
            await listen.ExecuteNonQueryAsync(ct);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var ended = await Task.WhenAny(HearAsync(connection, either.Token), SendAsync(either.Token));
            await ended;
        }
        finally
        {
            await either.CancelAsync();
            // What comes back to the pool is not reset.
            if (connection.State is ConnectionState.Open)
            {
                await using var unlisten = new NpgsqlCommand("UNLISTEN *", connection);
                await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        return false;
    }

    private static async Task HearAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        while (true)
            await connection.WaitAsync(ct);
    }

    private async Task SendAsync(CancellationToken ct)
    {
        var ids = new List<string>(MaxNotices);
        while (await told.Reader.WaitToReadAsync(ct))
        {
            ids.Clear();
            while (ids.Count < MaxNotices && told.Reader.TryRead(out var id))
                ids.Add(id.ToString("N"));
            await source.ExecuteAsync("SELECT pg_notify($1, $2)", ct, Topic, string.Join(',', ids.Distinct()));
        }
    }
}

/// <summary>One who waits for the next change of an order.</summary>
internal sealed class Watch(OrderChanges changes, Guid orderId, OrderChanges.Watched order) : IDisposable
{
    /// <returns>False when the time is over first.</returns>
    public async Task<bool> ChangesAsync(TimeSpan limit, TimeProvider clock, CancellationToken ct)
    {
        if (limit <= TimeSpan.Zero)
            return false;
        try
        {
            await order.Changed.Task.WaitAsync(limit, clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => changes.End(orderId, order);
}
