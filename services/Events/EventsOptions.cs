namespace Ticketing.Events;

/// <summary>Section <c>Events</c>.</summary>
internal sealed class EventsOptions
{
    /// <summary>An administrator approves an organizer before it publishes events or invites people by mail.</summary>
    public bool ApproveOrganizers { get; set; } = true;
}
