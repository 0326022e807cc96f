SELECT pg_temp.fill('team_members', $$
    SELECT pg_temp.id(10, o) AS organizer_id, pg_temp.id(2, 2 * o + k) AS user_id,
        CASE k WHEN 0 THEN 'Owner' ELSE 'Door' END AS role, 1 AS version
    FROM scale, generate_series(events_below / 8 + 1, events_upto / 8) o, generate_series(0, 1) k
$$);
CREATE TEMP VIEW told AS
SELECT s.*, s.quantity * 10000 + CASE WHEN s.with_product THEN 5000 ELSE 0 END AS total, w.organizer_id, w.event_id,
    w.session_id, w.title, w.city, w.starts_at
FROM sales s JOIN shows w USING (e);
SELECT pg_temp.fill('orders', $$
    SELECT order_id AS id, decode(md5(n::text), 'hex') AS fingerprint, pg_temp.number(n) AS number, buyer_id, organizer_id, event_id, session_id,
        outcome AS status, 'pt-BR' AS locale, 'Person ' || n AS buyer_name, 'person ' || n AS buyer_key, 'person-' || n || '@example.com' AS buyer_email,
        '[]'::jsonb AS attendees, title AS event_title, title AS venue_name, city AS venue_city, 'America/Sao_Paulo' AS time_zone,
        starts_at,
        jsonb_build_array(jsonb_build_object('kind', 'ticket', 'itemId', pg_temp.id(6, 2 * e), 'name', 'Full', 'ticketKind',
            'full', 'unitPrice', 10000, 'quantity', quantity, 'seats', '[]'::jsonb)) || CASE WHEN with_product THEN
            jsonb_build_array(jsonb_build_object('kind', 'product', 'itemId', pg_temp.id(15, e), 'name', 'T-shirt',
                'unitPrice', 5000, 'quantity', 1, 'seats', '[]'::jsonb)) ELSE '[]' END AS lines,
        quantity AS ticket_count, 'BRL' AS currency, 0 AS discount, total, placed_at, 7 AS withdrawal_days,
        48 AS withdrawal_ends_hours_before, placed_at + interval '10 minutes' AS expires_at,
        CASE WHEN outcome <> 'Expired' THEN placed_at + interval '1 minute' END AS paid_at,
        placed_at + interval '2 minutes' AS ended_at, CASE WHEN outcome <> 'Expired' THEN payment_id END AS paid_by,
        CASE WHEN outcome = 'Expired' THEN '[]' ELSE jsonb_build_array(jsonb_build_object('id', pg_temp.id(7, 2 * n), 'number',
            pg_temp.number(2 * n), 'ticketTypeName', 'Full', 'holderName', 'Person ' || n, 'pdfPath',
            '/api/v1/tickets/' || pg_temp.id(7, 2 * n) || '/pdf')) END AS tickets,
        CASE WHEN outcome = 'Refunded' THEN placed_at + interval '1 hour' END AS refund_requested_at,
        CASE WHEN outcome = 'Refunded' THEN 'buyer' END AS refund_reason, false AS refund_even_if_used,
        false AS refund_even_if_transferred,
        CASE WHEN outcome = 'Expired' THEN placed_at + interval '30 days' END AS forget_after, 1 AS payment_attempt,
        'Pix' AS payment_method,
        CASE outcome WHEN 'Expired' THEN 'Cancelled' WHEN 'Refunded' THEN 'Refunded' ELSE 'Settled' END AS payment_status,
        payment_id, 'tx' || n AS pix_tx_id, repeat('0', 150) AS pix_copy_paste,
        placed_at + interval '10 minutes' AS pix_expires_at
    FROM told
$$);
SELECT pg_temp.fill('settlements', $$
    SELECT payment_id, order_id, total AS amount, 'BRL' AS currency, placed_at + interval '1 minute' AS booked_at,
        CASE WHEN outcome = 'Refunded' THEN placed_at + interval '1 hour' END AS refunded_at
    FROM told WHERE outcome <> 'Expired'
$$);
SELECT pg_temp.fill('sales_days', $$
    SELECT event_id, placed_at::date AS day, 'BRL' AS currency, organizer_id, count(*) AS orders, sum(quantity) AS tickets,
        sum(total) AS gross, count(*) FILTER (WHERE outcome = 'Refunded') AS refunded_orders,
        coalesce(sum(total) FILTER (WHERE outcome = 'Refunded'), 0) AS refunded
    FROM told WHERE outcome <> 'Expired' GROUP BY event_id, placed_at::date, organizer_id
$$);
-- What the fill of the ledger says is known.
SELECT pg_temp.copied('2.0', 'settlements');
SELECT pg_temp.copied('2.00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000', 'events', 'team members');
