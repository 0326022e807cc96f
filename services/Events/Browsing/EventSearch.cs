using System.Globalization;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Events.Catalog;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal sealed record EventFilter(
    string? Q,
    string? City,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string? Category,
    Guid? OrganizerId
);

/// <summary>
/// The page of a list of events, each by its first session. Sessions carry what is filtered by, in indexes by date, so
/// that a page costs what it shows, however many events there are.
/// </summary>
internal sealed class EventSearch(NpgsqlDataSource source, TimeProvider clock)
{
    private const int MaxSearchWords = 8;

    /// <summary>What a search finds is put in order itself; more than this is met soon enough by going by date.</summary>
    private const int FewHits = 300;

    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<IReadOnlyList<EventSummary>> FindAsync(EventFilter filter, string? cursor, int count)
    {
        var now = clock.GetUtcNow();
        var since = filter.From ?? now;
        if (since < Earliest)
            since = Earliest;
        await using var command = source.CreateCommand();
        var conditions = Conditions(command, filter, cursor, now);
        if (TextQuery(filter.Q, since, now) is { } text)
        {
            var hits = await HitsAsync(text);
            if (hits.Length == 0)
                return [];
            conditions.Add(
                hits.Length <= FewHits
                    ? $"s.event_id = ANY ({Next(command, hits)})"
                    : $"""
                    EXISTS (SELECT FROM events e WHERE e.id = s.event_id
                        AND e.search_vector @@ to_tsquery('simple', {Next(command, text)}) OFFSET 0)
                    """
            );
        }
        command.CommandText = Sql(
            conditions,
            Next(command, since),
            Next(command, since.AddDays(-Session.MaxDays)),
            Next(command, now),
            count
        );
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<EventSummary>();
        while (await reader.ReadAsync())
            rows.Add(Read(reader));
        return rows;
    }

    private static List<string> Conditions(
        NpgsqlCommand command,
        EventFilter filter,
        string? cursor,
        DateTimeOffset now
    )
    {
        var until = filter.To ?? now.AddYears(Session.MaxYearsAhead + 1);
        var conditions = new List<string> { "s.listed", $"s.starts_at < {Next(command, until)}" };
        if (ParseCursor(cursor) is var (at, after))
            conditions.Add($"(s.starts_at, s.event_id) > ({Next(command, at)}, {Next(command, after)})");
        if (TextFolding.Key(filter.City ?? "", Venue.MaxCityLength) is { Length: > 0 } city)
            conditions.Add($"s.city_key = {Next(command, city)}");
        if (TextFolding.Key(filter.Category ?? "", Event.MaxCategoryLength) is { Length: > 0 } category)
            conditions.Add($"s.category_key = {Next(command, category)}");
        if (filter.OrganizerId is { } organizerId)
            conditions.Add($"s.organizer_id = {Next(command, organizerId)}");
        return conditions;
    }

    /// <summary>
    /// What runs, then what comes; of each event its first session that is not over. OFFSET 0 keeps a condition what it
    /// is: as a join it would be made for all rows before the first page is taken.
    /// </summary>
    private static string Sql(List<string> conditions, string since, string oldest, string now, int count)
    {
        var where = $"""
            {string.Join(" AND ", conditions)}
                AND NOT EXISTS (
                    SELECT FROM sessions f WHERE f.event_id = s.event_id AND f.listed
                    AND f.starts_at >= {oldest} AND (f.starts_at >= {since} OR f.over_at > {since})
                    AND (f.starts_at, f.id) < (s.starts_at, s.id) OFFSET 0)
            """;
        // Not a parameter: a plan for any number of rows would read them all.
        var order = $"ORDER BY s.starts_at, s.event_id LIMIT {count}";
        return $"""
            WITH running AS MATERIALIZED (
                SELECT s.* FROM sessions s
                WHERE s.listed AND s.ends_at IS NOT NULL AND tstzrange(s.starts_at, s.ends_at) @> {since}
                AND s.starts_at < {since}),
            page AS (
                SELECT * FROM (
                    (SELECT s.starts_at, s.event_id FROM running s WHERE {where} {order})
                    UNION ALL
                    (SELECT s.starts_at, s.event_id FROM sessions s
                        WHERE {where} AND s.starts_at >= {since} {order})) s
                {order})
            SELECT e.id, e.slug, e.title, e.category, e.image_url, o.id, o.name,
                v.id, v.name, v.address, v.city, v.state, v.time_zone, page.starts_at,
                cheapest.min_price_amount, cheapest.min_price_currency
            FROM page
            JOIN events e ON e.id = page.event_id
            JOIN organizers o ON o.id = e.organizer_id
            JOIN venues v ON v.id = e.venue_id
            LEFT JOIN LATERAL (
                SELECT m.min_price_amount, m.min_price_currency FROM sessions m
                WHERE m.event_id = e.id AND m.listed AND m.min_price_amount IS NOT NULL
                AND (m.starts_at >= {now} OR m.over_at > {now})
                ORDER BY m.min_price_amount LIMIT 1) cheapest ON true
            ORDER BY page.starts_at, page.event_id
            """;
    }

