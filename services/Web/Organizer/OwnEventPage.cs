using Microsoft.AspNetCore.Components;
using Ticketing.Contracts;
using Ticketing.Web.Api;

namespace Ticketing.Web.Organizer;

/// <summary>A page of one event: what its reader is in the team comes with it.</summary>
public abstract class OwnEventPage : RoomPage
{
    [Parameter]
    public Guid EventId { get; set; }

    private protected EventView Show { get; private set; } = null!;

    private protected string Zone => Show.Venue.TimeZone;

    private protected sealed override async Task<Membership?> FindTeamAsync()
    {
        Show =
            await Api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{EventId}?forTeam=true") ?? throw Missing();
        return Show.Organizer.Id != OrganizerId ? null : Show.Team ?? await base.FindTeamAsync();
    }
}
