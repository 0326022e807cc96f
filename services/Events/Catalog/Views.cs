using Ticketing.Contracts;
using Ticketing.Events.Teams;

namespace Ticketing.Events.Catalog;

/// <summary>An event with all that it sells.</summary>
/// <param name="Description">Plain text or Markdown, as written.</param>
/// <param name="ImageUrl">Where its picture (JPEG) is, at this API's own origin; null when it has none.</param>
/// <param name="AccentColor">#RRGGBB.</param>
/// <param name="Sessions">By date.</param>
/// <param name="Team">What the caller is in its organizer's team, where that was asked for; else null.</param>
internal sealed record EventView(
    Guid Id,
    string Slug,
    string Title,
    string Description,
    string Category,
    string? ImageUrl,
    string? AccentColor,
    EventStatus Status,
    string? CancelReason,
    DateTimeOffset? PublishedAt,
    EventOrganizer Organizer,
    VenueSnapshot Venue,
    IReadOnlyList<SessionView> Sessions,
    Membership? Team = null
)
{
    public static EventView Of(Event e) =>
        new(
            e.Id,
            e.Slug,
            e.Title,
            e.Description,
            e.Category,
            e.ImageUrl,
            e.AccentColor,
            e.Status,
            e.CancelReason,
            e.PublishedAt,
            new(e.OrganizerId, e.Organizer.Name),
            e.Venue.Snapshot(),
            [.. e.ByDate().Select(SessionView.Of)]
        );
}

internal sealed record EventOrganizer(Guid Id, string Name);

/// <summary>One date of an event.</summary>
/// <param name="Cancelled">Shown, not sold.</param>
/// <param name="SeatMapId">Where the seats can be read, when it has numbered seats.</param>
/// <param name="MaxPerPerson">Tickets that one person may have, over all orders.</param>
/// <param name="RequiresCpf">Buyers name their CPF, and the limit is also of the CPF, over all accounts.</param>
/// <param name="Version">Quoted, it is its ETag.</param>
internal sealed record SessionView(
    Guid Id,
    Guid EventId,
    DateTimeOffset StartsAt,
    DateTimeOffset? DoorsAt,
    DateTimeOffset? EndsAt,
    bool Cancelled,
    Guid? SeatMapId,
    int MaxPerPerson,
    bool RequiresCpf,
    IReadOnlyList<PoolView> Pools,
    IReadOnlyList<TicketTypeView> TicketTypes,
    long Version
)
{
    public static SessionView Of(Session s) =>
        new(
            s.Id,
            s.EventId,
            s.StartsAt,
            s.DoorsAt,
            s.EndsAt,
            s.Cancelled,
            s.SeatMapId,
            s.MaxPerPerson,
            s.RequiresCpf,
            [.. s.Pools.OrderBy(p => p.Id).Select(PoolView.Of)],
            [.. s.TicketTypes.OrderBy(t => t.Id).Select(TicketTypeView.Of)],
            s.Version
        );
}

/// <summary>Capacity that ticket types draw from.</summary>
/// <param name="SectionId">The seat map's section when it is seated.</param>
/// <param name="Version">Quoted, it is its ETag.</param>
internal sealed record PoolView(Guid Id, string Name, int Capacity, Guid? SectionId, long Version)
{
    public static PoolView Of(Pool p) => new(p.Id, p.Name, p.Capacity, p.SectionId, p.Version);
}

/// <summary>What a buyer chooses.</summary>
/// <param name="Price">As the organizer set it.</param>
/// <param name="Fee">The service fee that buyers pay on top of the price; 0 when there is none or the organizer bears it.</param>
/// <param name="SalesStart">On sale from then; null: since publishing.</param>
/// <param name="SalesEnd">On sale until then; null: until the session ends, or starts when its end is not given.</param>
/// <param name="MaxPerOrder">Tickets of this type in one order.</param>
/// <param name="Version">Quoted, it is its ETag.</param>
internal sealed record TicketTypeView(
    Guid Id,
    Guid SessionId,
    Guid PoolId,
    string Name,
    TicketKind Kind,
    Money Price,
    DateTimeOffset? SalesStart,
    DateTimeOffset? SalesEnd,
    int MaxPerOrder,
    Money Fee,
    long Version
)
{
    public static TicketTypeView Of(TicketType t) =>
        new(
            t.Id,
            t.SessionId,
            t.PoolId,
            t.Name,
            t.Kind,
            t.Price,
            t.SalesStart,
            t.SalesEnd,
            t.MaxPerOrder,
            t.Price with
            {
                Amount = t.Fee,
            },
            t.Version
        );
}