    private static EventSummary Read(NpgsqlDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4),
            new(row.GetGuid(5), row.GetString(6)),
            new(
                row.GetGuid(7),
                row.GetString(8),
                row.GetString(9),
                row.GetString(10),
                row.GetString(11),
                row.GetString(12)
            ),
            row.GetFieldValue<DateTimeOffset>(13),
            row.IsDBNull(14) ? null : new Money(row.GetInt64(14), row.GetString(15))
        );

    /// <summary>Adds a parameter and answers its place.</summary>
    private static string Next(NpgsqlCommand command, SqlValue value) => $"${command.Add(value).Parameters.Count}";

    private async Task<Guid[]> HitsAsync(string text)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT id FROM events WHERE status = 'Published' AND search_vector @@ to_tsquery('simple', $1)
            LIMIT {FewHits + 1}
            """
        );
        command.Add(text);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return [.. ids];
    }

    /// <summary>
    /// Each word as the beginning of one, in the singular or as it is, of events that are not over: those of years ago
    /// would be found, too, and be looked at in vain.
    /// </summary>
    private static string? TextQuery(string? q, DateTimeOffset since, DateTimeOffset now)
    {
        var words = TextFolding
            .Fold(q ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxSearchWords)
            .Select(w => $"({w}:* | {SearchWords.Singular(w)}:*)")
            .ToList();
        if (words.Count == 0)
            return null;
        if (since.Year >= now.Year - 1)
            words.Add($"({string.Join(" | ", EndMonths.From(since, now))})");
        return string.Join(" & ", words);
    }

    public static string CursorOf(EventSummary last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.StartsAt.UtcTicks}_{last.Id}");

    private static (DateTimeOffset At, Guid Id)? ParseCursor(string? cursor)
    {
        if (cursor is null)
            return null;
        if (
            cursor.Split('_') is [var ticks, var id]
            && long.TryParse(ticks, CultureInfo.InvariantCulture, out var at)
            && at >= 0
            && at <= DateTimeOffset.MaxValue.UtcTicks
            && Guid.TryParse(id, out var after)
        )
            return (new DateTimeOffset(at, TimeSpan.Zero), after);
        throw new ProblemException(400, "invalid", "The cursor is not one that this list gave.")
        {
            Errors = new Dictionary<string, string[]> { ["cursor"] = ["Not a cursor of this list."] },
        };
    }
}

/// <summary>Words in an event's index that say in which month it ends.</summary>
internal static class EndMonths
{
    // Words of people have no such letters: they are folded to ASCII.
    private static string Year(int year) => $"ü{year}";

    private static string Month(int year, int month) => $"ü{year}ü{month}";

    public static IEnumerable<string> Of(DateTimeOffset end) =>
        [Year(end.UtcDateTime.Year), Month(end.UtcDateTime.Year, end.UtcDateTime.Month)];

    /// <summary>All that an event may have that ends at this moment or later.</summary>
    public static IEnumerable<string> From(DateTimeOffset since, DateTimeOffset now)
    {
        var (year, month) = (since.UtcDateTime.Year, since.UtcDateTime.Month);
        for (; month <= 12; month++)
            yield return Month(year, month);
        for (var later = year + 1; later <= now.Year + Session.MaxYearsAhead + 1; later++)
            yield return Year(later);
    }
}
