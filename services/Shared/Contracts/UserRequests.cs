namespace Ticketing.Contracts;

/// <summary>Users: <c>GET internal/users/{id}</c> and <c>GET internal/users/by-email?email=</c>; 404 when unknown.</summary>
public sealed record UserRef(Guid Id, string Name, string Email, string Locale);
