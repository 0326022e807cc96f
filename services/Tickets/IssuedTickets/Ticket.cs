namespace Ticketing.Tickets.IssuedTickets;

using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Catalog;

internal sealed class Ticket
{
    public required Guid Id { get; init; }

    /// <summary>What people read to each other.</summary>
    public required string Number { get; init; }

    /// <summary>Grows when the ticket passes to another person or is reissued: codes and links of an older serial are dead.</summary>
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

    /// <summary>Its label (<see cref="SeatPlace"/>).</summary>
    public string? Seat { get; init; }

    /// <summary>Of this ticket alone, before a coupon; minor units.</summary>
    public long PriceAmount { get; init; }
    public required string PriceCurrency { get; init; }
    public required string OrderNumber { get; init; }

    /// <summary>Of its document: the order's, and of a ticket that was passed on its receiver's.</summary>
    public required string Locale { get; set; }

    /// <summary>Who bought it, whoever has it now.</summary>
    public required Guid BuyerId { get; init; }

    /// <summary>Its hold's.</summary>
    public byte[]? CpfIndex { get; init; }
    public required Guid OwnerId { get; set; }
    public required string HolderName { get; set; }

    /// <summary>The holder's first name, all that a door sees of it, as it is searched and sorted.</summary>
    public string NameKey { get; private set; } = "";
    public TicketStatus Status { get; set; }
    public DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public string? Gate { get; set; }

    /// <summary>The door that admitted it without a network; null: admitted here.</summary>
    public string? UsedDevice { get; set; }

    /// <summary>Why the door is closed to it, a code of <see cref="BlockReasons"/>; null: it is not.</summary>
    public string? BlockReason { get; set; }

    public const int FirstSerial = 1;
    public const int MaxKeyLength = 40;

    public static string KeyOf(string holderName) => TextFolding.Key(holderName.Split(' ', 2)[0], MaxKeyLength);

    /// <summary>Another person's from now on, with another code.</summary>
    public void PassTo(Guid owner, string holderName, string locale)
    {
        OwnerId = owner;
        HolderName = holderName;
        NameKey = KeyOf(holderName);
        Locale = locale;
        Serial++;
    }

    /// <summary>Why it is worth nothing to its holder, 409; null when it is good. Needs its session.</summary>
    public ProblemException? Refusal() =>
        Status switch
        {
            _ when Session.Cancelled => ProblemException.Conflict("session-cancelled", "The session is cancelled."),
            TicketStatus.Used => ProblemException.Conflict("ticket-used", "The ticket was used."),
            TicketStatus.Voided => ProblemException.Conflict("ticket-voided", "The ticket is void."),
            _ when BlockReason is { } reason => new(409, "ticket-blocked", "The ticket's payment is disputed.")
            {
                Extensions = { ["reason"] = reason },
            },
            _ => null,
        };

    /// <summary>What a mail about it says. Needs its session and event.</summary>
    public TicketSummary Summary() =>
        new(
            Id,
            OrderId,
            Session.Event.Title,
            Session.Event.VenueName,
            Session.Event.VenueCity,
            Session.Event.TimeZone,
            Session.StartsAt,
            TypeName,
            Seat,
            new(
                SessionId,
                Session.Event.OrganizerName,
                Session.Event.ContactEmail,
                Session.Event.VenueAddress,
                Session.Event.VenueState,
                Session.DoorsAt,
                Session.EndsAt,
                Session.Event.ImageUrl,
                Session.Event.AccentColor
            )
        );
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
