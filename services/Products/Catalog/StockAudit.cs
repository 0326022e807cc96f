using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

internal static class StockAudit
{
    /// <summary>
    /// Of what still sells, and of the holds that live; what was ever sold is recounted by the `audit` command alone.
    /// </summary>
    public static readonly SampledGauge Unbalanced = new(
        "ticketing.pools.unbalanced",
        "{pool}",
        "Products whose stock does not add up or is held otherwise than the holds say (I1); not 0: oversold.",
        """
        WITH live AS (
            SELECT l.product_id, sum(l.quantity) AS pieces FROM holds h JOIN hold_lines l USING (order_id)
            WHERE h.state = 'Held' GROUP BY l.product_id)
        SELECT count(*)
        FROM sessions s
        CROSS JOIN LATERAL (SELECT * FROM products WHERE session_id = s.id OFFSET 0) p
        LEFT JOIN live ON live.product_id = p.id
        WHERE s.over_at > now() AND (p.available + p.held + p.sold <> p.capacity
            OR least(p.available, p.held, p.sold) < 0 OR p.held <> coalesce(live.pieces, 0))
        """,
        Audit: true
    );
}
