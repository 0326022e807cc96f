using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>
/// The one writer of the queue: whatever waits is written in one transaction, and only then acknowledged. What is done
/// goes with the next message or after a moment: nobody waits for it, and a crash only delivers it again. It also owns
/// the map of who subscribes to what, so that a message and a new subscription have an order.
/// </summary>
internal sealed class QueueWriter(NpgsqlDataSource database, Broker broker, ILogger<QueueWriter> logger)
{
    private const int MaxBatch = 1_000;
    private const int MaxBatchBytes = 8 * 1024 * 1024;
    private const int MaxWaiting = 20_000;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    /// <summary>Outcomes of deliveries, which wait for company.</summary>
    private readonly ConcurrentQueue<Write> _outcomes = new();
    private int _flushing;

    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private long _lastId;

    private abstract record Write;

    private sealed record Publish(string PubSub, string Topic, byte[] Data, TaskCompletionSource Done) : Write;

    private sealed record Settle(long Id, DeadLetter? DeadLetter) : Write;

    private sealed record DeadLetter(string AppId, string PubSub, string Topic, byte[] Data);

    private sealed record Delay(QueuedMessage Message) : Write;

    /// <summary>Writes nothing itself: the outcomes have waited long enough.</summary>
    private sealed record Flush : Write;

    private sealed record Exclusive(Func<NpgsqlConnection, NpgsqlTransaction, Task> Run, TaskCompletionSource Done)
        : Write;

    /// <summary>Returns once the message is stored for everyone who subscribes, or may turn out to.</summary>
    public async Task PublishAsync(string pubsub, string topic, byte[] data, CancellationToken ct)
    {
        var publish = new Publish(pubsub, topic, data, NewSource());
        await _writes.Writer.WriteAsync(publish, ct);
        await publish.Done.Task;
    }

    /// <summary>Runs between two batches, in a transaction of its own.</summary>
    public async Task RunExclusiveAsync(Func<NpgsqlConnection, NpgsqlTransaction, Task> run, CancellationToken ct)
    {
        var exclusive = new Exclusive(run, NewSource());
        await _writes.Writer.WriteAsync(exclusive, ct);
        await exclusive.Done.Task;
    }

    public void Remove(long id) => Enqueue(new Settle(id, null));

    public void Postpone(QueuedMessage message) => Enqueue(new Delay(message));

    /// <summary>To whoever subscribes to the dead letters; until somebody does, they wait for the app itself.</summary>
    public void Move(QueuedMessage message, string appId, string pubsub, string topic) =>
        Enqueue(new Settle(message.Id, new DeadLetter(appId, pubsub, topic, message.Data)));

