using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class PublishEvent
{
    /// <summary>Puts a draft on sale; on a published event it changes nothing.</summary>
    /// <remarks>422 event-incomplete names what is missing. 409 event-cancelled, organizer-not-approved.</remarks>
    public static async Task<Ok<EventView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        IOptions<EventsOptions> options,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var e = await db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                if (e.Publish(clock.GetUtcNow()))
                {
                    e.Organizer.RequireApproval(options.Value);
                    db.TellPublished(e);
                    db.Record(actor.Did("event.published", e.OrganizerId, e.Id));
                }
                return e;
            },
            ct
        );
        response.SetETag(e.Version);
        return TypedResults.Ok(EventView.Of(e));
    }
}
