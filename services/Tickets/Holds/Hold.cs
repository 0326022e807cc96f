namespace Ticketing.Tickets.Holds;

/// <summary>A lease on stock. An order takes its hold's id.</summary>
internal sealed class Hold
{
    public required Guid Id { get; init; }
    public required Guid SessionId { get; init; }
    public required Guid BuyerId { get; init; }
    public HoldStatus Status { get; set; }

    /// <summary>The first expiry: what a replay of the first answer says.</summary>
    public DateTimeOffset GrantedUntil { get; init; }

    /// <summary>The lease's end by the database's clock; an order extends it.</summary>
    public DateTimeOffset ExpiresAt { get; set; }
    public string? IdempotencyKey { get; init; }
    public byte[]? RequestHash { get; init; }

    /// <summary>
    /// Blind index of the buyer's CPF, once it is ordered, where the session asks for one: what counts towards the CPF's
    /// limit, and says nothing without Orders' key.
    /// </summary>
    public byte[]? CpfIndex { get; init; }

    /// <summary>Of the tickets that are still to be issued.</summary>
    public string? BlockReason { get; set; }
}

/// <summary>One ticket type of a hold, at the price of the moment. Never changes.</summary>
internal sealed class HoldItem
{
    public required Guid HoldId { get; init; }
    public int Ordinal { get; init; }
    public required Guid TicketTypeId { get; init; }
    public required Guid PoolId { get; init; }
    public required string Name { get; init; }
    public Contracts.TicketKind Kind { get; init; }
    public long UnitPrice { get; init; }

    /// <summary>Of the price of one: the service fee that the buyer pays.</summary>
    public long Fee { get; init; }

    /// <summary>Of the price of one: what the platform takes, whoever bears it.</summary>
    public long PlatformFee { get; init; }
    public required string Currency { get; init; }
    public int Quantity { get; init; }

    /// <summary>Empty for general admission.</summary>
    public required Guid[] SeatIds { get; init; }

    /// <summary>Labels of the seats, in the same order.</summary>
    public required string[] Seats { get; init; }
}

/// <summary>Held and Ordered have stock until they expire, Committed has sold stock.</summary>
internal enum HoldStatus
{
    /// <summary>The buyer is choosing or paying soon.</summary>
    Held,

    /// <summary>An order is attached.</summary>
    Ordered,

    /// <summary>Paid: the tickets are issued.</summary>
    Committed,

    /// <summary>The lease ended. A late payment may take the same stock again.</summary>
    Expired,

    /// <summary>The order gave it back. A late payment may take the same stock again.</summary>
    Released,

    /// <summary>The buyer gave it back. Final.</summary>
    Returned,

    /// <summary>The tickets were voided. Final.</summary>
    Voided,
}
