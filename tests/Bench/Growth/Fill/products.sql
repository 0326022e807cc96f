SELECT pg_temp.fill('team_members', $$
    SELECT pg_temp.id(10, o) AS organizer_id, pg_temp.id(2, 2 * o + k) AS user_id,
        CASE k WHEN 0 THEN 'Owner' ELSE 'Door' END AS role, 1 AS version
    FROM scale, generate_series(events_below / 8 + 1, events_upto / 8) o, generate_series(0, 1) k
$$);
SELECT pg_temp.fill('events', $$ SELECT event_id AS id, false AS cancelled FROM shows $$);
SELECT pg_temp.fill('sessions', $$
    SELECT session_id AS id, event_id, organizer_id, false AS cancelled, starts_at AS over_at, 1 AS version FROM shows
$$);
CREATE TEMP TABLE sold AS
SELECT e, count(*) AS pieces FROM sales WHERE with_product GROUP BY e;
SELECT pg_temp.fill('products', $$
    SELECT product_id AS id, session_id, 'T-shirt' AS name, 5000 AS price_amount, 100 AS capacity,
        100 - coalesce(pieces, 0) AS available, 0 AS held, coalesce(pieces, 0) AS sold, 4 AS max_per_order, false AS hidden,
        1 AS version FROM shows LEFT JOIN sold USING (e)
$$);
SELECT pg_temp.fill('holds', $$
    SELECT order_id, buyer_id, pg_temp.id(4, e) AS session_id, 'Committed' AS state, placed_at + interval '20 minutes' AS expires_at
    FROM sales WHERE with_product
$$);
SELECT pg_temp.fill('hold_lines', $$
    SELECT order_id, pg_temp.id(15, e) AS product_id, 'T-shirt' AS name, 5000 AS unit_price_amount, 1 AS quantity
    FROM sales WHERE with_product
$$);
SELECT pg_temp.copied('2.00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000', 'events', 'team members');
