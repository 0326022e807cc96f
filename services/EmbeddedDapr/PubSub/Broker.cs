using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>
/// Who subscribes to what, remembered in the database, and the queues behind it. A message is stored for every
/// subscription known, and held for every app that has not yet said in this run what it subscribes to: when it
/// does, it gets what it would have got.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    /// <summary>
    /// What is held for an app that never came up is deleted after this time. Dead letters, and what an app no longer asks
    /// for, stay until somebody acts.
    /// </summary>
    private static readonly TimeSpan KeepHeld = TimeSpan.FromDays(7);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly NpgsqlDataSource _database;
    private readonly Resources _resources;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Delivery _delivery;
    private readonly QueueWriter _writer;
    private readonly Dictionary<string, SubscriberApp[]> _apps;
    private readonly Dictionary<string, PubSubComponent> _components;
    private readonly ConcurrentDictionary<(string PubSub, string Topic), Subscription[]> _byTopic = new();
    private readonly Dictionary<Subscription, CancellationTokenSource> _running = [];
    private readonly ConcurrentBag<Task> _loops = [];

    public Broker(
        NpgsqlDataSource database,
        Resources resources,
        IEnumerable<AppReplicas> apps,
        RuntimeMetrics metrics,
        TimeProvider clock,
        ILoggerFactory loggers
    )
    {
        _database = database;
        _metrics = metrics;
        _resources = resources;
        _clock = clock;
        _logger = loggers.CreateLogger<Broker>();
        _delivery = new(clock, loggers.CreateLogger<Delivery>());
        _writer = new(database, this, loggers.CreateLogger<QueueWriter>());
        _apps = apps.ToDictionary(
            a => a.AppId,
            a => a.All.Select(replica => new SubscriberApp(replica, DiscoveredAsync, clock, _logger)).ToArray()
        );
        _components = resources.OfBlock("pubsub").ToDictionary(c => c.Name, PubSubComponent.Open);
    }

    /// <summary>Every subscription that is being delivered to.</summary>
    public IReadOnlyCollection<Subscription> Subscriptions => _running.Keys;

    public PubSubComponent? Component(string name, string appId) =>
        _components.GetValueOrDefault(name) is { } found && found.Component.VisibleTo(appId) ? found : null;

    public Task PublishAsync(string pubsub, string topic, byte[] data, CancellationToken ct) =>
        _writer.PublishAsync(pubsub, topic, data, ct);

    public Subscription[] SubscribersOf(string pubsub, string topic) =>
        _byTopic.GetValueOrDefault((pubsub, topic)) ?? [];

    /// <summary>Apps that are not known to subscribe to the topic, but have not yet said so in this run.</summary>
    public IEnumerable<string> MaySubscribe(string pubsub, string topic) =>
        _apps
            .Where(a => !a.Value.Any(r => r.Discovered) && _components[pubsub].Component.VisibleTo(a.Key))
            .Select(a => a.Key)
            .Where(id => !Array.Exists(SubscribersOf(pubsub, topic), s => s.AppId == id));

    /// <summary>What the app is subscribed to, for its metadata.</summary>
    public IEnumerable<SubscriptionSpec> SpecsOf(string appId) =>
        _byTopic.Values.SelectMany(s => s).Where(s => s.AppId == appId && s.Spec is not null).Select(s => s.Spec!);

    /// <summary>Counts what lies in queues that nobody asks for; done when that may have changed, which is seldom.</summary>
    public async Task CountDeadLettersAsync(CancellationToken ct)
    {
        await using var command = _database.CreateCommand(
            """
            SELECT s.app_id, s.pubsub, s.topic, count(*) FROM pubsub_queue q JOIN pubsub_subscription s ON s.id = q.subscription_id
            WHERE s.ended_at IS NOT NULL GROUP BY s.app_id, s.pubsub, s.topic
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counted = new List<DeadLetters>();
        while (await reader.ReadAsync(ct))
        {
            counted.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        }
        _metrics.DeadLetters = counted;
    }

    public async Task StartAsync(CancellationToken ct)
    {
        await _writer.StartAsync(ct);
        await CountDeadLettersAsync(ct);
        await using (
            var command = _database.CreateCommand(
                "SELECT id, app_id, pubsub, topic FROM pubsub_subscription WHERE ended_at IS NULL"
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                Open(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
            }
        }
        _loops.Add(Loop(_writer.RunAsync));
        _loops.Add(Loop(SweepAsync));
        foreach (var app in _apps.Values.SelectMany(replicas => replicas))
        {
            _loops.Add(Loop(app.RunAsync));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var app in _apps.Values.SelectMany(replicas => replicas))
        {
            app.Dispose();
        }
        _delivery.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Writes down what the app subscribes to and opens what is new. Runs between two batches of the writer.</summary>
    private async Task<bool> DiscoveredAsync(SubscriberApp app, List<SubscriptionSpec> told, CancellationToken ct)
    {
        var appId = app.App.AppId;
        var specs = told.Concat(_resources.Subscriptions.Where(s => s.VisibleTo(appId)).Select(s => s.Spec))
            .Where(s => Component(s.PubSub, appId) is not null || Unknown(s))
            .DistinctBy(s => (s.PubSub, s.Topic))
            .ToList();
        if (app.Discovered && AsKnown(appId, specs))
        {
            return true;
        }
        try
        {
            await _writer.RunExclusiveAsync(
                async (connection, transaction) =>
                {
                    var ids = await RememberAsync(connection, appId, specs, ct);
                    await transaction.CommitAsync(ct);
                    app.Discovered = true;
                    Reopen(appId, specs, ids);
                },
                ct
            );
            await CountDeadLettersAsync(ct);
            _logger.LogInformation("{AppId} subscribes to {Count} topics", appId, specs.Count);
            return true;
        }
        catch (NpgsqlException e)
        {
            _logger.LogError(e, "The subscriptions of {AppId} could not be stored; trying again", appId);
            return false;
        }

        bool Unknown(SubscriptionSpec spec)
        {
            _logger.LogError(
                "{AppId} subscribes to {Topic} on {PubSub}, which it has no component of",
                appId,
                spec.Topic,
                spec.PubSub
            );
            return false;
        }
    }

    private bool AsKnown(string appId, List<SubscriptionSpec> specs)
    {
        var known = _byTopic.Values.SelectMany(s => s).Where(s => s.AppId == appId).ToList();
        if (known.Count != specs.Count)
        {
            return false;
        }
        foreach (var spec in specs)
        {
            if (known.Find(k => k.PubSub == spec.PubSub && k.Topic == spec.Topic) is not { } subscription)
            {
                return false;
            }
            subscription.Spec = spec;
        }
        return true;
    }

    private static async Task<Dictionary<(string, string), int>> RememberAsync(
        NpgsqlConnection connection,
        string appId,
        List<SubscriptionSpec> specs,
        CancellationToken ct
    )
    {
        var ids = new Dictionary<(string, string), int>();
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO pubsub_subscription (app_id, pubsub, topic)
            SELECT $1, * FROM unnest($2::text[], $3::text[])
            ON CONFLICT (app_id, pubsub, topic) DO UPDATE SET ended_at = NULL RETURNING id, pubsub, topic
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = appId },
                new() { Value = specs.ConvertAll(s => s.PubSub) },
                new() { Value = specs.ConvertAll(s => s.Topic) },
            },
        };
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                ids[(reader.GetString(1), reader.GetString(2))] = reader.GetInt32(0);
            }
        }
        await using var rest = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(
                    """
                    UPDATE pubsub_subscription SET ended_at = now()
                    WHERE app_id = $1 AND ended_at IS NULL AND id <> ALL ($2)
                    """
                )
                {
                    Parameters =
                    {
                        new() { Value = appId },
                        new() { Value = ids.Values.ToArray() },
                    },
                },
                new(
                    """
                    INSERT INTO pubsub_queue (id, subscription_id, data)
                    SELECT h.id, s.id, h.data FROM pubsub_held h JOIN pubsub_subscription s USING (app_id, pubsub, topic)
                    WHERE h.app_id = $1 AND s.ended_at IS NULL
                    """
                )
                {
                    Parameters = { new() { Value = appId } },
                },
                new("DELETE FROM pubsub_held WHERE app_id = $1") { Parameters = { new() { Value = appId } } },
            },
        };
        await rest.ExecuteNonQueryAsync(ct);
        return ids;
    }

    private void Reopen(string appId, List<SubscriptionSpec> specs, Dictionary<(string, string), int> ids)
    {
        foreach (var ended in _running.Keys.Where(s => s.AppId == appId && !ids.ContainsValue(s.Id)).ToList())
        {
            _logger.LogWarning("{AppId} no longer subscribes to {Topic}", appId, ended.Topic);
            _running.Remove(ended, out var running);
            running!.Cancel();
            _byTopic[(ended.PubSub, ended.Topic)] =
            [
                .. SubscribersOf(ended.PubSub, ended.Topic).Where(s => s != ended),
            ];
        }
        foreach (var spec in specs)
        {
            var known = Array.Find(SubscribersOf(spec.PubSub, spec.Topic), s => s.AppId == appId);
            (known ?? Open(ids[(spec.PubSub, spec.Topic)], appId, spec.PubSub, spec.Topic))?.Spec = spec;
        }
    }

    private Subscription? Open(int id, string appId, string pubsub, string topic)
    {
        if (!_apps.TryGetValue(appId, out var replicas) || Component(pubsub, appId) is not { } component)
        {
            return null;
        }
        var subscription = new Subscription(id, appId, component, topic, replicas, _writer, _delivery, _clock, _logger);
        var running = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _byTopic[(pubsub, topic)] = [.. SubscribersOf(pubsub, topic), subscription];
        _running[subscription] = running;
        _loops.Add(Loop(_ => subscription.RunAsync(running.Token)));
        return subscription;
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SweepEvery, _clock);
        do
        {
            try
            {
                await using var command = _database.CreateCommand("DELETE FROM pubsub_held WHERE held_at < now() - $1");
                command.Parameters.Add(new() { Value = KeepHeld });
                await command.ExecuteNonQueryAsync(ct);
            }
            catch (NpgsqlException e)
            {
                _logger.LogWarning(e, "Sweeping the queue failed");
            }
        } while (await timer.WaitForNextTickAsync(ct));
    }

    private Task Loop(Func<CancellationToken, Task> run) =>
        Task.Run(async () =>
        {
            try
            {
                await run(_stopping.Token);
            }
            catch (OperationCanceledException) { }
            catch (Exception e)
            {
                _logger.LogCritical(e, "A loop of the broker ended");
            }
        });
}
