namespace Ticketing.Contracts;

/// <summary>Everybody who keeps data of this person removes what no law obliges them to keep.</summary>
public sealed record UserErased(Guid UserId, DateTimeOffset At) : IEvent
{
    public static string Type => "user.erased";
}

/// <summary>
/// The person agrees, or no longer, that name and e-mail address go to the organizers of what they buy. Who was not told of it
/// shows nothing.
/// </summary>
/// <param name="At">The latest one holds.</param>
public sealed record OrganizerConsentChanged(Guid UserId, bool Granted, DateTimeOffset At) : IEvent
{
    public static string Type => "user.organizer-consent-changed";
}