    public async Task<List<QueuedMessage>> ReadAsync(int subscription, long after, int limit, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT id, data, attempts, due_at FROM pubsub_queue
            WHERE subscription_id = $1 AND id > $2 ORDER BY id LIMIT $3
            """
        );
        command.Parameters.Add(new() { Value = subscription });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var messages = new List<QueuedMessage>();
        while (await reader.ReadAsync(ct))
        {
            messages.Add(
                new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1))
                {
                    Attempts = reader.GetInt32(2),
                    DueAt = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                }
            );
        }
        return messages;
    }

    public async Task StartAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            SELECT greatest((SELECT coalesce(max(id), 0) FROM pubsub_queue), (SELECT coalesce(max(id), 0) FROM pubsub_held))
            """
        );
        _lastId = (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (await _writes.Reader.WaitToReadAsync(ct))
            {
                var batch = NextBatch();
                await (batch is [Exclusive exclusive] ? RunAsync(exclusive, ct) : CommitAsync(batch, ct));
            }
        }
        finally
        {
            _writes.Writer.TryComplete();
            while (_writes.Reader.TryRead(out var write))
            {
                (write as Publish)?.Done.TrySetCanceled(ct);
                (write as Exclusive)?.Done.TrySetCanceled(ct);
            }
        }
    }

    /// <summary>What waits, up to the limits; an exclusive write stands alone.</summary>
    private List<Write> NextBatch()
    {
        var batch = new List<Write>();
        var bytes = 0;
        while (batch.Count < MaxBatch && bytes < MaxBatchBytes && _writes.Reader.TryPeek(out var next))
        {
            if (next is Exclusive && batch.Count > 0)
            {
                break;
            }
            _writes.Reader.TryRead(out _);
            batch.Add(next);
            if (next is Exclusive)
            {
                break;
            }
            bytes += (next as Publish)?.Data.Length ?? 0;
        }
        Volatile.Write(ref _flushing, 0);
        while (batch is not [Exclusive] && batch.Count < MaxBatch && _outcomes.TryDequeue(out var outcome))
        {
            batch.Add(outcome);
        }
        if (!_outcomes.IsEmpty)
        {
            FlushSoon();
        }
        return batch;
    }

    private void FlushSoon()
    {
        if (Interlocked.Exchange(ref _flushing, 1) == 0)
        {
            _ = Task.Delay(Gather).ContinueWith(_ => _writes.Writer.TryWrite(new Flush()), TaskScheduler.Default);
        }
    }

    private async Task RunAsync(Exclusive exclusive, CancellationToken ct)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await exclusive.Run(connection, transaction);
            exclusive.Done.SetResult();
        }
        catch (Exception e)
        {
            exclusive.Done.SetException(e);
        }
    }

    private async Task CommitAsync(List<Write> batch, CancellationToken ct)
    {
        var rows = new Rows();
        foreach (var write in batch)
        {
            switch (write)
            {
                case Publish publish:
                    Route(publish.PubSub, publish.Topic, publish.Data, rows);
                    break;
                case Settle settle:
                    rows.Settled.Add(settle.Id);
                    if (settle.DeadLetter is { } dead && !Route(dead.PubSub, dead.Topic, dead.Data, rows))
                    {
                        rows.Kept.Add((++_lastId, dead));
                    }
                    break;
                case Delay delay:
                    rows.Delayed.Add(delay.Message);
                    break;
            }
        }
        try
        {
            await rows.WriteAsync(database, ct);
            if (rows.Kept.Count > 0)
            {
                await broker.CountDeadLettersAsync(ct);
            }
        }
        catch (Exception e)
        {
            Failed(batch, e, ct);
            await Task.Delay(RetryPause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        foreach (var (subscription, message) in rows.Queued)
        {
            subscription.Offer(message);
        }
        foreach (var publish in batch.OfType<Publish>())
        {
            publish.Done.TrySetResult();
        }
    }

    /// <summary>Publishers are told; what is done or to be tried later is written with a later batch.</summary>
    private void Failed(List<Write> batch, Exception error, CancellationToken ct)
    {
        logger.LogError(error, "Writing the queue failed");
        foreach (var write in batch)
        {
            if (write is Publish publish)
            {
                publish.Done.TrySetException(error);
            }
            else if (write is not Flush)
            {
                Enqueue(write);
            }
        }
        foreach (var subscription in broker.Subscriptions)
        {
            subscription.Recheck(ct);
        }
    }

    /// <returns>Whether anybody is known to subscribe.</returns>
    private bool Route(string pubsub, string topic, byte[] data, Rows rows)
    {
        var subscribers = broker.SubscribersOf(pubsub, topic);
        foreach (var subscription in subscribers)
        {
            rows.Queued.Add((subscription, new(++_lastId, data)));
        }
        foreach (var appId in broker.MaySubscribe(pubsub, topic))
        {
            rows.Held.Add((++_lastId, appId, pubsub, topic, data));
        }
        return subscribers.Length > 0;
    }

    private void Enqueue(Write outcome)
    {
        _outcomes.Enqueue(outcome);
        FlushSoon();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What one batch writes.</summary>
    private sealed class Rows
    {
        public List<(Subscription Subscription, QueuedMessage Message)> Queued { get; } = [];
        public List<(long Id, string AppId, string PubSub, string Topic, byte[] Data)> Held { get; } = [];
        public List<(long Id, DeadLetter DeadLetter)> Kept { get; } = [];
        public List<long> Settled { get; } = [];
        public List<QueuedMessage> Delayed { get; } = [];

        public async Task WriteAsync(NpgsqlDataSource database, CancellationToken ct)
        {
            await using var batch = database.CreateBatch();
            if (Queued.Count > 0)
            {
                Add(
                    batch,
                    """
                    INSERT INTO pubsub_queue (id, subscription_id, data)
                    SELECT * FROM unnest($1::bigint[], $2::int[], $3::bytea[])
                    """,
                    Queued.ConvertAll(r => r.Message.Id),
                    Queued.ConvertAll(r => r.Subscription.Id),
                    Queued.ConvertAll(r => r.Message.Data)
                );
            }
            if (Held.Count > 0)
            {
                Add(
                    batch,
                    """
                    INSERT INTO pubsub_held (id, app_id, pubsub, topic, data)
                    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[])
                    """,
                    Held.ConvertAll(r => r.Id),
                    Held.ConvertAll(r => r.AppId),
                    Held.ConvertAll(r => r.PubSub),
                    Held.ConvertAll(r => r.Topic),
                    Held.ConvertAll(r => r.Data)
                );
            }
            if (Kept.Count > 0)
            {
                // A subscription that has ended: nothing is delivered to it before the app asks for the topic.
                Add(
                    batch,
                    """
                    WITH dead AS (
                        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[])
                            AS u (id, app_id, pubsub, topic, data)
                    ), kept AS (
                        INSERT INTO pubsub_subscription (app_id, pubsub, topic, ended_at)
                        SELECT DISTINCT app_id, pubsub, topic, now() FROM dead
                        ON CONFLICT (app_id, pubsub, topic) DO UPDATE SET ended_at = now()
                        RETURNING id, app_id, pubsub, topic
                    )
                    INSERT INTO pubsub_queue (id, subscription_id, data)
                    SELECT dead.id, kept.id, dead.data FROM dead JOIN kept USING (app_id, pubsub, topic)
                    """,
                    Kept.ConvertAll(k => k.Id),
                    Kept.ConvertAll(k => k.DeadLetter.AppId),
                    Kept.ConvertAll(k => k.DeadLetter.PubSub),
                    Kept.ConvertAll(k => k.DeadLetter.Topic),
                    Kept.ConvertAll(k => k.DeadLetter.Data)
                );
            }
            if (Delayed.Count > 0)
            {
                Add(
                    batch,
                    """
                    UPDATE pubsub_queue q SET attempts = u.attempts, due_at = u.due_at
                    FROM unnest($1::bigint[], $2::int[], $3::timestamptz[]) AS u (id, attempts, due_at) WHERE q.id = u.id
                    """,
                    Delayed.ConvertAll(m => m.Id),
                    Delayed.ConvertAll(m => m.Attempts),
                    Delayed.ConvertAll(m => m.DueAt)
                );
            }
            if (Settled.Count > 0)
            {
                Add(batch, "DELETE FROM pubsub_queue WHERE id = ANY ($1::bigint[])", Settled);
            }
            if (batch.BatchCommands.Count > 0)
            {
                await batch.ExecuteNonQueryAsync(ct);
            }
        }

        private static void Add(NpgsqlBatch batch, string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.Add(new() { Value = value });
            }
            batch.BatchCommands.Add(command);
        }
    }
}
