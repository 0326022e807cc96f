using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class GetSession
{
    /// <summary>A session with its pools and ticket types: public once its event is, before that for the team.</summary>
    public static async Task<Ok<SessionView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var session =
            await db
                .Sessions.AsNoTracking()
                .Include(s => s.Pools)
                .Include(s => s.TicketTypes)
                .AsSplitQuery()
                .SingleOrDefaultAsync(s => s.Id == id, ct)
            ?? throw ProblemException.NotFound("session");
        await db.RequireVisibleAsync(user, session.EventId, "session", ct);
        response.SetETag(session.Version);
        return TypedResults.Ok(SessionView.Of(session));
    }
}
