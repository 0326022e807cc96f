using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class GetEvent
{
    /// <summary>An event with its sessions, pools and ticket types: public once published, before that for the team.</summary>
    /// <remarks>Cacheable when public; answers 304 to a matching If-None-Match.</remarks>
    /// <param name="id">Its id, or the slug of its title.</param>
    /// <param name="forTeam">With what the caller is in its organizer's team; to others than the team and administrators 404.</param>
    public static async Task<IResult> Handle(
        string id,
        ClaimsPrincipal user,
        IServiceScopeFactory scopes,
        AnswerCache cache,
        IOptions<EventsOptions> options,
        HttpContext http,
        CancellationToken ct,
        bool forTeam = false
    )
    {
        if (forTeam && http.IsAnonymous())
            throw ProblemException.NotFound("event");
        if (http.IsAnonymous())
            return (await cache.GetAsync((nameof(GetEvent), id), Freshness.Public, () => PublicAsync(scopes, id))).With(
                Freshness.PublicHeader
            );
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        var which = Which(db, id);
        var head =
            await which
                .Select(e => new
                {
                    e.Id,
                    e.Version,
                    e.Status,
                    e.OrganizerId,
                })
                .SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("event");
        if (forTeam)
        {
            var organizer = db.Organizers.Where(o => o.Id == head.OrganizerId);
            var team = await ListOrganizers.Memberships(db, user, organizer, options.Value).SingleOrDefaultAsync(ct);
            if (team is null && !user.IsAdmin())
                throw ProblemException.NotFound("event");
            var e = await db.ReadAsync(which, ct) ?? throw ProblemException.NotFound("event");
            // Its tag is of the role and the fee, too.
            return Answer.Of(EventView.Of(e) with { Team = team }).With(Freshness.PrivateHeader);
        }
        if (head.Status == EventStatus.Draft)
        {
            await db.RequireMemberAsync(user, head.OrganizerId, "event", ct);
            return (await MakeAsync(db, which, ct)).With(Freshness.PrivateHeader);
        }
        // What it was asked for may have changed since: then the tag is that of what is sent.
        var answer = await cache.GetLastingAsync(
            (nameof(GetEvent), head.Id, head.Version),
            Freshness.Public,
            () => PublicAsync(scopes, id)
        );
        return answer.With(Freshness.PrivateHeader);
    }

    private static IQueryable<Event> Which(EventsDb db, string id)
    {
        var events = db.Events.AsNoTracking();
        return Guid.TryParse(id, out var guid) ? events.Where(e => e.Id == guid)
            : Slug.IsSlug(id) ? events.Where(e => e.Slug == id)
            : throw ProblemException.NotFound("event");
    }

    private static async Task<Answer> PublicAsync(IServiceScopeFactory scopes, string id)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        return await MakeAsync(db, Which(db, id).Where(e => e.Status != EventStatus.Draft), CancellationToken.None);
    }

    private static async Task<Answer> MakeAsync(EventsDb db, IQueryable<Event> which, CancellationToken ct)
    {
        var e = await db.ReadAsync(which, ct) ?? throw ProblemException.NotFound("event");
        return Answer.Of(EventView.Of(e), ETag.Of(e.Version));
    }

    /// <summary>The whole event in one state.</summary>
    private static Task<Event?> ReadAsync(this EventsDb db, IQueryable<Event> events, CancellationToken ct) =>
        db.InOneStateAsync(ct => events.WithAll().SingleOrDefaultAsync(ct), ct);

    /// <summary>Several queries see one state only in such a transaction.</summary>
    public static Task<T> InOneStateAsync<T>(
        this EventsDb db,
        Func<CancellationToken, Task<T>> read,
        CancellationToken ct
    ) =>
        db
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(
                async ct =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync(
                        System.Data.IsolationLevel.RepeatableRead,
                        ct
                    );
                    return await read(ct);
                },
                ct
            );
}
