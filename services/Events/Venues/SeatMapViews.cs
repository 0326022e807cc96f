using Ticketing.Contracts;

namespace Ticketing.Events.Venues;

internal sealed record SeatMapSummary(
    Guid Id,
    Guid VenueId,
    string Name,
    int SeatCount,
    IReadOnlyList<SeatMapSummary.SectionSummary> Sections
)
{
    internal sealed record SectionSummary(Guid Id, string Name, int SeatCount);

    public static SeatMapSummary Of(SeatMap map) =>
        new(
            map.Id,
            map.VenueId,
            map.Name,
            map.SeatCount,
            [.. map.Sections.OrderBy(s => s.Position).Select(s => new SectionSummary(s.Id, s.Name, s.SeatCount))]
        );
}

internal sealed record SeatMapView(
    Guid Id,
    Guid VenueId,
    string Name,
    int SeatCount,
    IReadOnlyList<SeatMapView.SectionSeats> Sections
)
{
    /// <param name="Kind">rows; or tables: each row is a table.</param>
    internal sealed record SectionSeats(Guid Id, string Name, SectionKind Kind, IReadOnlyList<RowSeats> Rows);

    internal sealed record RowSeats(string Name, IReadOnlyList<SeatView> Seats);

    /// <param name="Id">What a hold names.</param>
    /// <param name="X">Place from the left, in halves of a seat's place: two are the next seat.</param>
    /// <param name="Y">Place from the stage, likewise.</param>
    internal sealed record SeatView(Guid Id, string Number, SeatKind Kind, int X, int Y);
}
