using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class EditSession
{
    public sealed record Request(
        DateTimeOffset? StartsAt = null,
        Clearable<DateTimeOffset?>? DoorsAt = null,
        Clearable<DateTimeOffset?>? EndsAt = null
    );

    /// <summary>Moves a session to other times.</summary>
    /// <remarks>409 event-cancelled, session-cancelled. 422: times in the past or contradictory.</remarks>
    internal static async Task<Ok<SessionView>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var session = await db.EditSessionAsync(
            user,
            id,
            (_, session) =>
            {
                ETag.Require(ifMatch, session.Version);
                session.Schedule(
                    request.StartsAt ?? session.StartsAt,
                    request.DoorsAt.Or(session.DoorsAt),
                    request.EndsAt.Or(session.EndsAt),
                    clock.GetUtcNow()
                );
                return session;
            },
            ct
        );
        response.SetETag(session.Version);
        return TypedResults.Ok(SessionView.Of(session));
    }
}
