using System.ComponentModel.DataAnnotations;

namespace Ticketing.Tickets.Holds;

/// <summary>Section <c>Tickets</c>.</summary>
internal sealed class HoldOptions
{
    /// <summary>A new hold's lease.</summary>
    [Range(1, 3600)]
    public int HoldSeconds { get; set; } = 600;

    /// <summary>Pause between two looks for leases that are over.</summary>
    [Range(1, 3600)]
    public int SweepSeconds { get; set; } = 5;
}

internal static class HoldLimits
{
    /// <summary>Tickets in one hold, of all types together.</summary>
    public const int MaxTickets = 20;

    /// <summary>Ticket types in one hold.</summary>
    public const int MaxItems = 10;

    /// <summary>Holds that one buyer may have at a time for one session, ordered but unpaid ones included.</summary>
    public const int MaxLiveHolds = 4;

    /// <summary>Places that one buyer may hold unpaid, over all sessions: two whole holds.</summary>
    public const int MaxUnpaidPlaces = 2 * MaxTickets;

    /// <summary>
    /// Holds of one session that a buyer may let lapse, or whose orders came to nothing, within <see cref="LapseSeconds"/>.
    /// </summary>
    public const int MaxLapsedHolds = 5;

    public const int LapseSeconds = 3600;

    public const int MaxKeyLength = 200;
}
