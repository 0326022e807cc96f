using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>The order's way of giving stock back. Repeats, and what is over anyway, answer the same.</summary>
internal static class ReleaseHold
{
    public static async Task<NoContent> Handle(Guid holdId, TicketsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
            {
                var hold = await db.LockHoldAsync(holdId, token);
                if (hold?.Status == HoldStatus.Committed)
                    throw ProblemException.Conflict("hold-committed", "The tickets are issued: void them instead.");
                if (hold?.Status is not (HoldStatus.Held or HoldStatus.Ordered))
                    return false;
                await db.ReturnStockAsync(hold, await db.ItemsOfAsync(holdId, token), token);
                hold.Status = HoldStatus.Released;
                return true;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
