using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Programme;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

/// <param name="StartsAt">The first session that the filter lets through.</param>
/// <param name="MinPrice">The cheapest ticket type of the sessions still to come.</param>
internal sealed record EventSummary(
    Guid Id,
    string Slug,
    string Title,
    string Category,
    string? ImageUrl,
    EventOrganizer Organizer,
    VenueSnapshot Venue,
    DateTimeOffset StartsAt,
    Money? MinPrice
);

internal static class BrowseEvents
{
    private const int MaxTextLength = 100;
    private const int MaxSearchWords = 8;

    private sealed record Filter(
        string? Q,
        string? City,
        DateTimeOffset? From,
        DateTimeOffset? To,
        string? Category,
        Guid? OrganizerId
    );

    /// <summary>Published events by the date of their next session.</summary>
    /// <remarks>Cacheable; answers 304 to a matching If-None-Match.</remarks>
    /// <param name="q">Words of the title, category, organizer, venue or city; accents and case do not matter.</param>
    /// <param name="city">The venue's city; accents and case do not matter.</param>
    /// <param name="from">With a session at this moment or later; now when not given.</param>
    /// <param name="to">With a session before this moment.</param>
    /// <param name="category">Accents and case do not matter.</param>
    /// <param name="organizerId">Of this organizer only.</param>
    public static async Task<Results<Ok<Page<EventSummary>>, StatusCodeHttpResult>> Handle(
        [MaxLength(MaxTextLength)] string? q,
        [MaxLength(MaxTextLength)] string? city,
        DateTimeOffset? from,
        DateTimeOffset? to,
        [MaxLength(MaxTextLength)] string? category,
        Guid? organizerId,
        [AsParameters] PageQuery page,
        EventsDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var filter = new Filter(q, city, from, to, category, organizerId);
        var rows = await FindAsync(db, filter, page, clock.GetUtcNow(), ct);
        var result = Page.Of(rows, page.Take(), i => CursorOf(i.StartsAt, i.Id));
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(result, ServiceDefaultsExtensions.Json));
        return http.IsFresh($"W/\"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}\"", isPublic: true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(result);
    }

    private static Task<List<EventSummary>> FindAsync(
        EventsDb db,
        Filter filter,
        PageQuery page,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var since = filter.From?.ToUniversalTime() ?? now;
        var until = filter.To?.ToUniversalTime() ?? now.AddYears(Session.MaxYearsAhead + 1);
        var (afterAt, afterId) = ParseCursor(page.After());
        // By date, so that the first page reads only the first dates; of each event its first.
        var query =
            from next in db.Sessions
            where !next.Cancelled && next.StartsAt >= since && next.StartsAt < until
            where next.StartsAt >= afterAt
            join e in Matching(db, filter) on next.EventId equals e.Id
            where next.StartsAt > afterAt || e.Id > afterId
            where
                !e.Sessions.Any(s =>
                    !s.Cancelled
                    && s.StartsAt >= since
                    && (s.StartsAt < next.StartsAt || (s.StartsAt == next.StartsAt && s.Id < next.Id))
                )
            orderby next.StartsAt, e.Id
            let cheapest = e
                .Sessions.Where(s => !s.Cancelled && s.StartsAt >= now)
                .SelectMany(s => s.TicketTypes)
                .OrderBy(t => t.Price.Amount)
                .Select(t => new { t.Price.Amount, t.Price.Currency })
                .FirstOrDefault()
            select new EventSummary(
                e.Id,
                e.Slug,
                e.Title,
                e.Category,
                e.ImageUrl,
                new(e.OrganizerId, e.Organizer.Name),
                new(e.VenueId, e.Venue.Name, e.Venue.Address, e.Venue.City, e.Venue.State, e.Venue.TimeZone),
                next.StartsAt,
                cheapest == null ? null : new Money(cheapest.Amount, cheapest.Currency)
            );
        return query.Take(page.Take() + 1).ToListAsync(ct);
    }

    private static IQueryable<Event> Matching(EventsDb db, Filter filter)
    {
        var events = db.Events.AsNoTracking().Where(e => e.Status == EventStatus.Published);
        var words = Words
            .Normalize(filter.Q ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxSearchWords);
        // Each word as the beginning of one, in the singular or as it is.
        foreach (var word in words)
        {
            var query = $"{word}:* | {Words.Singular(word)}:*";
            events = events.Where(e => e.SearchVector.Matches(EF.Functions.ToTsQuery("simple", query)));
        }
        if (Words.Key(filter.City ?? "", Venue.MaxCityLength) is { Length: > 0 } city)
            events = events.Where(e => e.Venue.CityKey == city);
        if (Words.Key(filter.Category ?? "", Event.MaxCategoryLength) is { Length: > 0 } category)
            events = events.Where(e => e.CategoryKey == category);
        if (filter.OrganizerId is { } organizerId)
            events = events.Where(e => e.OrganizerId == organizerId);
        return events;
    }

    private static string CursorOf(DateTimeOffset at, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}_{id}");

    private static (DateTimeOffset At, Guid Id) ParseCursor(string? cursor)
    {
        if (cursor is null)
            return (DateTimeOffset.UnixEpoch.AddYears(-100), Guid.Empty);
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
