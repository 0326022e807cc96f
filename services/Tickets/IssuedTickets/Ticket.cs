namespace Ticketing.Tickets.IssuedTickets;

using Ticketing.Contracts;
using Ticketing.Tickets.Catalog;

internal sealed class Ticket
{
    public required Guid Id { get; init; }

    /// <summary>What people read to each other.</summary>
    public required string Number { get; init; }

    /// <summary>Grows when the ticket passes to another person: codes and links of an older serial are dead.</summary>
    public int Serial { get; set; } = FirstSerial;
    public required Guid OrderId { get; init; }
    public required Guid SessionId { get; init; }
    public Session Session { get; init; } = null!;
    public required Guid PoolId { get; init; }

    /// <summary>Place in the order.</summary>
    public int Ordinal { get; init; }
    public required string TypeName { get; init; }
    public TicketKind Kind { get; init; }
    public Guid? SeatId { get; init; }
    public string? Seat { get; init; }
    public required Guid OwnerId { get; set; }
    public required string HolderName { get; set; }
    public TicketStatus Status { get; set; }
    public DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public string? Gate { get; set; }

    /// <summary>Why the door is closed to it, a code of <see cref="BlockReasons"/>; null: it is not.</summary>
    public string? BlockReason { get; set; }

    public const int FirstSerial = 1;
}

internal enum TicketStatus
{
    Valid,
    Used,
    Voided,
}

/// <summary>Stable codes.</summary>
internal static class BlockReasons
{
    public const string PaymentDisputed = "payment-disputed";
}
