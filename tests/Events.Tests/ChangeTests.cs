using System.Net.Http.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

/// <summary>Who missed a message reads the facts again.</summary>
public sealed class ChangeTests(EventsApp app)
{
    [Fact]
    public async Task What_changed_since_a_cursor_is_read_once_and_as_it_is_now()
    {
        var ana = await app.Organizer();
        var (first, sessionId, typeId) = await ana.Published();
        var draft = await ana.Draft();
        var (gone, _, _) = await ana.Published();
        await ana.Post($"/api/v1/events/{gone}/cancel", new { reason = "Chuva" }, 200);

        await CatchUpAsync();
        var (read, seen) = await ReadUntil("", e => e.ContainsKey(gone) && e.ContainsKey(first));
        var start = await PastAsync(read, gone, first);
        Assert.DoesNotContain(draft, seen.Keys);
        Assert.Equal("Chuva", seen[gone].Cancelled!.Reason);
        Assert.Null(seen[gone].Event);
        Assert.Equal(sessionId, Assert.Single(seen[first].Event!.Sessions).Id);

        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(1, "BRL") });
        await ana.Patch($"/api/v1/events/{first}", new { title = "Novo" });

        var (_, later) = await ReadUntil(start, e => e.TryGetValue(first, out var c) && c.Event!.Title == "Novo");
        Assert.DoesNotContain(gone, later.Keys);
        var session = Assert.Single(later[first].Event!.Sessions);
        Assert.Equal(1, session.TicketTypes[0].Price.Amount);
        // Its own version: the title is none of its changes.
        Assert.Equal(later[first].Event!.Version - 1, session.Version);
    }

    /// <summary>A change that commits after a later one is not passed over.</summary>
    [Fact]
    public async Task A_change_that_commits_late_is_not_lost()
    {
        var ana = await app.Organizer();
        var ((slow, _, _), (fast, _, _)) = (await ana.Published(), await ana.Published());
        await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
        await CatchUpAsync();
        var (read, _) = await ReadUntil("", e => e.ContainsKey(slow) && e.ContainsKey(fast));
        var cursor = await PastAsync(read, slow, fast);
        await using (var connection = await source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var edit = connection.CreateCommand();
            edit.CommandText = $"UPDATE events SET version = version + 1 WHERE id = '{slow}'";
            await edit.ExecuteNonQueryAsync();
            await ana.Patch($"/api/v1/events/{fast}", new { title = "Depressa" });

            // The later one is there, but not handed out: the cursor would stand behind the earlier one.
            var page = await Read(cursor);
            Assert.DoesNotContain(page.Items, i => i.Event?.Id == fast || i.Event?.Id == slow);
            cursor = page.Next;
            await transaction.CommitAsync();
        }

        var (_, seen) = await ReadUntil(cursor, e => e.ContainsKey(fast));
        Assert.Contains(slow, seen.Keys);
    }

    [Fact]
    public async Task Changes_of_a_team_are_read_alike()
    {
        var ana = await app.Organizer();
        var bia = app.Person();
        await app.Join(ana, bia, "door");
        await ana.Delete($"/api/v1/organizers/{ana.OrganizerId}/members/{bia.Id}");

        var told = await Eventually.GetAsync(Members, m => m.Exists(c => c.UserId == bia.Id && c.Role is null));

        Assert.Equal(TeamRole.Owner, Assert.Single(told, m => m.UserId == ana.Id).Role);
        Assert.Single(told, m => m.UserId == bia.Id);

        async Task<List<TeamMemberChanged>> Members()
        {
            var (all, cursor) = (new List<TeamMemberChanged>(), "");
            for (ChangePage<TeamMemberChanged>? page = null; page is not { More: false }; cursor = page.Next)
            {
                using var http = app.Peer;
                page = await http.GetFromJsonAsync<ChangePage<TeamMemberChanged>>(
                    $"/internal/changes/team-members?after={cursor}",
                    ServiceDefaultsExtensions.Json
                );
                all.AddRange(page!.Items);
            }
            return all;
        }
    }

    /// <summary>A backup was restored: the cursor is ahead of all that there is.</summary>
    [Fact]
    public async Task A_cursor_of_another_history_begins_anew()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();

        var (_, seen) = await ReadUntil($"{long.MaxValue}.{Guid.Empty}.{Guid.Empty}", e => e.ContainsKey(eventId));

        Assert.Contains(eventId, seen.Keys);
    }

    [Theory]
    [InlineData("events?after=x")]
    [InlineData("team-members?after=1.2.3")]
    [InlineData("events?after=-1.00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000")]
    public async Task What_is_no_cursor_is_refused(string query)
    {
        using var http = app.Peer;
        using var response = await http.GetAsync($"/internal/changes/{query}");
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Only_the_sidecar_reads_changes()
    {
        using var http = app.System.Client(AppIds.Events, Guid.CreateVersion7(), "admin");
        using var response = await http.GetAsync("/internal/changes/events");
        Assert.Equal(404, (int)response.StatusCode);
    }

    /// <summary>
    /// While others write, the feed is behind, and what is read of it may come again: waits until everybody has ended who wrote
    /// before now.
    /// </summary>
    private async Task CatchUpAsync()
    {
        await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
        var now = await NumberAsync("SELECT pg_current_xact_id()::text::bigint");
        await Eventually.TrueAsync(async () =>
            await NumberAsync("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") > now
        );

        async Task<long> NumberAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    /// <summary>Reads on until a whole reading tells nothing of them: a change may come again, then it is not what a test asks about.</summary>
    private async Task<string> PastAsync(string cursor, params Guid[] events)
    {
        var seen = cursor;
        for (var tries = 0; tries < 20; tries++)
        {
            var (next, later) = await ReadUntil(cursor, _ => true);
            if (!events.Any(later.ContainsKey))
                return next;
            cursor = next;
            seen += $" {next}";
        }
        await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
        await using var rows = source.CreateCommand(
            "SELECT string_agg(id || ' ' || changed_in || ' ' || version, ', ') || '; ' || pg_current_snapshot() FROM events WHERE id = ANY ($1)"
        );
        rows.Parameters.Add(new() { Value = events });
        throw new InvalidOperationException($"Told again and again: {await rows.ExecuteScalarAsync()}; cursors {seen}");
    }

    private async Task<(string Cursor, Dictionary<Guid, EventChange> Seen)> ReadUntil(
        string cursor,
        Func<Dictionary<Guid, EventChange>, bool> enough
    )
    {
        var seen = new Dictionary<Guid, EventChange>();
        await Eventually.TrueAsync(async () =>
        {
            var page = await Read(cursor);
            foreach (var change in page.Items)
                seen[change.Event?.Id ?? change.Cancelled!.EventId] = change;
            cursor = page.Next;
            return !page.More && enough(seen);
        });
        return (cursor, seen);
    }

    private async Task<ChangePage<EventChange>> Read(string cursor)
    {
        using var http = app.Peer;
        return (
            await http.GetFromJsonAsync<ChangePage<EventChange>>(
                $"/internal/changes/events?after={cursor}",
                ServiceDefaultsExtensions.Json
            )
        )!;
    }
}
