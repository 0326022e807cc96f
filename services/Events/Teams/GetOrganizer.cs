using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class GetOrganizer
{
    /// <summary>An organizer's public profile.</summary>
    public static async Task<Ok<OrganizerView>> Handle(
        Guid id,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var organizer =
            await db.Organizers.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct)
            ?? throw ProblemException.NotFound("organizer");
        response.SetETag(organizer.Version);
        return TypedResults.Ok(OrganizerView.Of(organizer));
    }
}
