-- What a database holds after so many orders. Every file reads fill.below (what is there already) and fill.upto, both
-- numbers of orders, multiples of 1000, and fill.since (the milliseconds its ids begin at); the same order is found under the same id in every database. Per 1000 orders: 200
-- people, 40 events with one session and pool each (every 25th seated, with 625 seats), 5 organizers, 10 venues.
--
-- Rows only, no rules: triggers and foreign keys do not look at them.
SET session_replication_role = replica;
SET synchronous_commit = off;

-- As version 7 makes them: in the order of their number, before every new one, of a time that no retention reaches.
CREATE FUNCTION pg_temp.id(kind int, number bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex(current_setting('fill.since')::bigint + number), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8000'
        || lpad(to_hex(number), 12, '0'))::uuid
$$;

-- What is printed has no 0 and no 1.
CREATE FUNCTION pg_temp.number(n bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT translate(upper(lpad(to_hex(n), 8, '0')), '01', 'XY')
$$;

-- Inserts what the table has columns for: a column that goes needs no change here.
CREATE FUNCTION pg_temp.fill(target regclass, source text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text;
BEGIN
    EXECUTE 'CREATE TEMP VIEW source AS ' || source;
    SELECT string_agg(quote_ident(t.attname), ', ') INTO columns
    FROM pg_attribute t JOIN pg_attribute s ON s.attname = t.attname AND s.attrelid = 'pg_temp.source'::regclass
    WHERE t.attrelid = target AND t.attnum > 0 AND NOT t.attisdropped AND t.attgenerated = '';
    EXECUTE format('INSERT INTO %s (%s) SELECT %2$s FROM pg_temp.source', target, columns);
    DROP VIEW pg_temp.source;
END
$$;

-- What the fill says changed (in transaction 1) is copied already; whoever has pulled later changes goes on from there.
CREATE FUNCTION pg_temp.copied(reached text, VARIADIC facts text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pull_cursors SELECT f, $1
    FROM unnest(facts) f
    ON CONFLICT (fact) DO UPDATE SET cursor = excluded.cursor
    WHERE split_part(pull_cursors.cursor, '.', 1)::xid8 < '2'::xid8;
END
$$;

CREATE TEMP VIEW scale AS
SELECT below, upto, below / 25 AS events_below, upto / 25 AS events_upto, below / 5 AS people_below, upto / 5 AS people_upto
FROM (SELECT current_setting('fill.below')::bigint AS below, current_setting('fill.upto')::bigint AS upto) given;

-- One event, one session, one pool, two ticket types; sold from now on.
CREATE TEMP VIEW shows AS
SELECT e, pg_temp.id(3, e) AS event_id, pg_temp.id(4, e) AS session_id, pg_temp.id(5, e) AS pool_id,
    pg_temp.id(6, 2 * e) AS full_id, pg_temp.id(6, 2 * e + 1) AS half_id,
    pg_temp.id(10, (e - 1) / 8 + 1) AS organizer_id, pg_temp.id(11, (e - 1) / 4 + 1) AS venue_id,
    pg_temp.id(15, e) AS product_id, pg_temp.id(16, e) AS coupon_id, e % 25 = 0 AS seated,
    'Show ' || e AS title, CASE e % 5 WHEN 0 THEN 'São Paulo' WHEN 1 THEN 'Recife' ELSE 'City ' || e / 4 % 500 END AS city,
    date_trunc('hour', now()) + interval '30 days' + e % 1000 * interval '1 hour' AS starts_at
FROM scale, generate_series(events_below + 1, events_upto) e;

-- Orders in the order in which they came: of all events and people by turns. One of 20 was never paid, one was refunded.
CREATE TEMP VIEW sales AS
SELECT n, pg_temp.id(1, n) AS order_id, pg_temp.id(2, people_below + n * 7919 % (people_upto - people_below) + 1) AS buyer_id,
    pg_temp.id(8, n) AS payment_id, events_below + n * 7907 % (events_upto - events_below) + 1 AS e,
    (n - below - 1) / (events_upto - events_below) AS nth, 1 + n % 2 AS quantity,
    CASE n % 20 WHEN 0 THEN 'Expired' WHEN 1 THEN 'Refunded' ELSE 'Fulfilled' END AS outcome,
    n % 2 = 0 AND n % 20 <> 0 AS with_product, now() - interval '1 day' + n % 36000 * interval '1 second' AS placed_at
FROM scale, generate_series(below + 1, upto) n;
