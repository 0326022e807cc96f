using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class EditSession
{
    /// <param name="MaxPerPerson">Tickets that one person may have, over all orders. Who has more keeps them.</param>
    /// <param name="RequiresCpf">Buyers name their CPF from now on, and the limit is also of the CPF, over all accounts.</param>
    public sealed record Request(
        DateTimeOffset? StartsAt = null,
        Clearable<DateTimeOffset?>? DoorsAt = null,
        Clearable<DateTimeOffset?>? EndsAt = null,
        [Range(1, Session.MaxMaxPerPerson)] int? MaxPerPerson = null,
        bool? RequiresCpf = null
    );

    /// <summary>Moves a session to other times, or changes its limit.</summary>
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
                session.MaxPerPerson = request.MaxPerPerson ?? session.MaxPerPerson;
                session.RequiresCpf = request.RequiresCpf ?? session.RequiresCpf;
                return session;
            },
            ct
        );
        response.SetETag(session.Version);
        return TypedResults.Ok(SessionView.Of(session));
    }
}
