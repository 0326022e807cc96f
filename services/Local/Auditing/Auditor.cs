using Npgsql;
using Ticketing.Contracts;
using Ticketing.Local.Hosting;
using Ticketing.ServiceDefaults;

namespace Ticketing.Local.Auditing;

/// <param name="Ok">False: the invariant is violated, now.</param>
/// <param name="Detail">The figures it was judged by.</param>
public sealed record Finding(string Id, bool Ok, string Detail);

/// <summary>
/// Recounts the invariants from the rows themselves, over all databases. The databases are read one after the other, so
/// what spans two of them is judged only when it has been at rest for <see cref="Grace"/>.
/// </summary>
public static class Auditor
{
    /// <summary>What takes longer than this to come to rest is a violation.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OutboxLimit = TimeSpan.FromMinutes(1);

    /// <param name="connectionStringOf">By service.</param>
    /// <param name="now">When the data was last alive: now, or when the system was stopped.</param>
    /// <param name="grace">Shorter in tests that know that all is at rest.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        Func<string, string> connectionStringOf,
        DateTimeOffset now,
        CancellationToken ct,
        TimeSpan? grace = null
    )
    {
        await using var databases = new Databases(connectionStringOf);
        var atRest = now - (grace ?? Grace);
        // Tickets and Orders after Payments: money seen as settled is never newer than what was made of it.
        var payments = await PaymentsAsync(databases, ct);
        var orders = await OrdersAsync(databases, ct);
        var tickets = await TicketsAsync(databases, ct);
        return
        [
            await CapacityAsync(databases, ct),
            await SeatsAsync(databases, ct),
            SettledMeansDelivered(payments, orders, tickets, atRest),
            TicketsArePaidFor(payments, orders, tickets, atRest),
            await OutboxesAsync(databases, now, ct),
            OrdersEnd(orders, now),
            await LedgerAsync(databases, now, ct),
        ];
    }

    private sealed record Payment(Guid OrderId, string Status, DateTimeOffset? SettledAt);

    private sealed record Order(
        string Status,
        long Total,
        // Less those that were refunded alone.
        long Tickets,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? PaidAt
    );

    private sealed record Issued(Guid OrderId, long Valid, DateTimeOffset At);

    private static Task<List<Payment>> PaymentsAsync(Databases databases, CancellationToken ct) =>
        databases.ReadAsync(
            AppIds.Payments,
            "SELECT order_id, status, settled_at FROM payments",
            r => new Payment(r.GetGuid(0), r.GetString(1), Time(r, 2)),
            ct
        );

    private static async Task<Dictionary<Guid, Order>> OrdersAsync(Databases databases, CancellationToken ct) =>
        (
            await databases.ReadAsync(
                AppIds.Orders,
                """
                SELECT id, status, total, expires_at, paid_at, ticket_count - (
                    SELECT coalesce(sum(jsonb_array_length(r->'ticketIds')), 0)::int FROM jsonb_array_elements(partial_refunds) r)
                FROM orders
                """,
                r =>
                    (
                        Id: r.GetGuid(0),
                        Order: new Order(r.GetString(1), r.GetInt64(2), r.GetInt32(5), Time(r, 3)!.Value, Time(r, 4))
                    ),
                ct
            )
        ).ToDictionary(o => o.Id, o => o.Order);

    private static async Task<Dictionary<Guid, Issued>> TicketsAsync(Databases databases, CancellationToken ct) =>
        (
            await databases.ReadAsync(
                AppIds.Tickets,
                "SELECT order_id, count(*) FILTER (WHERE status <> 'Voided'), max(issued_at) FROM tickets GROUP BY order_id",
                r => new Issued(r.GetGuid(0), r.GetInt64(1), Time(r, 2)!.Value),
                ct
            )
        ).ToDictionary(t => t.OrderId);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    /// <summary>I1: the counters say what the rows say, and add up. Pools of places and stocks of products.</summary>
    private static async Task<Finding> CapacityAsync(Databases databases, CancellationToken ct)
    {
        const string bad = """
            count(*) FILTER (WHERE available + held + sold + blocked <> capacity
                OR least(available, held, sold, blocked) < 0 OR held <> live OR sold <> issued)
            """;
        var pools = await databases.OneAsync(
            AppIds.Tickets,
            $"""
            SELECT count(*), {bad}, coalesce(sum(capacity), 0), coalesce(sum(held), 0), coalesce(sum(sold), 0)
            FROM (
                SELECT p.*,
                    coalesce((SELECT sum(i.quantity) FROM hold_items i JOIN holds h ON h.id = i.hold_id
                        WHERE i.pool_id = p.id AND h.status IN ('Held', 'Ordered')), 0) AS live,
                    (SELECT count(*) FROM tickets t WHERE t.pool_id = p.id AND t.status <> 'Voided') AS issued
                FROM pools p) counted
            """,
            ct
        );
        var products = await databases.OneAsync(
            AppIds.Products,
            $"""
            SELECT count(*), {bad}
            FROM (
                SELECT p.*, 0 AS blocked,
                    coalesce((SELECT sum(l.quantity) FROM hold_lines l JOIN holds h USING (order_id)
                        WHERE l.product_id = p.id AND h.state = 'Held'), 0) AS live,
                    coalesce((SELECT sum(l.quantity - l.returned) FROM hold_lines l JOIN holds h USING (order_id)
                        WHERE l.product_id = p.id AND h.state = 'Committed'), 0) AS issued
                FROM products p JOIN sessions s ON s.id = p.session_id
                WHERE s.over_at > now() - interval '400 days') counted
            """,
            ct
        );
        return new(
            "I1",
            pools[1] + products[1] == 0,
            $"{pools[0]} pools, {pools[2]} places, {pools[3]} held, {pools[4]} sold, {pools[1]} wrong; "
                + $"{products[0]} products, {products[1]} wrong"
        );
    }

    /// <summary>I2: a seat is in at most one live hold or valid ticket, and its status says so.</summary>
    private static async Task<Finding> SeatsAsync(Databases databases, CancellationToken ct)
    {
        var seats = await databases.OneAsync(
            AppIds.Tickets,
            """
            WITH taken AS (
                SELECT session_id, seat_id, count(*) AS takers
                FROM (
                    SELECT h.session_id, unnest(i.seat_ids) AS seat_id
                    FROM hold_items i JOIN holds h ON h.id = i.hold_id WHERE h.status IN ('Held', 'Ordered')
                    UNION ALL
                    SELECT session_id, seat_id FROM tickets WHERE seat_id IS NOT NULL AND status <> 'Voided') takers
                GROUP BY session_id, seat_id)
            SELECT (SELECT count(*) FROM seats), (SELECT count(*) FROM taken),
                (SELECT count(*) FROM taken WHERE takers > 1),
                (SELECT count(*) FROM seats s FULL JOIN taken t USING (session_id, seat_id)
                    WHERE coalesce(s.status IN ('Held', 'Sold'), false) <> (t.takers IS NOT NULL))
            """,
            ct
        );
        return new(
            "I2",
            seats[2] + seats[3] == 0,
            $"{seats[0]} seats, {seats[1]} taken, {seats[2]} taken twice, {seats[3]} with a wrong status"
        );
    }

    /// <summary>I3: settled money has its order delivered, whole, or is on its way back.</summary>
    private static Finding SettledMeansDelivered(
        List<Payment> payments,
        Dictionary<Guid, Order> orders,
        Dictionary<Guid, Issued> tickets,
        DateTimeOffset atRest
    )
    {
        var settled = payments.Where(p => p.Status == "Settled" && p.SettledAt < atRest).ToList();
        var wrong = settled.Count(p =>
            !orders.TryGetValue(p.OrderId, out var order)
            || order.Status != "Fulfilled"
            || (tickets.GetValueOrDefault(p.OrderId)?.Valid ?? 0) != order.Tickets
        );
        var twice = settled.GroupBy(p => p.OrderId).Count(g => g.Count() > 1);
        return new(
            "I3",
            wrong + twice == 0,
            $"{settled.Count} settled payments at rest, {payments.Count(p => p.Status == "Refunded")} refunded, "
                + $"{wrong} without their tickets, {twice} orders paid twice"
        );
    }

    /// <summary>I4: no valid ticket without settled money or a free order.</summary>
    private static Finding TicketsArePaidFor(
        List<Payment> payments,
        Dictionary<Guid, Order> orders,
        Dictionary<Guid, Issued> tickets,
        DateTimeOffset atRest
    )
    {
        var paid = payments.Where(p => p.Status == "Settled").Select(p => p.OrderId).ToHashSet();
        var valid = tickets.Values.Where(t => t.Valid > 0).ToList();
        var wrong = valid.Count(t =>
            t.At < atRest
            && !paid.Contains(t.OrderId)
            && !(orders.TryGetValue(t.OrderId, out var order) && order.Total == 0)
        );
        return new("I4", wrong == 0, $"{valid.Sum(t => t.Valid)} valid tickets, {wrong} orders with unpaid ones");
    }

    /// <summary>I5: nothing waits in an outbox beyond its alarm; the inbox key makes a second effect impossible.</summary>
    private static async Task<Finding> OutboxesAsync(Databases databases, DateTimeOffset now, CancellationToken ct)
    {
        long[] sums = [0, 0, 0];
        foreach (var service in ServiceCatalog.All.Where(s => s.HasDatabase && s.AppId != AppIds.Sandbox))
        {
            var rows = await databases.OneAsync(
                service.AppId,
                "SELECT count(*), count(*) FILTER (WHERE created_at < $1), (SELECT count(*) FROM inbox) FROM outbox",
                ct,
                now - OutboxLimit
            );
            sums = [.. sums.Zip(rows, (a, b) => a + b)];
        }
        return new(
            "I5",
            sums[1] == 0,
            $"{sums[0]} events waiting, {sums[1]} for over a minute, {sums[2]} applied once"
        );
    }

    /// <summary>I6: every order ends.</summary>
    private static Finding OrdersEnd(Dictionary<Guid, Order> orders, DateTimeOffset now)
    {
        var late = orders.Values.Count(o =>
            (o.Status is "Pending" or "AwaitingPayment" && o.ExpiresAt < now - Grace)
            || (o.Status == "Paid" && o.PaidAt < now - Grace)
        );
        var by = orders.Values.GroupBy(o => o.Status).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}");
        return new(
            "I6",
            late == 0,
            $"{orders.Count} orders ({string.Join(", ", by)}), {late} open past their deadline"
        );
    }

    /// <summary>
    /// I7: a posting debits as much as it credits, and the sums that are kept are the sums; what buyers owe ends at zero, no
    /// payment pays out more than came in, no money is nobody's, what is kept for each organizer is the sum of its payments, and payouts are
    /// what is booked of them.
    /// </summary>
    private static async Task<Finding> LedgerAsync(Databases databases, DateTimeOffset now, CancellationToken ct)
    {
        var ledger = await databases.OneAsync(
            AppIds.Payments,
            """
            WITH kept AS (
                SELECT account, currency, sum(amount) AS amount FROM (
                    SELECT account, currency, amount FROM ledger_balances
                    UNION ALL
                    SELECT account, currency, amount FROM ledger_entries
                    WHERE (xid, id) > (SELECT xid, id FROM ledger_closed)) k
                GROUP BY account, currency),
            counted AS (
                SELECT account, currency, sum(amount) AS amount FROM ledger_entries GROUP BY account, currency)
            SELECT (SELECT count(*) FROM ledger_postings),
                (SELECT coalesce(sum(abs(coalesce(k.amount, 0) - coalesce(c.amount, 0))), 0)::bigint
                    FROM kept k FULL JOIN counted c USING (account, currency)),
                (SELECT count(*) FROM (
                    SELECT e.order_id FROM ledger_entries e WHERE e.account = 'Receivable'
                    GROUP BY e.order_id, e.currency HAVING sum(e.amount) <> 0) owing
                    WHERE NOT EXISTS (SELECT FROM payments p WHERE p.order_id = owing.order_id
                        AND (p.status = 'Pending' AND p.expires_at > $1
                            OR p.refunded_at IS NULL AND (p.refund_started_at > $1
                                OR p.refund_started_at IS NOT NULL AND p.disputed_at IS NOT NULL)
                            OR EXISTS (SELECT FROM jsonb_array_elements(p.partial_refunds) r WHERE r->>'completedAt' IS NULL
                                AND (p.disputed_at IS NOT NULL OR (r->>'startedAt')::timestamptz > $1))))),
                (SELECT count(*) FROM (
                    SELECT FROM ledger_entries WHERE account = 'Provider' AND kind NOT LIKE 'Payout%'
                    GROUP BY payment_id, currency HAVING sum(amount) < 0) overpaid),
                (SELECT count(*) FROM (
                    SELECT FROM ledger_entries WHERE account = 'Suspense'
                    GROUP BY payment_id, currency HAVING sum(amount) <> 0) suspended),
                (SELECT count(*) FROM (
                    SELECT organizer_id, event_id, currency, kind FROM (
                        SELECT organizer_id, event_id, currency, kind, amount FROM organizer_totals
                        UNION ALL
                        SELECT p.organizer_id, p.event_id, l.currency, l.kind, -l.amount
                        FROM ledger_postings l JOIN payments p ON p.id = l.payment_id
                        WHERE l.debit <> l.credit AND (l.xid, l.id) <= (SELECT xid, id FROM ledger_closed)) both_sides
                    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0) totals),
                (SELECT count(*) FROM (
                    SELECT FROM ledger_entries WHERE account = 'PlatformFees'
                    GROUP BY payment_id, currency HAVING sum(amount) > 0) fees),
                (SELECT count(*) FROM payouts p FULL JOIN (
                        SELECT payment_id AS id, currency, sum(amount) FILTER (WHERE account = 'Payouts') AS given,
                            -coalesce(sum(amount) FILTER (WHERE account = 'PayoutsDue'), 0) AS due,
                            -coalesce(sum(amount) FILTER (WHERE account = 'Provider'), 0) AS paid
                        FROM ledger_entries WHERE kind LIKE 'Payout%' GROUP BY 1, 2) l USING (id, currency)
                    WHERE (p.amount, l.given, l.due, l.paid) IS DISTINCT FROM (
                            (SELECT sum(i.amount)::bigint FROM payout_items i WHERE i.payout_id = p.id),
                            CASE p.status WHEN 'Failed' THEN 0 ELSE p.amount END::numeric,
                            CASE p.status WHEN 'Created' THEN p.amount ELSE 0 END::numeric,
                            CASE p.status WHEN 'Paid' THEN p.amount ELSE 0 END::numeric))
            """,
            ct,
            now - Grace
        );
        return new(
            "I7",
            ledger.Skip(1).Sum() == 0,
            $"{ledger[0]} postings, difference {ledger[1]}, {ledger[2]} orders still owing or owed, "
                + $"{ledger[3]} payments paid out beyond what came in, {ledger[4]} with money in suspense, "
                + $"{ledger[5]} organizers' totals wrong, {ledger[6]} fees returned that were not charged, "
                + $"{ledger[7]} payouts that are not as they are booked"
        );
    }

    private sealed class Databases(Func<string, string> connectionStringOf) : IAsyncDisposable
    {
        private readonly Dictionary<string, NpgsqlDataSource> sources = [];

        public async Task<List<T>> ReadAsync<T>(
            string service,
            string sql,
            Func<NpgsqlDataReader, T> map,
            CancellationToken ct,
            params SqlValue[] values
        )
        {
            if (!sources.TryGetValue(service, out var source))
                // Whole tables are counted.
                sources[service] = source = NpgsqlDataSource.Create(
                    new NpgsqlConnectionStringBuilder(connectionStringOf(service)) { CommandTimeout = 0 }
                );
            await using var command = source.CreateCommand(sql);
            return await command.Add(values).ReadAsync(map, ct);
        }

        /// <summary>One row of counts.</summary>
        public async Task<long[]> OneAsync(
            string service,
            string sql,
            CancellationToken ct,
            params SqlValue[] values
        ) =>
            (
                await ReadAsync(
                    service,
                    sql,
                    r => Enumerable.Range(0, r.FieldCount).Select(i => Convert.ToInt64(r.GetValue(i), null)).ToArray(),
                    ct,
                    values
                )
            )[0];

        public async ValueTask DisposeAsync()
        {
            foreach (var source in sources.Values)
                await source.DisposeAsync();
        }
    }
}
