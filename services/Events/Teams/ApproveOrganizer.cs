using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>An organizer as administrators see it.</summary>
/// <param name="CreatedAt">When somebody founded it.</param>
/// <param name="ApprovedAt">Null: it is not, or not any more.</param>
/// <param name="RefusedAt">Null: it is not; neither approved nor refused it waits.</param>
/// <param name="Refusal">What its team was told.</param>
internal sealed record KnownOrganizer(
    Guid Id,
    string Name,
    string? Description,
    string? Website,
    string? ContactEmail,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ApprovedAt,
    DateTimeOffset? RefusedAt,
    string? Refusal,
    FeeView Fee
)
{
    public static readonly Expression<Func<Organizer, KnownOrganizer>> Of = o =>
        new(
            o.Id,
            o.Name,
            o.Description,
            o.Website,
            o.ContactEmail,
            o.CreatedAt,
            o.ApprovedAt,
            o.RefusedAt,
            o.Refusal,
            FeeView.Of(o.Fee)
        );
}

/// <summary>
/// Until the platform knows an organizer, nobody is written to in its name: it publishes no event, and invites nobody.
/// </summary>
public static class ApproveOrganizer
{
    private const int MaxFound = 20;

    /// <summary>Behind every name that begins with another.</summary>
    private const string Last = "\U0010FFFF";

    /// <param name="Reason">Its team reads it.</param>
    public sealed record RefusalRequest([Text(Organizer.MaxRefusalLength, Lines = true)] string Reason);

    /// <summary>Organizers that wait to be approved, oldest first; administrators only.</summary>
    internal static async Task<Ok<Page<KnownOrganizer>>> List(
        [AsParameters] PageQuery page,
        EventsDb db,
        CancellationToken ct
    )
    {
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await db
            .Organizers.AsNoTracking()
            .Where(o => o.ApprovedAt == null && o.RefusedAt == null && o.Id > after)
            .OrderBy(o => o.Id)
            .Take(page.Take() + 1)
            .Select(KnownOrganizer.Of)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), o => o.Id.ToString()));
    }

    /// <summary>Organizers whose name begins so, or those of these ids, the first twenty; administrators only.</summary>
    /// <remarks>Either <c>q</c> or <c>id</c> (422).</remarks>
    /// <param name="q">The beginning of a name, in upper or lower case; or an id.</param>
    /// <param name="id">One or more, up to twenty.</param>
    internal static async Task<Ok<Page<KnownOrganizer>>> Find(
        [MinLength(1), MaxLength(Organizer.MaxNameLength)] string? q,
        [MaxLength(MaxFound)] Guid[]? id,
        EventsDb db,
        CancellationToken ct
    )
    {
        if (q is null == (id is null or []))
            throw ProblemException.Invalid("q", "Either the beginning of a name, or ids.");
        Guid[] ids = Guid.TryParse(q, out var one) ? [one] : id ?? [];
        var organizers = db.Organizers.AsNoTracking();
        var from = q?.Trim().ToLowerInvariant();
#pragma warning disable CA1309 // The database compares, by the column's collation: ordinal.
        var found =
            ids.Length > 0
                ? organizers.Where(o => ids.Contains(o.Id))
                : organizers.Where(o =>
                    string.Compare(o.LowerName, from) >= 0 && string.Compare(o.LowerName, from + Last) < 0
                );
#pragma warning restore CA1309
        var rows = await found
            .OrderBy(o => o.LowerName)
            .ThenBy(o => o.Id)
            .Take(MaxFound)
            .Select(KnownOrganizer.Of)
            .ToListAsync(ct);
        return TypedResults.Ok(new Page<KnownOrganizer>(rows, null));
    }

    /// <summary>The organizer may publish events and invite people from now on; administrators only.</summary>
    /// <remarks>Also one that was refused. Again changes nothing.</remarks>
    /// <param name="id">The organizer.</param>
    internal static Task<NoContent> Approve(Guid id, Actor actor, EventsDb db, CancellationToken ct) =>
        SetAsync(id, o => o.ApprovedAt is null, o => o.Approve(actor.At), "organizer.approved", actor, db, ct);

    /// <summary>The organizer may not publish further events, nor invite people, any more; administrators only.</summary>
    /// <remarks>What is published stays on sale: cancel it if it must not. Again changes nothing.</remarks>
    /// <param name="id">The organizer.</param>
    internal static Task<NoContent> Withdraw(Guid id, Actor actor, EventsDb db, CancellationToken ct) =>
        SetAsync(id, o => o.ApprovedAt is not null, o => o.Wait(), "organizer.approval-withdrawn", actor, db, ct);

    /// <summary>The organizer is not what it says: it waits no more, and its team reads why; administrators only.</summary>
    /// <remarks>
    /// An approval ends with it; what is published stays on sale. When its team changes the profile it waits again. The reason
    /// stays with the organizer, the audit log has none of it.
    /// </remarks>
    /// <param name="id">The organizer.</param>
    internal static Task<NoContent> Refuse(
        Guid id,
        RefusalRequest request,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        var reason = request.Reason.Trim();
        return SetAsync(
            id,
            o => o.Refusal != reason,
            o => o.Refuse(actor.At, reason),
            "organizer.refused",
            actor,
            db,
            ct
        );
    }

    private static Task<NoContent> SetAsync(
        Guid id,
        Predicate<Organizer> isNews,
        Action<Organizer> change,
        string act,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var organizer = await db.LockOrganizerAsync(id, "organizer", ct);
                if (isNews(organizer))
                {
                    change(organizer);
                    db.Record(actor.Did(act, id, id));
                }
                return TypedResults.NoContent();
            },
            ct
        );
}
