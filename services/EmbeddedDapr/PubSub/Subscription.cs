using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>
/// One app's subscription to one topic: a window of its queue in memory, and the deliveries under way; the app's replicas
/// share them. Rows enter
/// the window in the order of their ids, straight from the writer while there is room, else a page at a time from
/// the database.
/// </summary>
internal sealed class Subscription(
    int id,
    string appId,
    PubSubComponent component,
    string topic,
    IReadOnlyList<SubscriberApp> replicas,
    QueueWriter writer,
    Delivery delivery,
    TimeProvider clock,
    ILogger logger
)
{
    /// <summary>Rows held in memory at most.</summary>
    private const int Window = 2_000;
    private const int Page = Window / 2;

    private readonly Channel<QueuedMessage> _ready = Channel.CreateUnbounded<QueuedMessage>();
    private readonly Lock _lock = new();
    private long _cursor;
    private int _loaded;
    private int _passed;
    private bool _lagging = true;
    private bool _refilling;

    public int Id => id;
    public string AppId => appId;
    public string PubSub => component.Component.Name;
    public string Topic => topic;

    /// <summary>What the app said in this run; null until it has.</summary>
    public SubscriptionSpec? Spec { get; set; }

    /// <summary>Called by the writer after a commit, in the order of ids.</summary>
    public void Offer(QueuedMessage message)
    {
        lock (_lock)
        {
            if (message.Id <= _cursor)
            {
                return;
            }
            if (_lagging || _loaded >= Window)
            {
                _lagging = true;
                _passed++;
                return;
            }
            Take(message);
        }
    }

    /// <summary>After a write whose outcome is unknown: what it may have added is looked for in the database.</summary>
    public void Recheck(CancellationToken ct)
    {
        lock (_lock)
        {
            _lagging = true;
            _passed++;
        }
        StartRefill(ct);
    }

    public Task RunAsync(CancellationToken ct)
    {
        StartRefill(ct);
        return Task.WhenAll(
            replicas.SelectMany(r => Enumerable.Range(0, component.Concurrency).Select(_ => DeliverAsync(r, ct)))
        );
    }

    private async Task DeliverAsync(SubscriberApp subscriber, CancellationToken ct)
    {
        while (await _ready.Reader.WaitToReadAsync(ct))
        {
            await subscriber.WaitUntilReachableAsync(ct);
            if (_ready.Reader.TryRead(out var message))
            {
                await HandleAsync(message, subscriber, ct);
            }
        }
    }

    private async Task HandleAsync(QueuedMessage message, SubscriberApp subscriber, CancellationToken ct)
    {
        try
        {
            var result = await TryAsync(message, subscriber, ct);
            if (result == DeliveryResult.Unreachable)
            {
                // For whoever is there first: another replica, or this one again.
                subscriber.Lost();
                _ready.Writer.TryWrite(message);
                return;
            }
            if (result == DeliveryResult.Retry && ++message.Attempts < component.MaxDeliveries)
            {
                var pause = component.RetryAfter(message.Attempts);
                message.DueAt = clock.GetUtcNow() + pause;
                writer.Postpone(message);
                Later(message, pause, ct);
                return;
            }
            Finish(message, result);
            Left(ct);
        }
        catch (OperationCanceledException) { }
        catch (Exception e)
        {
            logger.LogError(e, "Delivering a message on {Topic} to {AppId} failed unexpectedly", topic, appId);
            Later(message, component.LastRetry, ct);
        }
    }

    private async Task<DeliveryResult> TryAsync(QueuedMessage message, SubscriberApp subscriber, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await delivery.DeliverAsync(subscriber.App, Spec!, message.Data, ct);
        if (result != DeliveryResult.Unreachable)
        {
            subscriber.App.Metrics.Delivered(
                PubSub,
                topic,
                result switch
                {
                    DeliveryResult.Done => "success",
                    DeliveryResult.Drop => "drop",
                    _ => "retry",
                },
                Stopwatch.GetElapsedTime(start)
            );
        }
        return result;
    }

    private void Finish(QueuedMessage message, DeliveryResult result)
    {
        if (result == DeliveryResult.Done)
        {
            writer.Remove(message.Id);
        }
        else if (Spec!.DeadLetterTopic is { } deadLetters)
        {
            logger.LogWarning(
                "A message on {Topic} for {AppId} goes to {DeadLetterTopic} after {Attempts} failed attempts",
                topic,
                appId,
                deadLetters,
                message.Attempts
            );
            writer.Move(message, appId, component.Component.Name, deadLetters);
        }
        else
        {
            logger.LogError(
                "A message on {Topic} for {AppId} is dropped after {Attempts} failed attempts; the subscription has no "
                    + "dead-letter topic",
                topic,
                appId,
                message.Attempts
            );
            writer.Remove(message.Id);
        }
    }

    private void Left(CancellationToken ct)
    {
        lock (_lock)
        {
            if (--_loaded > Page || !_lagging)
            {
                return;
            }
        }
        StartRefill(ct);
    }

    private void Later(QueuedMessage message, TimeSpan pause, CancellationToken ct) =>
        _ = Task.Delay(pause, clock, ct)
            .ContinueWith(
                _ => _ready.Writer.TryWrite(message),
                ct,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default
            );

    private void Take(QueuedMessage message)
    {
        _cursor = message.Id;
        _loaded++;
        _ready.Writer.TryWrite(message);
    }

    private void StartRefill(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_refilling)
            {
                return;
            }
            _refilling = true;
        }
        _ = RefillAsync(ct);
    }

    private async Task RefillAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var passed = Volatile.Read(ref _passed);
                var page = await writer.ReadAsync(id, _cursor, Page, ct);
                lock (_lock)
                {
                    foreach (var message in page)
                    {
                        Take(message, ct);
                    }
                    // Rows that were passed over while the page was read may not be in it: read again.
                    _lagging = page.Count == Page || passed != _passed;
                    if (!_lagging || _loaded >= Page)
                    {
                        _refilling = false;
                        return;
                    }
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Reading the queue of {AppId} for {Topic} failed; trying again", appId, topic);
                await Task.Delay(component.FirstRetry, clock, ct)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Take(QueuedMessage message, CancellationToken ct)
    {
        if (message.DueAt - clock.GetUtcNow() is { } pause && pause > TimeSpan.Zero)
        {
            _cursor = message.Id;
            _loaded++;
            Later(message, pause, ct);
        }
        else
        {
            Take(message);
        }
    }
}
