using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal static class ReturnHold
{
    /// <summary>Give a hold of mine back.</summary>
    /// <remarks>Repeats, and holds that are over anyway, answer the same.</remarks>
    /// <param name="id">The hold.</param>
    /// <response code="404">No such hold of yours.</response>
    /// <response code="409">
    /// <c>hold-ordered</c>: an order has it; cancel the order instead. Also when an order of it was refused: order again, or
    /// the hold ends by itself.
    /// </response>
    public static async Task<NoContent> Handle(Guid id, ClaimsPrincipal user, TicketsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
            {
                var hold = await db.LockHoldAsync(id, token);
                if (hold is null || hold.BuyerId != user.UserId())
                    throw ProblemException.NotFound("hold");
                if (hold.Status is HoldStatus.Ordered or HoldStatus.Committed or HoldStatus.Voided)
                    throw ProblemException.Conflict("hold-ordered", "An order has this hold, or was tried with it.");
                if (hold.Status != HoldStatus.Held)
                    return false;
                await db.ReturnStockAsync(hold, await db.ItemsOfAsync(id, token), token);
                hold.Status = HoldStatus.Returned;
                return true;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
