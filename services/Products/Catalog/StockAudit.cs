using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

internal static class StockAudit
{
    /// <summary>What was ever sold is recounted by the `audit` command alone: it only grows.</summary>
    public static readonly SampledGauge Unbalanced = new(
        "ticketing.pools.unbalanced",
        "{pool}",
        "Products whose stock does not add up or is held otherwise than the holds say (I1); not 0: oversold.",
        """
        WITH live AS (
            SELECT l.product_id, sum(l.quantity) AS pieces FROM holds h JOIN hold_lines l USING (order_id)
            WHERE h.state = 'Held' GROUP BY l.product_id)
        SELECT count(*)
        FROM products p LEFT JOIN live ON live.product_id = p.id
        WHERE p.available + p.held + p.sold <> p.capacity
            OR least(p.available, p.held, p.sold) < 0 OR p.held <> coalesce(live.pieces, 0)
        """,
        Audit: true
    );
}
