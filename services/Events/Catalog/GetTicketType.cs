using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class GetTicketType
{
    /// <summary>A ticket type: public when its event is, before that for the team.</summary>
    public static async Task<Ok<TicketTypeView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var found =
            await (
                from type in db.TicketTypes.AsNoTracking()
                join session in db.Sessions on type.SessionId equals session.Id
                join e in db.Events on session.EventId equals e.Id
                where type.Id == id
                select new
                {
                    type,
                    e.Status,
                    e.OrganizerId,
                }
            ).SingleOrDefaultAsync(ct) ?? throw ProblemException.NotFound("ticket type");
        if (found.Status == EventStatus.Draft)
            await db.RequireMemberAsync(user, found.OrganizerId, "ticket type", ct);
        response.SetETag(found.type.Version);
        return TypedResults.Ok(TicketTypeView.Of(found.type));
    }
}
