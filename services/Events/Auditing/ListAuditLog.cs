using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Auditing;

/// <summary>Somebody did something.</summary>
/// <param name="Action">Noun and verb, such as <c>coupon.created</c>.</param>
/// <param name="ActorId">Who; null: no person, but another company or the system.</param>
/// <param name="AsAdmin">Who did it is an administrator of the platform.</param>
/// <param name="SubjectId">Whom or what: the action's noun says of what kind.</param>
/// <param name="At">When it was done.</param>
/// <param name="Network">From where: a /24 of IPv4 or a /48 of IPv6.</param>
/// <param name="Reason">Why: a code.</param>
/// <param name="Details">What else is known of it, such as <c>priceBefore</c> and <c>priceAfter</c>.</param>
internal sealed record AuditEntryView(
    Guid Id,
    string Action,
    Guid? ActorId,
    bool AsAdmin,
    Guid? OrganizerId,
    Guid? SubjectId,
    DateTimeOffset At,
    string? Network,
    string? Reason,
    IReadOnlyDictionary<string, string> Details
);

/// <summary>Which entries.</summary>
internal sealed record AuditFilter(Guid? ActorId, string? Action, DateTimeOffset? From, DateTimeOffset? Until);

internal static class ListAuditLog
{
    /// <summary>
    /// A page of one actor or action looks at so many entries, however rare they are: it may be short of its limit, or empty,
    /// and still have a next one.
    /// </summary>
    private const int FilterWindow = 1_000;
    private const int MaxAction = 60;

    /// <summary>What was done with an organizer's team, events, sales and money, newest first.</summary>
    /// <remarks>
    /// For its owners and platform administrators. A page of one actor or one action may be short, or empty, and still have a
    /// next one.
    /// </remarks>
    /// <param name="id">The organizer.</param>
    /// <param name="actorId">Only what this person did.</param>
    /// <param name="action">Only this action, such as `coupon.created`.</param>
    /// <param name="from">Only what was done from then on.</param>
    /// <param name="until">Only what was done before then.</param>
    public static async Task<Ok<Page<AuditEntryView>>> OfOrganizer(
        Guid id,
        Guid? actorId,
        [MaxLength(MaxAction)] string? action,
        DateTimeOffset? from,
        DateTimeOffset? until,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        if (await db.RequireMemberAsync(user, id, "organizer", ct) != TeamRole.Owner)
            throw TeamAccess.Forbidden();
        return TypedResults.Ok(
            await PageAsync(db.AuditLog.Where(e => e.OrganizerId == id), new(actorId, action, from, until), page, ct)
        );
    }

    /// <summary>What was done on the whole platform, newest first; administrators only.</summary>
    /// <remarks>
    /// With what no organizer's log shows: platform roles, and reading of people's data. A page of one actor or one action may be
    /// short, or empty, and still have a next one.
    /// </remarks>
    /// <param name="actorId">Only what this person did.</param>
    /// <param name="action">Only this action, such as `coupon.created`.</param>
    /// <param name="from">Only what was done from then on.</param>
    /// <param name="until">Only what was done before then.</param>
    public static async Task<Ok<Page<AuditEntryView>>> OfPlatform(
        Guid? actorId,
        [MaxLength(MaxAction)] string? action,
        DateTimeOffset? from,
        DateTimeOffset? until,
        [AsParameters] PageQuery page,
        EventsDb db,
        CancellationToken ct
    ) => TypedResults.Ok(await PageAsync(db.AuditLog, new(actorId, action, from, until), page, ct));

    private static async Task<Page<AuditEntryView>> PageAsync(
        IQueryable<AuditEntry> entries,
        AuditFilter filter,
        PageQuery page,
        CancellationToken ct
    )
    {
        // Ids are in the order of time, so that one index answers all.
        var before = page.AfterId() ?? Guid.AllBitsSet;
        entries = entries.Where(e => e.Id < before);
        if (filter.Until is { } until)
        {
            var end = AuditIds.FirstAt(until);
            entries = entries.Where(e => e.Id < end);
        }
        if (filter.From is { } from)
        {
            var begin = AuditIds.FirstAt(from);
            entries = entries.Where(e => e.Id >= begin);
        }
        entries = entries.OrderByDescending(e => e.Id);
        Guid? windowEnd = null;
        if (filter.ActorId is not null || filter.Action is not null)
        {
            windowEnd = await entries.Skip(FilterWindow - 1).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
            entries = entries
                .Take(FilterWindow)
                .Where(e => filter.ActorId == null || e.ActorId == filter.ActorId)
                .Where(e => filter.Action == null || e.Action == filter.Action)
                .OrderByDescending(e => e.Id);
        }
        var rows = await entries.AsNoTracking().Take(page.Take() + 1).ToListAsync(ct);
        var found = Page.Of([.. rows.Select(ViewOf)], page.Take(), e => e.Id.ToString());
        return found.Next is null && windowEnd is { } last
            ? found with
            {
                Next = Cursor.Encode(last.ToString()),
            }
            : found;
    }

    private static AuditEntryView ViewOf(AuditEntry e) =>
        new(
            e.Id,
            e.Action,
            e.ActorId,
            e.AsAdmin,
            e.OrganizerId,
            e.SubjectId,
            e.At,
            e.Network,
            e.Reason,
            JsonSerializer.Deserialize<Dictionary<string, string>>(e.Details, ServiceDefaultsExtensions.Json)!
        );
}
