using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Placing;

/// <summary>
/// Of the requests that take products or a coupon for the same hold one is served at a time. Else one that fails would
/// give back what the other's order has, so that a coupon is used without being counted; or leave it other products.
/// </summary>
internal sealed class HoldTurn : IAsyncDisposable
{
    private readonly OrdersDb db;
    private readonly string key;

    private HoldTurn(OrdersDb db, string key) => (this.db, this.key) = (db, key);

    /// <exception cref="ProblemException">409 contended: another request has the turn.</exception>
    public static async Task<HoldTurn> TakeAsync(OrdersDb db, Guid holdId, Guid buyerId, CancellationToken ct)
    {
        // Nobody stands in the way of another buyer's hold.
        var turn = new HoldTurn(db, $"{holdId}:{buyerId}");
        // The lock is the connection's: it stays open, and PostgreSQL ends the lock when it breaks.
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            var taken = await db
                .Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock(hashtextextended({turn.key}, 0)) AS \"Value\"")
                .SingleAsync(CancellationToken.None);
            return taken
                ? turn
                : throw new ProblemException(
                    409,
                    "contended",
                    "Another request for this hold is not answered yet: try again.",
                    TimeSpan.FromSeconds(1)
                );
        }
        catch (Exception)
        {
            await db.Database.CloseConnectionAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await db.Database.ExecuteSqlAsync(
                $"SELECT pg_advisory_unlock(hashtextextended({key}, 0))",
                CancellationToken.None
            );
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
