namespace Ticketing.Contracts;

/// <summary>Everybody who keeps data of this person removes what no law obliges them to keep.</summary>
public sealed record UserErased(Guid UserId, DateTimeOffset At) : IEvent
{
    public static string Type => "user.erased";
}
