using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The order was refunded: whatever it has of the stock goes back, and the hold ends for good.</summary>
internal static class VoidHold
{
    public static async Task<NoContent> Handle(Guid orderId, ProductsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async token =>
            {
                if (await db.LockHoldAsync(orderId, token) is not { } hold)
                    return orderId;
                Place? from = hold.State switch
                {
                    HoldState.Committed => Place.Sold,
                    HoldState.Held => Place.Held,
                    HoldState.Expired or HoldState.Released or HoldState.Voided => null,
                    _ => throw new InvalidOperationException($"Unknown state {hold.State}."),
                };
                if (from is { } place)
                    await db.MoveAsync(await db.PortionsAsync(orderId, token), place, Place.Available, token);
                hold.State = HoldState.Voided;
                return orderId;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
