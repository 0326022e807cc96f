using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

public static class CreateOrganizer
{
    /// <param name="Website">Absolute http(s) address.</param>
    /// <param name="ContactEmail">Where buyers reach the organizer; printed on tickets and in mails.</param>
    public sealed record Request(
        [Text(Organizer.MaxNameLength)] string Name,
        [Text(Organizer.MaxDescriptionLength, Lines = true)] string? Description = null,
        [WebAddress] string? Website = null,
        [MaxLength(EmailAddress.MaxLength)] string? ContactEmail = null
    );

    /// <summary>Creates an organizer; whoever does so is its owner.</summary>
    /// <remarks>
    /// 409 limit-reached: the person owns too many already. Where the platform approves organizers it waits for that
    /// (`approved` in the list of my organizers): it can be prepared, not published.
    /// </remarks>
    internal static async Task<Created<OrganizerView>> Handle(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        IOptions<EventsOptions> options,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var userId = user.UserId();
        if (
            await db.TeamMembers.CountAsync(m => m.UserId == userId && m.Role == TeamRole.Owner, ct)
            >= Organizer.MaxPerPerson
        )
            throw ProblemException.Conflict(
                "limit-reached",
                $"A person owns at most {Organizer.MaxPerPerson} organizers."
            );
        var contact = EditOrganizer.CheckContact(request.ContactEmail);
        var organizer = new Organizer
        {
            Name = request.Name.Trim(),
            Description = request.Description,
            Website = request.Website,
            ContactEmail = contact,
            Fee = options.Value.Fee,
            CreatedAt = clock.GetUtcNow(),
            ApprovedAt = actor.AsAdmin ? actor.At : null,
        };
        db.Add(organizer);
        db.Add(
            new TeamMember
            {
                OrganizerId = organizer.Id,
                UserId = userId,
                Role = TeamRole.Owner,
                Version = 1,
            }
        );
        db.Publish(new TeamMemberChanged(organizer.Id, userId, TeamRole.Owner, 1));
        db.Record(actor.Did("organizer.created", organizer.Id, organizer.Id));
        await db.SaveChangesAsync(ct);
        response.SetETag(organizer.Version);
        return TypedResults.Created($"/api/v1/organizers/{organizer.Id}", OrganizerView.Of(organizer));
    }
}
