using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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

    /// <summary>That failed through this event itself, not because nobody could be reached.</summary>
    public int Attempts { get; init; }

    /// <summary>Infinity: it rests here until somebody acts.</summary>
    public DateTimeOffset NextTryAt { get; init; }

    public static OutboxMessage Of<TEvent>(TEvent message, string? traceParent)
        where TEvent : IEvent =>
        new()
        {
            Type = TEvent.Type,
            Payload = JsonSerializer.Serialize(message, ServiceDefaultsExtensions.Json),
            TraceParent = traceParent,
        };
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
            e.Property(m => m.Attempts).HasDefaultValue(0);
            e.Property(m => m.NextTryAt).HasDefaultValueSql("now()");
            e.HasIndex(m => new { m.Type, m.NextTryAt });
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
        where TEvent : IEvent => db.Add(OutboxMessage.Of(message, Traces.Current));

    /// <summary>
    /// SQL: a CTE <c>told</c>, which writes events when (and only when) the CTE <paramref name="moved"/> has its row. Its
    /// parameters begin at $<paramref name="first"/>: <see cref="Values"/>. Pulse the signal after the commit.
    /// </summary>
    public static string Told(string moved, int first) =>
        $"""
            told AS (
                INSERT INTO outbox (id, type, payload, trace_parent)
                SELECT e.id, e.type, e.payload::jsonb, e.trace_parent
                FROM {moved}, unnest(${first}, ${first + 1}, ${first + 2}, ${first + 3})
                    AS e (id, type, payload, trace_parent))
            """;

    public static SqlValue[] Values(params IReadOnlyList<OutboxMessage> messages) =>
        [
            messages.Select(m => m.Id).ToArray(),
            messages.Select(m => m.Type).ToArray(),
            messages.Select(m => m.Payload).ToArray(),
            messages.Select(m => m.TraceParent).ToArray(),
        ];

    public static string TopicOf(string type) => type.Replace('.', '-');
}

/// <summary>Wakes the relay when an event was committed. Raw SQL that writes to the outbox calls Pulse after its commit.</summary>
public sealed class OutboxSignal : SaveChangesInterceptor, IDbTransactionInterceptor, IDisposable
{
    private readonly Signal signal = new();

    public void Pulse() => signal.Pulse();

    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => signal.WaitAsync(atMost, ct);

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        if (eventData.Context?.Database.CurrentTransaction is null)
            PulseAfter(eventData.Context);
        return new(result);
    }

    public Task TransactionCommittedAsync(
        DbTransaction transaction,
        TransactionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        PulseAfter(eventData.Context);
        return Task.CompletedTask;
    }

    public void Dispose() => signal.Dispose();

    private void PulseAfter(DbContext? db)
    {
        if (db is null)
            return;
        // Everything is saved: looking for changes once more would cost and find nothing.
        var detects = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        if (db.ChangeTracker.Entries<OutboxMessage>().Any())
            Pulse();
        db.ChangeTracker.AutoDetectChangesEnabled = detects;
    }
}
