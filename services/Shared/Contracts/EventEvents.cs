namespace Ticketing.Contracts;

/// <summary>
/// An event went on sale: the whole of what others must know to sell it. Where that does not fit into one message, this is
/// partial, and event.changed with the same version brings the other sessions.
/// </summary>
public sealed record EventPublished(EventSnapshot Event) : IEvent
{
    public static string Type => "event.published";
}

/// <summary>
/// A published event was edited: what it is now. Where that does not fit into one message: the sessions that changed. Each
/// session is applied by its own version, for messages come in any order.
/// </summary>
public sealed record EventChanged(EventSnapshot Event) : IEvent
{
    public static string Type => "event.changed";
}

/// <summary>For good: nothing that comes later, or late, brings a session of it back.</summary>
public sealed record EventCancelled(Guid EventId, long Version, string Reason, DateTimeOffset At) : IEvent
{
    public static string Type => "event.cancelled";
}

/// <summary>A person joined, left or changed role in an organizer's team. Apply only a newer version.</summary>
/// <param name="Role">Null when the person left.</param>
public sealed record TeamMemberChanged(Guid OrganizerId, Guid UserId, TeamRole? Role, long Version) : IEvent
{
    public static string Type => "team.member-changed";
}

/// <summary>What a member may do: owner and manager everything, finance orders and refunds, door check-ins.</summary>
public enum TeamRole
{
    Owner,
    Manager,
    Finance,
    Door,
}

/// <param name="Version">Grows with every change of the event; a lower one is stale.</param>
/// <param name="Sessions">Each with all that it sells.</param>
/// <param name="Partial">Too large for one message: sessions that are not named stay as they are.</param>
/// <param name="AccentColor">Of what is printed and shown of it: #RRGGBB.</param>
/// <param name="ContactEmail">Where buyers reach the organizer.</param>
public sealed record EventSnapshot(
    Guid Id,
    long Version,
    Guid OrganizerId,
    string OrganizerName,
    string Title,
    string Slug,
    VenueSnapshot Venue,
    IReadOnlyList<SessionSnapshot> Sessions,
    bool Partial = false,
    string? ImageUrl = null,
    string? AccentColor = null,
    string? ContactEmail = null
);

/// <param name="TimeZone">IANA name; dates are shown to people in it.</param>
public sealed record VenueSnapshot(Guid Id, string Name, string Address, string City, string State, string TimeZone);

/// <param name="SeatMapId">The seats are fetched from Events by this id (a message must stay under 256 KiB).</param>
/// <param name="Cancelled">For good.</param>
/// <param name="Version">Of the event, when the session last changed; null: the event's own. A lower one is stale.</param>
/// <param name="MaxPerPerson">Tickets that one person may have, held and bought.</param>
/// <param name="RequiresCpf">A buyer names a CPF, and MaxPerPerson is also of the CPF, whatever the accounts.</param>
public sealed record SessionSnapshot(
    Guid Id,
    DateTimeOffset StartsAt,
    DateTimeOffset? DoorsAt,
    DateTimeOffset? EndsAt,
    bool Cancelled,
    Guid? SeatMapId,
    IReadOnlyList<PoolSnapshot> Pools,
    IReadOnlyList<TicketTypeSnapshot> TicketTypes,
    long? Version = null,
    int MaxPerPerson = 10,
    bool RequiresCpf = false
);

/// <summary>Capacity that one or more ticket types draw from.</summary>
/// <param name="SectionId">The seat map's section when the pool is seated; its capacity is then its seats.</param>
public sealed record PoolSnapshot(Guid Id, string Name, int Capacity, Guid? SectionId);

/// <param name="Price">What a buyer pays, with the service fee.</param>
/// <param name="Fee">Of the price, in minor units: the service fee that the buyer pays; 0 when the organizer bears it.</param>
/// <param name="PlatformFee">Of the price, in minor units: what the platform takes, whoever bears it.</param>
public sealed record TicketTypeSnapshot(
    Guid Id,
    Guid PoolId,
    string Name,
    TicketKind Kind,
    Money Price,
    DateTimeOffset? SalesStart,
    DateTimeOffset? SalesEnd,
    int MaxPerOrder,
    long Fee = 0,
    long PlatformFee = 0
);

/// <summary>Full price, or half price by law (meia-entrada, Lei 12.933/2013).</summary>
public enum TicketKind
{
    Full,
    Half,
}

/// <summary>An address is invited into a team; the inviter's name is asked for when it is told.</summary>
/// <param name="Path">Of the invitation's page, below the public origin; it is answered with a login.</param>
public sealed record TeamInvitationOffered(
    Guid InvitationId,
    string OrganizerName,
    TeamRole Role,
    Guid InvitedBy,
    string ToEmail,
    DateTimeOffset ExpiresAt,
    string Path
) : IEvent
{
    public static string Type => "team.invitation-offered";
}
