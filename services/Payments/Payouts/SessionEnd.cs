using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Payouts;

/// <summary>
/// When a session is over, as Events says. An event's money may be paid out some days after the last of them; cancelled or not:
/// what is given back by then is no longer the organizer's.
/// </summary>
internal sealed class SessionEnd
{
    public required Guid Id { get; init; }
    public required Guid EventId { get; init; }
    public required DateTimeOffset OverAt { get; init; }

    /// <summary>Of the event, when the session last changed.</summary>
    public required long Version { get; init; }

    /// <summary>SQL: from when an event's money may be paid out; null: not known yet.</summary>
    /// <param name="days">SQL.</param>
    public static string PayableFrom(string eventId, string days) =>
        $"(SELECT max(s.over_at) FROM sessions s WHERE s.event_id = {eventId}) + make_interval(days => {days})";

    public static Task ApplyAsync(IServiceProvider scope, EventChange change, CancellationToken ct)
    {
        if (change.Event is not { } told)
            return Task.CompletedTask;
        // By id: the order in which everybody locks them.
        var sessions = told.Sessions.OrderBy(s => s.Id).ToList();
        return scope
            .GetRequiredService<NpgsqlDataSource>()
            .ExecuteAsync(
                """
                INSERT INTO sessions (id, event_id, over_at, version)
                SELECT s.id, $1, s.over_at, s.version FROM unnest($2, $3, $4) AS s (id, over_at, version)
                ON CONFLICT (id) DO UPDATE SET over_at = excluded.over_at, version = excluded.version
                WHERE sessions.version < excluded.version
                """,
                ct,
                told.Id,
                sessions.Select(s => s.Id).ToArray(),
                sessions.Select(s => s.EndsAt ?? s.StartsAt).ToArray(),
                sessions.Select(s => s.Version ?? told.Version).ToArray()
            );
    }

    private sealed class Mapping : IEntityTypeConfiguration<SessionEnd>
    {
        public void Configure(EntityTypeBuilder<SessionEnd> builder)
        {
            builder.ToTable("sessions");
            builder.HasIndex(s => s.EventId);
        }
    }
}
