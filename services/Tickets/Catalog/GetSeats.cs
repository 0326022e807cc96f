using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

internal static class GetSeats
{
    internal sealed record Response(Guid SessionId, IReadOnlyList<SeatSection> Sections);

    /// <param name="TicketTypeIds">Ticket types that these seats may be held with.</param>
    /// <param name="Kind">rows; or tables: each row is a table with seats around it.</param>
    internal sealed record SeatSection(
        Guid Id,
        string Name,
        IReadOnlyList<Guid> TicketTypeIds,
        SectionKind Kind,
        IReadOnlyList<SeatRow> Rows
    );

    internal sealed record SeatRow(string Row, IReadOnlyList<SeatState> Seats);

    /// <param name="Kind">accessible seats are for a wheelchair, companion seats for who comes along.</param>
    /// <param name="X">Place from the left in its section, in halves of a seat's place: two are the next seat.</param>
    /// <param name="Y">Place from the stage, likewise.</param>
    internal sealed record SeatState(Guid Id, string Number, SeatStatus Status, SeatKind Kind, int X, int Y);

    /// <summary>The session's seats and which are free.</summary>
    /// <remarks>
    /// In the order of the seat map; sections without chosen seats do not appear. At most a second old; send
    /// <c>If-None-Match</c> to poll cheaply.
    /// </remarks>
    /// <param name="id">The session.</param>
    /// <response code="404">No such session is on sale, nor was.</response>
    public static Task<IResult> Handle(Guid id, AnswerCache cache, IServiceScopeFactory scopes) =>
        cache.GetAsync((nameof(GetSeats), id), scopes, db => MakeAsync(id, db));

    private static async Task<Response?> MakeAsync(Guid id, TicketsDb db)
    {
        if (!await db.Sessions.AnyAsync(s => s.Id == id))
            return null;
        var pools = await db
            .Pools.AsNoTracking()
            .Where(p => p.SessionId == id && p.SectionId != null)
            .ToDictionaryAsync(p => p.Id);
        var types = await db
            .TicketTypes.AsNoTracking()
            .Where(t => t.SessionId == id && !t.Withdrawn)
            .OrderBy(t => t.Ordinal)
            .ToListAsync();
        var seats = await db.Seats.AsNoTracking().Where(s => s.SessionId == id).OrderBy(s => s.Ordinal).ToListAsync();
        return new(
            id,
            [
                .. seats
                    .GroupBy(s => s.PoolId)
                    .Select(section => new SeatSection(
                        pools[section.Key].SectionId!.Value,
                        section.First().Section,
                        [.. types.Where(t => t.PoolId == section.Key).Select(t => t.Id)],
                        section.First().AtTable ? SectionKind.Tables : SectionKind.Rows,
                        [
                            .. section
                                .GroupBy(s => s.Row)
                                .Select(row => new SeatRow(
                                    row.Key,
                                    [.. row.Select(s => new SeatState(s.SeatId, s.Number, s.Status, s.Kind, s.X, s.Y))]
                                )),
                        ]
                    )),
            ]
        );
    }
}
