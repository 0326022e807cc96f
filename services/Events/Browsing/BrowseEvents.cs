using System.ComponentModel.DataAnnotations;
using Ticketing.Contracts;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

/// <param name="ImageUrl">Where its picture (JPEG) is, at this API's own origin; null when it has none.</param>
/// <param name="StartsAt">The first session that the filter lets through; one that runs began before.</param>
/// <param name="MinPrice">The cheapest ticket type of the sessions that are not over, with its service fee.</param>
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

    private sealed record Question(EventFilter Filter, string? Cursor, int Limit);

    /// <summary>Published events by the date of their next session; one that runs is listed until it ends.</summary>
    /// <remarks>Cacheable; answers 304 to a matching If-None-Match.</remarks>
    /// <param name="q">Words of the title, category, organizer, venue or city; accents and case do not matter.</param>
    /// <param name="city">The venue's city; accents and case do not matter.</param>
    /// <param name="from">With a session at this moment or later: RFC 3339 or a date; now when not given.</param>
    /// <param name="to">With a session before this moment.</param>
    /// <param name="category">Accents and case do not matter.</param>
    /// <param name="organizerId">Of this organizer only.</param>
    public static async ValueTask<IResult> Handle(
        [MaxLength(MaxTextLength)] string? q,
        [MaxLength(MaxTextLength)] string? city,
        IsoTime? from,
        IsoTime? to,
        [MaxLength(MaxTextLength)] string? category,
        Guid? organizerId,
        [AsParameters] PageQuery page,
        EventSearch search,
        AnswerCache cache,
        HttpContext http
    )
    {
        var filter = new EventFilter(q, city, from?.At, to?.At, category, organizerId);
        Task<Answer> MakeAsync() => AnswerAsync(search, filter, page);
        return http.IsAnonymous()
            ? (await cache.GetAsync(new Question(filter, page.Cursor, page.Take()), Freshness.Public, MakeAsync)).With(
                Freshness.PublicHeader
            )
            : (await MakeAsync()).With(Freshness.PrivateHeader);
    }

    private static async Task<Answer> AnswerAsync(EventSearch search, EventFilter filter, PageQuery page)
    {
        var rows = await search.FindAsync(filter, page.After(), page.Take() + 1);
        return Answer.Of(Page.Of(rows, page.Take(), EventSearch.CursorOf));
    }
}
