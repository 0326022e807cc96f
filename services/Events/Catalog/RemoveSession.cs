using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ticketing.Events.Catalog;

internal static class RemoveSession
{
    /// <summary>Removes a session of a draft; a session that was on sale stays, cancelled.</summary>
    /// <remarks>409 last-session: cancel the event instead. 409 session-cancelled, event-cancelled.</remarks>
    public static async Task<NoContent> Handle(Guid id, ClaimsPrincipal user, EventsDb db, CancellationToken ct)
    {
        await db.EditSessionAsync(
            user,
            id,
            (e, session) =>
            {
                e.RemoveSession(session);
                return id;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
