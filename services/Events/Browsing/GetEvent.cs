using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Programme;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class GetEvent
{
    /// <summary>An event with its sessions, pools and ticket types: public once published, before that for the team.</summary>
    /// <remarks>Cacheable when public; answers 304 to a matching If-None-Match.</remarks>
    /// <param name="id">Its id, or the slug of its title.</param>
    public static async Task<Results<Ok<EventView>, StatusCodeHttpResult>> Handle(
        string id,
        ClaimsPrincipal user,
        EventsDb db,
        PageCache cache,
        HttpContext http,
        CancellationToken ct
    )
    {
        var events = db.Events.AsNoTracking();
        if (Guid.TryParse(id, out var guid))
            events = events.Where(e => e.Id == guid);
        else if (Slug.IsSlug(id))
            events = events.Where(e => e.Slug == id);
        else
            throw ProblemException.NotFound("event");
        var head =
            await events
                .Select(e => new
                {
                    e.Id,
                    e.Version,
                    e.Status,
                    e.OrganizerId,
                })
                .SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("event");
        var isPublic = head.Status != EventStatus.Draft;
        if (!isPublic)
            await db.RequireMemberAsync(user, head.OrganizerId, "event", ct);
        if (http.IsFresh(ETag.Of(head.Version), isPublic))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        if (isPublic && cache.Find<EventView>(head.Id, head.Version) is { } known)
            return TypedResults.Ok(known);
        // It may have changed since: the tag is that of what is sent.
        var e = await db.ReadAsync(events, ct) ?? throw ProblemException.NotFound("event");
        http.Response.SetETag(e.Version);
        var view = EventView.Of(e);
        if (isPublic)
            cache.Keep(e.Id, e.Version, 1 + view.Sessions.Sum(s => 1 + s.TicketTypes.Count), view);
        return TypedResults.Ok(view);
    }

    /// <summary>The whole event in one state.</summary>
    public static async Task<Event?> ReadAsync(this EventsDb db, IQueryable<Event> events, CancellationToken ct) =>
        await db
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(
                async ct =>
                {
                    // Several queries see one state only in such a transaction.
                    await using var transaction = await db.Database.BeginTransactionAsync(
                        System.Data.IsolationLevel.RepeatableRead,
                        ct
                    );
                    return await events.WithProgramme().SingleOrDefaultAsync(ct);
                },
                ct
            );
}
