using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using static Ticketing.Events.Venues.SeatLayout;

namespace Ticketing.Events.Venues;

/// <summary>
/// Where the seats of a section are, in halves of a seat's place: from the left, and from the stage. A seat covers two by two.
/// </summary>
internal static class SeatGrid
{
    /// <summary>A thousand seats wide and deep.</summary>
    public const int Size = 2_000;
    private const int Seat = 2;

    /// <summary>Seats, table, seats.</summary>
    private const int TableHeight = 3 * Seat;
    private const int BetweenTables = 2;

    public readonly record struct Place(LayoutRow Row, LayoutSeat Seat, int X, int Y);

    /// <summary>In the order of the layout; rows that name no place are set as their kind says.</summary>
    public static List<Place> Places(LayoutSection section)
    {
        var tables = section.Kind is SectionKind.Tables;
        var widest = section.Rows.Max(r => tables ? WidthOf(r) : r.Seats.Places.Count);
        var aLine = (int)Math.Ceiling(Math.Sqrt(section.Rows.Count));
        var places = new List<Place>();
        var y = -Seat;
        for (var i = 0; i < section.Rows.Count; i++)
        {
            var row = section.Rows[i];
            if (tables)
            {
                var x = row.X ?? i % aLine * (widest * Seat + BetweenTables);
                AddTable(places, row, x, row.Y ?? i / aLine * (TableHeight + BetweenTables));
                continue;
            }
            y = row.Y ?? y + Seat;
            var left = row.X ?? widest - row.Seats.Places.Count;
            for (var n = 0; n < row.Seats.Places.Count; n++)
                if (row.Seats.Places[n] is { } seat)
                    places.Add(new(row, seat, left + n * Seat, y));
        }
        return places;
    }

    /// <summary>In seats.</summary>
    private static int WidthOf(LayoutRow table) => (table.Seats.Places.Count + 1) / 2;

    /// <summary>Around it by the clock: along the side of the stage, and back along the other one.</summary>
    private static void AddTable(List<Place> places, LayoutRow row, int x, int y)
    {
        var width = WidthOf(row);
        for (var n = 0; n < row.Seats.Places.Count; n++)
            places.Add(
                n < width
                    ? new(row, row.Seats.Places[n]!, x + n * Seat, y)
                    : new(row, row.Seats.Places[n]!, x + (2 * width - 1 - n) * Seat, y + 2 * Seat)
            );
    }

    /// <exception cref="ProblemException">422: two seats, or a table and a seat, in one place; or beyond the grid.</exception>
    public static void Check(string field, LayoutSection section)
    {
        var taken = new HashSet<int>();
        foreach (var place in Places(section))
            Take(place.Row, place.X, place.Y, Seat);
        if (section.Kind is SectionKind.Tables)
            foreach (var table in Places(section).GroupBy(p => p.Row))
                Take(table.Key, table.Min(p => p.X), table.Min(p => p.Y) + Seat, WidthOf(table.Key) * Seat);

        void Take(LayoutRow row, int x, int y, int width)
        {
            if (x + width > Size || y + Seat > Size)
                throw Invalid(row, $"A section is at most {Size} half places wide and deep.");
            for (var dy = 0; dy < Seat; dy++)
            for (var dx = 0; dx < width; dx++)
                if (!taken.Add((y + dy) * Size + x + dx))
                    throw Invalid(row, $"Two seats or tables are at ({x}, {y}).");
        }

        ProblemException Invalid(LayoutRow row, string message) =>
            ProblemException.Invalid($"{field}[{section.Rows.ToList().IndexOf(row)}]", message);
    }
}
