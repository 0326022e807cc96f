namespace Ticketing.Contracts;

public sealed record UserRegistered(Guid UserId, string Email, string Name, string Locale, DateTimeOffset At) : IEvent
{
    public static string Type => "user.registered";
}

/// <summary>Everybody who keeps data of this person removes what no law obliges them to keep.</summary>
public sealed record UserErased(Guid UserId, DateTimeOffset At) : IEvent
{
    public static string Type => "user.erased";
}
