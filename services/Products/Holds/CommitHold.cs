using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>
/// The order is paid: what is held is sold. What lapsed or was given back meanwhile is taken again if the stock allows,
/// whatever the sales window says: the buyer has paid.
/// </summary>
internal static class CommitHold
{
    public static async Task<NoContent> Handle(Guid orderId, ProductsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
            {
                var hold =
                    await db.LockHoldAsync(orderId, token)
                    ?? throw new ProblemException(404, "hold-not-found", "No products were held for this order.");
                var from = hold.State switch
                {
                    HoldState.Held => Place.Held,
                    HoldState.Expired or HoldState.Released => Place.Available,
                    HoldState.Committed => Place.Sold,
                    HoldState.Voided => throw ProblemException.Conflict(
                        "hold-voided",
                        "The products of this order were given back for good."
                    ),
                    _ => throw new InvalidOperationException($"Unknown state {hold.State}."),
                };
                if (from != Place.Sold)
                    await db.MoveAsync(await db.PortionsAsync(orderId, token), from, Place.Sold, token);
                return hold.State = HoldState.Committed;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
