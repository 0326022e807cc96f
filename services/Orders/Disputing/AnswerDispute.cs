using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Disputing;

/// <summary>What the organizer's team says against a dispute.</summary>
public static class AnswerDispute
{
    /// <param name="Text">What happened: what was sold and sent, who came in when. In the bank's language.</param>
    public sealed record Request(
        [property: Required, StringLength(AttachEvidence.MaxLength, MinimumLength = 1)] string Text
    );

    /// <summary>Says something against a dispute. Once: the bank takes one answer.</summary>
    /// <remarks>
    /// For the organizer's team (finance). It is sent to the provider now, or as soon as that is reached. A dispute of a Pix is
    /// answered at the bank itself.
    /// </remarks>
    /// <param name="id">The order.</param>
    /// <param name="disputeId">As its disputes list says.</param>
    /// <response code="202">It is kept, and sent.</response>
    /// <response code="404">No such dispute of an order of yours.</response>
    /// <response code="409">dispute-closed; evidence-sent; evidence-not-taken.</response>
    internal static async Task<Accepted<DisputeSnapshot>> Handle(
        Guid id,
        Guid disputeId,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        OrdersDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var order = await ListDisputes.FindOfTeamAsync(db, id, user, ct);
        var before = (await ListDisputes.AskAsync(peers, id, ct)).Items.FirstOrDefault(d => d.Id == disputeId);
        if (before is null)
            throw ProblemException.NotFound("dispute");
        var after = await peers.PostAsync<DisputeSnapshot>(
            AppIds.Payments,
            $"internal/orders/{id}/disputes/{disputeId}/evidence",
            new AttachEvidence(request.Text),
            ct
        );
        if (before.Evidence is null)
        {
            // What was said stays with the dispute.
            db.Record(actor.Did("dispute.answered", order.OrganizerId, id, null, ("dispute", disputeId)));
            await db.SaveChangesAsync(CancellationToken.None);
        }
        return TypedResults.Accepted((string?)null, after);
    }
}
