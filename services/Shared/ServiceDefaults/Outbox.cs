using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Dapr.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>An event waiting to be published; written in the transaction of its cause.</summary>
public sealed class OutboxMessage
{
    /// <summary>Also the CloudEvent's id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Type { get; init; }
    public required string Payload { get; init; }

    /// <summary>Of the cause; the receivers' work belongs to its trace.</summary>
    public string? TraceParent { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClaimedUntil { get; init; }
}

/// <summary>The id of a message whose effect is in this database.</summary>
public sealed class InboxMessage
{
    public required string Id { get; init; }
    public DateTimeOffset ProcessedAt { get; init; }
}

public static class OutboxExtensions
{
    /// <summary>Tables <c>outbox</c> and <c>inbox</c>; call in OnModelCreating.</summary>
    public static ModelBuilder AddOutbox(this ModelBuilder model)
    {
        model.Entity<OutboxMessage>(e =>
        {
            e.ToTable("outbox");
            e.Property(m => m.Payload).HasColumnType("jsonb");
            e.Property(m => m.CreatedAt).HasDefaultValueSql("now()");
        });
        model.Entity<InboxMessage>(e =>
        {
            e.ToTable("inbox");
            e.Property(m => m.Id).HasMaxLength(200);
            e.Property(m => m.ProcessedAt).HasDefaultValueSql("now()");
            e.HasIndex(m => m.ProcessedAt);
        });
        return model;
    }

    /// <summary>Publishes when (and only when) the current unit of work commits.</summary>
    public static void Publish<TEvent>(this DbContext db, TEvent message)
        where TEvent : IEvent =>
        db.Add(
            new OutboxMessage
            {
                Type = TEvent.Type,
                Payload = JsonSerializer.Serialize(message, ServiceDefaultsExtensions.Json),
                TraceParent = Traces.Current,
            }
        );

    public static string TopicOf(string type) => type.Replace('.', '-');
}

/// <summary>Wakes the relay when something was committed; raw SQL that writes to the outbox calls Pulse itself.</summary>
public sealed class OutboxSignal : SaveChangesInterceptor, IDbTransactionInterceptor, IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Pulse()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    internal Task WaitAsync(TimeSpan atMost, CancellationToken ct) => signal.WaitAsync(atMost, ct);

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        if (eventData.Context?.Database.CurrentTransaction is null)
            Pulse();
        return new(result);
    }

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Pulse();
        return Task.CompletedTask;
    }

    public void Dispose() => signal.Dispose();
}

/// <summary>
/// Publishes what the outbox holds, at least once. Rows are claimed for a while, published outside any transaction and
/// deleted; what fails stays and is claimed again, by any replica.
/// </summary>
internal sealed class OutboxRelay(
    NpgsqlDataSource source,
    OutboxSignal signal,
    DaprClient dapr,
    MessagingMetrics metrics,
    ILogger<OutboxRelay> logger
) : BackgroundService
{
    private const int BatchSize = 200;
    private const int Parallelism = 16;
    private const int ClaimSeconds = 30;
    private static readonly TimeSpan IdlePoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ErrorDelay = TimeSpan.FromSeconds(1);

    private sealed record Row(Guid Id, string Type, string Payload, string? TraceParent);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RelayBatchAsync(stoppingToken) == BatchSize) { }
                await signal.WaitAsync(IdlePoll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("The outbox waits: {Reason}", e.Message);
                await Task.Delay(ErrorDelay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> RelayBatchAsync(CancellationToken ct)
    {
        var batch = await ClaimAsync(ct);
        if (batch.Count == 0)
            return 0;
        var done = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        Exception? failure = null;
        await Parallel.ForEachAsync(
            batch,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (row, token) =>
            {
                try
                {
                    await PublishAsync(row, token);
                    done.Add(row.Id);
                }
                catch (Exception e) when (!token.IsCancellationRequested)
                {
                    failure = e;
                }
            }
        );
        await ExecuteAsync("DELETE FROM outbox WHERE id = ANY($1)", done.ToArray(), ct);
        if (failure is null)
            return batch.Count;
        var left = batch.Select(r => r.Id).Except(done).ToArray();
        await ExecuteAsync("UPDATE outbox SET claimed_until = NULL WHERE id = ANY($1)", left, ct);
        throw new InvalidOperationException($"{left.Length} not published: {failure.Message}", failure);
    }

    private async Task<List<Row>> ClaimAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            UPDATE outbox SET claimed_until = now() + interval '{ClaimSeconds} seconds'
            WHERE id IN (
                SELECT id FROM outbox WHERE claimed_until IS NULL OR claimed_until < now()
                ORDER BY id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING id, type, payload, trace_parent
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<Row>();
        while (await reader.ReadAsync(ct))
            rows.Add(
                new(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3)
                )
            );
        rows.Sort((a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    private async Task PublishAsync(Row row, CancellationToken ct)
    {
        // The receiver's work belongs to the trace of the cause, not to this loop.
        using var span = Traces.Continue($"publish {row.Type}", row.TraceParent, ActivityKind.Producer);
        var topic = OutboxExtensions.TopicOf(row.Type);
        span?.SetMessage(topic, row.Id.ToString());
        var metadata = new Dictionary<string, string>
        {
            ["cloudevent.id"] = row.Id.ToString(),
            ["cloudevent.type"] = row.Type,
        };
        if (span?.Id is { } traceParent)
            metadata["cloudevent.traceparent"] = traceParent;
        await dapr.PublishByteEventAsync(
            Components.PubSub,
            topic,
            System.Text.Encoding.UTF8.GetBytes(row.Payload),
            "application/json",
            metadata,
            ct
        );
        metrics.Relayed(topic);
    }

    private async Task ExecuteAsync(string sql, Guid[] ids, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        if (sql.Contains("$1", StringComparison.Ordinal))
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        await command.ExecuteNonQueryAsync(ct);
    }
}
