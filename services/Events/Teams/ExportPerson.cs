using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Events.Teams;

/// <summary>All that is kept about a person, for the archive that the person asks Users for.</summary>
internal static class ExportPerson
{
    public sealed record Response(IReadOnlyList<ExportedMembership> Teams);

    /// <param name="Role">Null: has left.</param>
    public sealed record ExportedMembership(Guid OrganizerId, string Organizer, TeamRole? Role);

    public static async Task<Ok<Response>> Handle(Guid id, EventsDb db, CancellationToken ct) =>
        TypedResults.Ok(
            new Response(
                await (
                    from member in db.TeamMembers
                    join organizer in db.Organizers on member.OrganizerId equals organizer.Id
                    where member.UserId == id
                    orderby organizer.Id
                    select new ExportedMembership(organizer.Id, organizer.Name, member.Role)
                ).ToListAsync(ct)
            )
        );
}
