using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class RemoveSession
{
    /// <summary>Removes a session of a draft; a session that was on sale stays, cancelled.</summary>
    /// <remarks>409 last-session: cancel the event instead. 409 session-cancelled, event-cancelled.</remarks>
    public static async Task<NoContent> Handle(
        Guid id,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.EditSessionAsync(
            user,
            id,
            (e, session) =>
            {
                e.RemoveSession(session);
                var act = e.Status == EventStatus.Draft ? "session.removed" : "session.cancelled";
                db.Record(actor.Did(act, e.OrganizerId, id));
                return id;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
