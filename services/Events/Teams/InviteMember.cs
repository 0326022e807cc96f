using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

public static class InviteMember
{
    /// <param name="Email">Where the invitation goes; whoever has proven this address may accept it.</param>
    public sealed record Request([MaxLength(EmailAddress.MaxLength)] string Email, TeamRole Role);

    /// <summary>Invites the owner of an address into the team, by mail.</summary>
    /// <remarks>
    /// The answer says nothing about whether the address has an account. It is open for seven days; a newer one to the same
    /// address takes its place. 409 limit-reached, organizer-not-approved; 429 too-many-invitations: five to one address a day.
    /// </remarks>
    internal static async Task<Created<InvitationView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        IOptions<EventsOptions> options,
        CancellationToken ct
    )
    {
        if (!EmailAddress.TryNormalize(request.Email, out var email))
            throw ProblemException.Invalid("email", "This is not an e-mail address.");
        var (invitation, organizer) = await db.InTransactionAsync(
            async ct =>
            {
                var organizer = await db.LockOrganizerAsync(id, "organizer", ct);
                var own = await db.RequireManagerAsync(user, id, "organizer", ct);
                if (request.Role == TeamRole.Owner && own != TeamRole.Owner)
                    throw TeamAccess.Forbidden();
                organizer.RequireApproval(options.Value);
                await CheckLimitsAsync(db, id, email, actor.At, ct);
                var invitation = new Invitation
                {
                    OrganizerId = id,
                    Email = email,
                    Role = request.Role,
                    InvitedBy = user.UserId(),
                    OfferedAt = actor.At,
                    ExpiresAt = actor.At + Invitation.Lifetime,
                };
                db.Add(invitation);
                db.Publish(
                    new TeamInvitationOffered(
                        invitation.Id,
                        organizer.Name,
                        invitation.Role,
                        invitation.InvitedBy,
                        email,
                        invitation.ExpiresAt,
                        TeamsRoutes.PageOf(invitation)
                    )
                );
                db.Record(actor.Did("invitation.offered", id, invitation.Id, null, ("role", invitation.Role)));
                return (invitation, organizer);
            },
            ct
        );
        return TypedResults.Created(TeamsRoutes.PathOf(invitation), InvitationView.Of(invitation, organizer, actor.At));
    }

    private static async Task CheckLimitsAsync(
        EventsDb db,
        Guid organizerId,
        string email,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var ofOrganizer = db.Invitations.Where(i => i.OrganizerId == organizerId);
        var dayAgo = now.AddDays(-1);
        var toAddress = await ofOrganizer
            .Where(i => i.Email == email && (i.ExpiresAt > now || i.OfferedAt > dayAgo))
            .ToListAsync(ct);
        if (toAddress.Count(i => i.OfferedAt > dayAgo) >= Invitation.MaxADay)
            throw new ProblemException(
                429,
                "too-many-invitations",
                $"At most {Invitation.MaxADay} invitations to one address a day.",
                TimeSpan.FromDays(1)
            );
        foreach (var older in toAddress.Where(i => i.Status == InvitationStatus.Offered))
            older.End(InvitationStatus.Withdrawn, now);
        var open = await ofOrganizer.CountAsync(
            i => i.Status == InvitationStatus.Offered && i.ExpiresAt > now && i.Email != email,
            ct
        );
        if (open >= Invitation.MaxOpen)
            throw ProblemException.Conflict("limit-reached", $"At most {Invitation.MaxOpen} open invitations.");
    }
}
