using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

internal static class StockAudit
{
    /// <summary>
    /// Of the products of the newest holds, where stock has just moved; all of them are recounted by the `audit` command.
    /// </summary>
    public static readonly SampledGauge Unbalanced = new(
        "ticketing.pools.unbalanced",
        "{pool}",
        "Products whose stock does not add up or is held otherwise than the holds say (I1); not 0: oversold.",
        """
        WITH live AS (
            SELECT l.product_id, sum(l.quantity) AS pieces FROM holds h JOIN hold_lines l USING (order_id)
            WHERE h.state = 'Held' GROUP BY l.product_id),
        moved AS (
            SELECT DISTINCT l.product_id FROM (SELECT order_id FROM holds ORDER BY order_id DESC LIMIT 200) newest
            JOIN hold_lines l USING (order_id))
        SELECT count(*)
        FROM moved JOIN products p ON p.id = moved.product_id
        LEFT JOIN live ON live.product_id = p.id
        WHERE p.available + p.held + p.sold <> p.capacity
            OR least(p.available, p.held, p.sold) < 0 OR p.held <> coalesce(live.pieces, 0)
        """,
        Audit: true
    );
}
