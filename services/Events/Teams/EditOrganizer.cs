using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

public static class EditOrganizer
{
    public sealed record Request(
        [Text(Organizer.MaxNameLength)] string? Name = null,
        Clearable<string>? Description = null,
        Clearable<string>? Website = null,
        Clearable<string>? ContactEmail = null
    );

    /// <summary>Changes an organizer's profile; its published events tell of a new name or contact.</summary>
    /// <remarks>One that was refused waits to be approved again.</remarks>
    internal static async Task<Ok<OrganizerView>> Handle(
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
        Check(request);
        var organizer = await db.InTransactionAsync(
            async ct =>
            {
                var organizer = await db.LockOrganizerAsync(id, "organizer", ct);
                await db.RequireManagerAsync(user, id, "organizer", ct);
                ETag.Require(ifMatch, organizer.Version);
                var before = (organizer.Name, organizer.ContactEmail);
                organizer.Name = request.Name?.Trim() ?? organizer.Name;
                organizer.Description = request.Description.Or(organizer.Description);
                organizer.Website = request.Website.Or(organizer.Website);
                organizer.ContactEmail = CheckContact(request.ContactEmail.Or(organizer.ContactEmail));
                organizer.Version++;
                // It may be what it says now: an administrator looks again.
                if (organizer.RefusedAt is not null)
                    organizer.Wait();
                if (before != (organizer.Name, organizer.ContactEmail))
                    await db.TellAllAsync(e => e.OrganizerId == id, clock.GetUtcNow(), ct);
                return organizer;
            },
            ct
        );
        response.SetETag(organizer.Version);
        return TypedResults.Ok(OrganizerView.Of(organizer));
    }

    private static void Check(Request request)
    {
        var text = new TextAttribute(Organizer.MaxDescriptionLength) { Lines = true };
        if (!text.IsValid(request.Description?.Value))
            throw ProblemException.Invalid("description", text.FormatErrorMessage("description"));
        if (request.Website?.Value is { } website && !WebAddressAttribute.IsWebAddress(website))
            throw ProblemException.Invalid("website", WebAddressAttribute.Message);
    }

    /// <exception cref="ProblemException">422 when mails could not go there.</exception>
    internal static string? CheckContact(string? address) =>
        address is null ? null
        : EmailAddress.TryNormalize(address, out var email) ? email
        : throw ProblemException.Invalid("contactEmail", "This is not an e-mail address.");

    /// <summary>Changes of the organizer and of its team take turns.</summary>
    internal static async Task<Organizer> LockOrganizerAsync(
        this EventsDb db,
        Guid id,
        string noun,
        CancellationToken ct
    )
    {
        // Locked, then loaded: what is read was committed before the lock was had.
        await db
            .Database.SqlQuery<Guid>($"""SELECT id AS "Value" FROM organizers WHERE id = {id} FOR UPDATE""")
            .ToListAsync(ct);
        return await db.Organizers.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw ProblemException.NotFound(noun);
    }
}
