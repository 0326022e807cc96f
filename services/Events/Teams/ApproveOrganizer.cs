using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <param name="CreatedAt">When somebody founded it.</param>
internal sealed record AwaitingOrganizer(
    Guid Id,
    string Name,
    string? Description,
    string? Website,
    string? ContactEmail,
    DateTimeOffset CreatedAt
);

/// <summary>
/// Until the platform knows an organizer, nobody is written to in its name: it publishes no event, and invites nobody.
/// </summary>
internal static class ApproveOrganizer
{
    /// <summary>Organizers that wait to be approved, oldest first; administrators only.</summary>
    public static async Task<Ok<Page<AwaitingOrganizer>>> List(
        [AsParameters] PageQuery page,
        EventsDb db,
        CancellationToken ct
    )
    {
        var after = page.Cursor is null ? Guid.Empty : Cursor.DecodeId(page.Cursor);
        var rows = await db
            .Organizers.AsNoTracking()
            .Where(o => o.ApprovedAt == null && o.Id > after)
            .OrderBy(o => o.Id)
            .Take(page.Take() + 1)
            .Select(o => new AwaitingOrganizer(o.Id, o.Name, o.Description, o.Website, o.ContactEmail, o.CreatedAt))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), o => o.Id.ToString()));
    }

    /// <summary>The organizer may publish events and invite people from now on; administrators only.</summary>
    /// <remarks>Again changes nothing.</remarks>
    /// <param name="id">The organizer.</param>
    public static Task<NoContent> Approve(Guid id, Actor actor, EventsDb db, CancellationToken ct) =>
        SetAsync(id, actor.At, "organizer.approved", actor, db, ct);

    /// <summary>The organizer may not publish further events, nor invite people, any more; administrators only.</summary>
    /// <remarks>What is published stays on sale: cancel it if it must not. Again changes nothing.</remarks>
    /// <param name="id">The organizer.</param>
    public static Task<NoContent> Withdraw(Guid id, Actor actor, EventsDb db, CancellationToken ct) =>
        SetAsync(id, null, "organizer.approval-withdrawn", actor, db, ct);

    private static Task<NoContent> SetAsync(
        Guid id,
        DateTimeOffset? at,
        string act,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var organizer = await db.LockOrganizerAsync(id, "organizer", ct);
                if (organizer.ApprovedAt is null != at is null)
                {
                    organizer.ApprovedAt = at;
                    db.Record(actor.Did(act, id, id));
                }
                return TypedResults.NoContent();
            },
            ct
        );
}
