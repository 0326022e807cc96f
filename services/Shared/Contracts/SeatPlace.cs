namespace Ticketing.Contracts;

/// <summary>
/// Where a seat is. Its label joins the three by a sign that none of them holds (Events refuses it), so that no two seats
/// of a map have the same label: row A-1 seat 2 is not row A seat 1-2.
/// </summary>
public sealed record SeatPlace(string Section, string Row, string Number)
{
    /// <summary>In no section's, row's or seat's name.</summary>
    public const char Sign = '·';
    private const string Separator = " · ";

    /// <summary>Such as "Plateia · A · 12".</summary>
    public string Label() => string.Join(Separator, Section, Row, Number);

    /// <summary>Null for what is no label, as without a seat.</summary>
    public static SeatPlace? Of(string? label) =>
        label?.Split(Separator) is [var section, var row, var number] ? new(section, row, number) : null;
}
