SELECT pg_temp.fill('organizers', $$
    SELECT pg_temp.id(10, o) AS id, 'Organizer ' || o AS name, 1 AS version, now() AS created_at,
        0 AS fee_percent, 0 AS fee_fixed, 'BRL' AS fee_currency, true AS fee_passed_on
    FROM scale, generate_series(events_below / 8 + 1, events_upto / 8) o
$$);
-- The organizer's first buyer's number is its owner's, the second runs the door.
SELECT pg_temp.fill('team_members', $$
    SELECT pg_temp.id(10, o) AS organizer_id, pg_temp.id(2, 2 * o + k) AS user_id,
        CASE k WHEN 0 THEN 'Owner' ELSE 'Door' END AS role, 1 AS version, '1'::xid8 AS changed_in
    FROM scale, generate_series(events_below / 8 + 1, events_upto / 8) o, generate_series(0, 1) k
$$);
SELECT pg_temp.fill('venues', $$
    SELECT venue_id AS id, organizer_id, title AS name, 'Street ' || e AS address, city, 'SP' AS state,
        'America/Sao_Paulo' AS time_zone, 1 AS version FROM shows WHERE e % 4 = 1
$$);
SELECT pg_temp.fill('events', $$
    SELECT event_id AS id, organizer_id, venue_id, title, 'show-' || e AS slug, repeat('What it is about. ', 20) AS description,
        'concert' AS category, 'concert' AS category_key, translate(lower(city), 'ã', 'a') AS city_key, '1'::xid8 AS changed_in, 'Published' AS status, now() AS published_at, 1 AS version,
        lower(title) || ' concert ' || lower(city) AS search_text FROM shows
$$);
SELECT pg_temp.fill('seat_maps', $$
    SELECT pg_temp.id(13, e) AS id, venue_id, title AS name, 625 AS seat_count, 1 AS version FROM shows WHERE seated
$$);
SELECT pg_temp.fill('sections', $$
    SELECT pg_temp.id(14, e) AS id, pg_temp.id(13, e) AS seat_map_id, 'All' AS name, 0 AS position, 'Rows' AS kind, 625 AS seat_count
    FROM shows WHERE seated
$$);
SELECT pg_temp.fill('seats', $$
    SELECT pg_temp.id(12, e * 1000 + i) AS id, pg_temp.id(14, e) AS section_id, (i / 25 + 1)::text AS row,
        (i % 25 + 1)::text AS number, i AS position, 'Standard' AS kind, i % 25 * 2 AS x, i / 25 * 2 AS y FROM shows, generate_series(0, 624) i WHERE seated
$$);
SELECT pg_temp.fill('sessions', $$
    SELECT session_id AS id, event_id, starts_at, false AS cancelled, 10 AS max_per_person, false AS requires_cpf,
        CASE WHEN seated THEN pg_temp.id(13, e) END AS seat_map_id, 1 AS version,
        true AS listed, organizer_id, 'concert' AS category_key, translate(lower(city), 'ã', 'a') AS city_key, 5000 AS min_price_amount,
        'BRL' AS min_price_currency FROM shows
$$);
SELECT pg_temp.fill('pools', $$
    SELECT pool_id AS id, session_id, 'All' AS name, CASE WHEN seated THEN 625 ELSE 100 END AS capacity,
        CASE WHEN seated THEN pg_temp.id(14, e) END AS section_id, 1 AS version FROM shows
$$);
SELECT pg_temp.fill('ticket_types', $$
    SELECT CASE k WHEN 0 THEN full_id ELSE half_id END AS id, session_id, pool_id,
        CASE k WHEN 0 THEN 'Full' ELSE 'Half' END AS name, CASE k WHEN 0 THEN 'Full' ELSE 'Half' END AS kind,
        10 AS max_per_order, 1 AS version, 10000 / (k + 1) AS price_amount, 'BRL' AS price_currency,
        0 AS fee, 0 AS platform_fee
    FROM shows, generate_series(0, 1) k
$$);
SELECT pg_temp.fill('coupons', $$
    SELECT coupon_id AS id, event_id, 'CODE' || e AS code, 10 AS percent_off, 1 AS redeemed, 1 AS version FROM shows
$$);
SELECT pg_temp.fill('coupon_redemptions', $$
    SELECT order_id, pg_temp.id(16, e) AS coupon_id, 'Committed' AS state, placed_at + interval '20 minutes' AS expires_at, 1000 AS discount_amount, 'BRL' AS discount_currency
    FROM sales WHERE n % 25 = 3
$$);
-- A hundred acts an event, by its organizer's owner.
SELECT pg_temp.fill('audit_log', $$
    SELECT pg_temp.id(18, 100 * e + k) AS id, 'coupon.changed' AS action, pg_temp.id(2, 2 * ((e - 1) / 8 + 1)) AS actor_id,
        false AS as_admin, organizer_id, coupon_id AS subject_id, now() AS at, '{}'::jsonb AS details, now() AS recorded_at
    FROM shows, generate_series(0, 99) k
$$);
SELECT pg_temp.fill('invitations', $$
    SELECT pg_temp.id(19, 4 * e + k) AS id, organizer_id, 'person-' || e || '@example.com' AS email, 'Door' AS role,
        pg_temp.id(2, 2 * ((e - 1) / 8 + 1)) AS invited_by, 'Declined' AS status, now() AS offered_at,
        now() + interval '7 days' AS expires_at
    FROM shows, generate_series(0, 3) k
$$);
