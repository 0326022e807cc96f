namespace Ticketing.Contracts;

/// <summary>What people want to know of a session beside its name and time, as it stood when it was told.</summary>
/// <param name="ContactEmail">Where people reach the organizer.</param>
/// <param name="AccentColor">#RRGGBB.</param>
public sealed record ShowDetails(
    Guid SessionId,
    string OrganizerName,
    string? ContactEmail,
    string VenueAddress,
    string VenueState,
    DateTimeOffset? DoorsAt,
    DateTimeOffset? EndsAt,
    string? ImageUrl,
    string? AccentColor
);
