namespace Ticketing.Contracts;

/// <summary>Users: <c>GET internal/users/{id}</c>; 404 when unknown.</summary>
/// <param name="EmailVerified">The person proved that the address is theirs.</param>
public sealed record UserRef(Guid Id, string Name, string Email, string Locale, bool EmailVerified = false);

/// <summary>Users: <c>GET internal/users/several?ids=</c>, separated by commas: a list of those that are known.</summary>
public static class FindUsers
{
    public const int Most = 100;
}

// Events, Tickets, Orders, Notifications: GET internal/exports/{personId}  all that the service keeps about the person, as JSON that a
//                                                                          person can read; Users puts it into one archive.
