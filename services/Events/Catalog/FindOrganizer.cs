using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class FindOrganizer
{
    public static async Task<Ok<EventOwner>> Handle(Guid id, EventsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            await db.Events.Where(e => e.Id == id).Select(e => new EventOwner(e.OrganizerId)).SingleOrDefaultAsync(ct)
                ?? throw ProblemException.NotFound("event")
        );
}
