using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The order will not be paid: gives held stock back. What is sold stays sold (void gives it back).</summary>
internal static class ReleaseHold
{
    public static async Task<NoContent> Handle(Guid orderId, ProductsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
            {
                var hold = await db.LockHoldAsync(orderId, token);
                switch (hold?.State)
                {
                    case null or HoldState.Released or HoldState.Voided:
                        break;
                    case HoldState.Expired:
                        hold.State = HoldState.Released;
                        break;
                    case HoldState.Held:
                        await db.MoveAsync(await db.PortionsAsync(orderId, token), Place.Held, Place.Available, token);
                        hold.State = HoldState.Released;
                        break;
                    case HoldState.Committed:
                        throw ProblemException.Conflict(
                            "hold-committed",
                            "The products of this order are sold: void gives them back."
                        );
                    default:
                        throw new InvalidOperationException($"Unknown state {hold.State}.");
                }
                return orderId;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
