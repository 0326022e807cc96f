using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Sales;

/// <summary>
/// Adds what was sold and given back to its day, many at once: buyers never wait for one another at the row of their show.
/// Several replicas share the work; each takes its facts once.
/// </summary>
internal sealed class SalesTally(NpgsqlDataSource source, TimeProvider clock, ILogger<SalesTally> logger)
    : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 1_000;

    private static readonly string Add = $"""
        WITH taken AS (
            DELETE FROM sales_facts
            WHERE id IN (SELECT id FROM sales_facts ORDER BY id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING order_id, refund, part, amount, at),
        added AS (
            INSERT INTO sales_days (event_id, day, currency, organizer_id, orders, tickets, gross, refunded_orders, refunded)
            SELECT o.event_id, day_of(t.at, o.time_zone) AS day, o.currency,
                (array_agg(o.organizer_id))[1],
                count(*) FILTER (WHERE NOT t.refund), coalesce(sum(o.ticket_count) FILTER (WHERE NOT t.refund), 0),
                coalesce(sum(t.amount) FILTER (WHERE NOT t.refund), 0),
                count(*) FILTER (WHERE t.refund AND NOT t.part), coalesce(sum(t.amount) FILTER (WHERE t.refund), 0)
            FROM taken t JOIN orders o ON o.id = t.order_id
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (event_id, day, currency) DO UPDATE SET
                orders = sales_days.orders + excluded.orders, tickets = sales_days.tickets + excluded.tickets,
                gross = sales_days.gross + excluded.gross,
                refunded_orders = sales_days.refunded_orders + excluded.refunded_orders,
                refunded = sales_days.refunded + excluded.refunded)
        SELECT count(*) FROM taken
        """;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(1);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(Add);
        return (long)(await command.ExecuteScalarAsync(ct))! == BatchSize;
    }
}
