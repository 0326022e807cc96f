using Microsoft.AspNetCore.Components;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;

namespace Ticketing.Web.Organizer;

/// <summary>A page of one event: what its reader is in the team comes with it.</summary>
public abstract class OwnEventPage : RoomPage
{
    [Parameter]
    public Guid EventId { get; set; }

    private protected EventView Show { get; private set; } = null!;

    private protected string Zone => Show.Venue.TimeZone;

    /// <summary>When an end is not given.</summary>
    private static readonly TimeSpan LongestSession = TimeSpan.FromHours(12);

    /// <summary>The date that the query names (<c>data</c>); when none is said, the first that is not over, else the last.</summary>
    private protected SessionView FindSession() =>
        (
            QueryId("data") is { } id
                ? Show.Sessions.FirstOrDefault(s => s.Id == id)
                : Show.Sessions.FirstOrDefault(s =>
                    !s.Cancelled && (s.EndsAt ?? s.StartsAt + LongestSession) > Clock.GetUtcNow()
                ) ?? (Show.Sessions is [.., var last] ? last : null)
        ) ?? throw Missing();

    /// <summary>Null of a service that does not tell versions yet.</summary>
    private protected static string? TagOf(long version) => version == 0 ? null : ETag.Of(version);

    /// <summary>False when something stands there that is no time: what is typed is never left out in silence.</summary>
    /// <param name="wrong">The field, as the API calls it.</param>
    private protected bool Reads(string field, string wrong, string label, out DateTimeOffset? at)
    {
        at = FormFields.Moment(Field(field), Zone);
        if (at is not null || Filled(field) is null)
            return true;
        Refuse(
            wrong,
            T(
                $"“{label}”: este dia e hora não existem, ou estão longe demais.",
                $"“{label}”: there is no such day and time, or it is too far away."
            )
        );
        return false;
    }

    private protected sealed override async Task<Membership?> FindTeamAsync()
    {
        Show =
            await Api.FindAsync<EventView>(AppIds.Events, $"/api/v1/events/{EventId}?forTeam=true") ?? throw Missing();
        return Show.Organizer.Id != OrganizerId ? null : Show.Team ?? await base.FindTeamAsync();
    }
}
