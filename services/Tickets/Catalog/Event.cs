using Ticketing.Contracts;

namespace Ticketing.Tickets.Catalog;

/// <summary>What is sold, as told by Events: a projection, never edited here.</summary>
internal sealed class Event
{
    public required Guid Id { get; init; }

    /// <summary>Of what is written here; its sessions have their own.</summary>
    public long Version { get; set; }

    /// <summary>For good.</summary>
    public bool Cancelled { get; set; }
    public required Guid OrganizerId { get; set; }
    public required string OrganizerName { get; set; }
    public required string Title { get; set; }
    public required string VenueName { get; set; }
    public required string VenueAddress { get; set; }
    public required string VenueCity { get; set; }
    public required string VenueState { get; set; }

    /// <summary>IANA name.</summary>
    public required string TimeZone { get; set; }
    public string? ImageUrl { get; set; }

    /// <summary>#RRGGBB.</summary>
    public string? AccentColor { get; set; }

    /// <summary>Where people reach the organizer.</summary>
    public string? ContactEmail { get; set; }
}

internal sealed class Session
{
    public required Guid Id { get; init; }
    public required Guid EventId { get; init; }
    public Event Event { get; init; } = null!;
    public DateTimeOffset StartsAt { get; set; }
    public DateTimeOffset? DoorsAt { get; set; }
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>When people begin to come.</summary>
    public DateTimeOffset OpensAt => DoorsAt ?? StartsAt;
    public bool Cancelled { get; set; }

    /// <summary>Tickets that one person may have, held and bought.</summary>
    public int MaxPerPerson { get; set; }

    /// <summary>The same limit is of a CPF, which the buyer names when ordering.</summary>
    public bool RequiresCpf { get; set; }

    /// <summary>Of the event, when the session last changed; what is older changes nothing.</summary>
    public long Version { get; set; }
}

/// <summary>
/// Capacity that ticket types draw from. <c>available + held + sold + blocked = capacity</c>, always: a CHECK says so.
/// </summary>
internal sealed class Pool
{
    public required Guid Id { get; init; }
    public required Guid SessionId { get; init; }

    /// <summary>The seat map's section when seats are chosen; null: general admission.</summary>
    public Guid? SectionId { get; set; }

    /// <summary>What the organizer wants. Capacity stays above it while more than that is taken.</summary>
    public int TargetCapacity { get; set; }
    public int Capacity { get; set; }
    public int Available { get; set; }
    public int Held { get; set; }
    public int Sold { get; set; }
    public int Blocked { get; set; }
}

internal sealed class TicketType
{
    public required Guid Id { get; init; }
    public required Guid SessionId { get; init; }
    public required Guid PoolId { get; set; }
    public required string Name { get; set; }
    public Contracts.TicketKind Kind { get; set; }
    public long PriceAmount { get; set; }
    public required string PriceCurrency { get; set; }

    /// <summary>Of the price: the service fee that the buyer pays.</summary>
    public long Fee { get; set; }

    /// <summary>Of the price: what the platform takes, whoever bears it.</summary>
    public long PlatformFee { get; set; }
    public DateTimeOffset? SalesStart { get; set; }
    public DateTimeOffset? SalesEnd { get; set; }
    public int MaxPerOrder { get; set; }

    /// <summary>No longer in what Events tells.</summary>
    public bool Withdrawn { get; set; }

    /// <summary>Place in the event's own order.</summary>
    public int Ordinal { get; set; }
}

/// <summary>A seat in one session.</summary>
internal sealed class Seat
{
    public required Guid SessionId { get; init; }
    public required Guid SeatId { get; init; }
    public required Guid PoolId { get; init; }
    public required string Section { get; init; }
    public required string Row { get; init; }
    public required string Number { get; init; }

    /// <summary>Place in the seat map's order.</summary>
    public int Ordinal { get; init; }
    public SeatKind Kind { get; init; }

    /// <summary>Its row is a table.</summary>
    public bool AtTable { get; init; }

    /// <summary>In halves of a seat's place, from the left and from the stage.</summary>
    public int X { get; init; }
    public int Y { get; init; }
    public SeatStatus Status { get; set; }

    /// <summary>The hold (= order) that has the seat.</summary>
    public Guid? HoldId { get; set; }
}

internal enum SeatStatus
{
    Free,
    Held,
    Sold,
    Blocked,
}
