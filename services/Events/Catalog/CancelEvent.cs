using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class CancelEvent
{
    /// <param name="Reason">Shown to buyers.</param>
    public sealed record Request([Text(Event.MaxReasonLength)] string Reason);

    /// <summary>Cancels a published event for good; on a cancelled one it changes nothing.</summary>
    /// <remarks>409 event-not-published: a draft is deleted, not cancelled.</remarks>
    internal static async Task<Ok<EventView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var e = await db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                var reason = request.Reason.Trim();
                if (e.Cancel(reason, clock.GetUtcNow()))
                {
                    e.Advance();
                    db.Publish(e.Cancellation());
                    db.Record(actor.Did("event.cancelled", e.OrganizerId, e.Id));
                }
                return e;
            },
            ct
        );
        response.SetETag(e.Version);
        return TypedResults.Ok(EventView.Of(e));
    }
}
