SELECT pg_temp.fill('team_members', $$
    SELECT pg_temp.id(10, o) AS organizer_id, pg_temp.id(2, 2 * o + k) AS user_id,
        CASE k WHEN 0 THEN 'Owner' ELSE 'Door' END AS role, 1 AS version
    FROM scale, generate_series(events_below / 8 + 1, events_upto / 8) o, generate_series(0, 1) k
$$);
SELECT pg_temp.fill('events', $$
    SELECT event_id AS id, 1 AS version, false AS cancelled, organizer_id, 'Organizer' AS organizer_name, title, title AS venue_name,
        'Street ' || e AS venue_address, city AS venue_city, 'SP' AS venue_state, 'America/Sao_Paulo' AS time_zone FROM shows
$$);
SELECT pg_temp.fill('sessions', $$
    SELECT session_id AS id, event_id, starts_at, false AS cancelled, 10 AS max_per_person, false AS requires_cpf, 1 AS version FROM shows
$$);

CREATE TEMP TABLE sold AS
SELECT e, sum(quantity) AS places FROM sales WHERE outcome = 'Fulfilled' GROUP BY e;
SELECT pg_temp.fill('pools', $$
    SELECT pool_id AS id, session_id, CASE WHEN seated THEN pg_temp.id(14, e) END AS section_id,
        capacity AS target_capacity, capacity, capacity - coalesce(places, 0) AS available, 0 AS held,
        coalesce(places, 0) AS sold, 0 AS blocked
    FROM (SELECT *, CASE WHEN seated THEN 625 ELSE 100 END AS capacity FROM shows) s LEFT JOIN sold USING (e)
$$);
SELECT pg_temp.fill('ticket_types', $$
    SELECT CASE k WHEN 0 THEN full_id ELSE half_id END AS id, session_id, pool_id,
        CASE k WHEN 0 THEN 'Full' ELSE 'Half' END AS name, CASE k WHEN 0 THEN 'Full' ELSE 'Half' END AS kind,
        10000 / (k + 1) AS price_amount, 'BRL' AS price_currency, 0 AS fee, 0 AS platform_fee, 10 AS max_per_order, false AS withdrawn, k AS ordinal
    FROM shows, generate_series(0, 1) k
$$);
-- A seated order has the places that its number within the event says.
CREATE TEMP VIEW taken AS
SELECT e, (2 * nth + k)::int AS seat, order_id, outcome FROM sales, generate_series(0, quantity - 1) k WHERE e % 25 = 0;
SELECT pg_temp.fill('seats', $$
    SELECT session_id, pg_temp.id(12, e * 1000 + i) AS seat_id, pool_id, 'All' AS section, (i / 25 + 1)::text AS row,
        (i % 25 + 1)::text AS number, i AS ordinal, 'Standard' AS kind, false AS at_table, i % 25 * 2 AS x,
        i / 25 * 2 AS y, CASE WHEN t.e IS NULL THEN 'Free' ELSE 'Sold' END AS status,
        t.order_id AS hold_id
    FROM shows CROSS JOIN generate_series(0, 624) i
    LEFT JOIN (SELECT e, seat AS i, order_id FROM taken WHERE outcome = 'Fulfilled') t USING (e, i) WHERE seated
$$);
SELECT pg_temp.fill('holds', $$
    SELECT order_id AS id, pg_temp.id(4, e) AS session_id, buyer_id,
        CASE outcome WHEN 'Expired' THEN 'Expired' WHEN 'Refunded' THEN 'Voided' ELSE 'Committed' END AS status,
        placed_at + interval '10 minutes' AS granted_until,
        placed_at + interval '20 minutes' AS expires_at, order_id::text AS idempotency_key, decode(md5(n::text), 'hex') AS request_hash
    FROM sales
$$);
SELECT pg_temp.fill('hold_items', $$
    SELECT order_id AS hold_id, 0 AS ordinal, pg_temp.id(6, 2 * e) AS ticket_type_id, pg_temp.id(5, e) AS pool_id, 'Full' AS name,
        'Full' AS kind, 10000 AS unit_price, 'BRL' AS currency, 0 AS fee, 0 AS platform_fee, quantity,
        CASE WHEN e % 25 = 0 THEN ARRAY(SELECT pg_temp.id(12, e * 1000 + 2 * nth + k) FROM generate_series(0, quantity - 1) k)
            ELSE '{}' END AS seat_ids, '{}'::text[] AS seats
    FROM sales
$$);
SELECT pg_temp.fill('tickets', $$
    SELECT pg_temp.id(7, 2 * n + k) AS id, pg_temp.number(2 * n + k) AS number, 1 AS serial, order_id,
        pg_temp.id(4, e) AS session_id, pg_temp.id(5, e) AS pool_id, k AS ordinal, 'Full' AS type_name, 'Full' AS kind,
        CASE WHEN e % 25 = 0 THEN pg_temp.id(12, e * 1000 + 2 * nth + k) END AS seat_id,
        CASE WHEN e % 25 = 0 THEN 'All · 1 · ' || 2 * nth + k END AS seat, buyer_id, buyer_id AS owner_id, 'Person ' || n AS holder_name, 'person' AS name_key,
        CASE outcome WHEN 'Refunded' THEN 'Voided' ELSE 'Valid' END AS status, placed_at AS issued_at,
        10000 AS price_amount, 'BRL' AS price_currency, pg_temp.number(n) AS order_number, 'pt-BR' AS locale
    FROM sales, generate_series(0, quantity - 1) k WHERE outcome <> 'Expired'
$$);
-- Every fourth purchase's first ticket was offered to somebody, who declined.
SELECT pg_temp.fill('transfers', $$
    SELECT pg_temp.id(27, n) AS id, pg_temp.id(7, 2 * n) AS ticket_id, buyer_id AS from_id, 'friend-' || n || '@example.com' AS email,
        'Friend ' || n AS name, 'Declined' AS status, placed_at AS offered_at, placed_at + interval '72 hours' AS expires_at,
        placed_at + interval '72 hours' AS due_at,
        placed_at AS ended_at
    FROM sales WHERE outcome = 'Fulfilled' AND n % 4 = 2
$$);
SELECT pg_temp.copied('2.00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000', 'events', 'team members');
