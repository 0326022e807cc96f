using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class FindSession
{
    public static async Task<Ok<SessionOwner>> Handle(Guid id, EventsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            await db
                .Sessions.Where(s => s.Id == id)
                .Join(
                    db.Events,
                    s => s.EventId,
                    e => e.Id,
                    (s, e) => new SessionOwner(e.Id, e.OrganizerId, s.EndsAt ?? s.StartsAt)
                )
                .SingleOrDefaultAsync(ct)
                ?? throw ProblemException.NotFound("session")
        );
}
