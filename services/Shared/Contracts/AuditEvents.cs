namespace Ticketing.Contracts;

/// <summary>
/// Somebody did what has to be accounted for. Ids, codes and figures only: to erase a person nothing of it needs to change.
/// </summary>
/// <param name="Id">Version 7: in the order of time, and unique among all services.</param>
/// <param name="Action">Noun and verb, such as <c>coupon.created</c>.</param>
/// <param name="ActorId">Who; null: no person, but another company or the system.</param>
/// <param name="AsAdmin">By the right of a platform administrator.</param>
/// <param name="OrganizerId">Whose it is; null: the platform's.</param>
/// <param name="SubjectId">Whom or what: the action's noun says of what kind.</param>
/// <param name="Network">From where: a /24 of IPv4 or a /48 of IPv6, which is nobody's alone; null without a request.</param>
/// <param name="Reason">Why: a code. What people write stays where it can be forgotten, at the subject.</param>
/// <param name="Details">What else is to be known, such as <c>priceBefore</c>; never what tells of a person.</param>
public sealed record ActRecorded(
    Guid Id,
    string Action,
    Guid? ActorId,
    bool AsAdmin,
    Guid? OrganizerId,
    Guid? SubjectId,
    DateTimeOffset At,
    string? Network,
    string? Reason,
    IReadOnlyDictionary<string, string> Details
) : IEvent
{
    public static string Type => "act.recorded";
}
