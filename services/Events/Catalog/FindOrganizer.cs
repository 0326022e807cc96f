using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class FindOrganizer
{
    public static async Task<Ok<EventOwner>> Handle(Guid id, EventsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            await db
                .Events.Where(e => e.Id == id)
                .Join(db.Organizers, e => e.OrganizerId, o => o.Id, (e, o) => new EventOwner(o.Id, o.Name, e.Title))
                .SingleOrDefaultAsync(ct)
                ?? throw ProblemException.NotFound("event")
        );
}
