CREATE TEMP VIEW paid AS
SELECT s.*, s.quantity * 10000 + CASE WHEN s.with_product THEN 5000 ELSE 0 END AS total, w.organizer_id, w.event_id
FROM sales s JOIN shows w USING (e);
SELECT pg_temp.fill('payments', $$
    SELECT payment_id AS id, order_id, 1 AS attempt, 'pix-api' AS provider, 'Pix' AS method, total AS amount, 'BRL' AS currency,
        placed_at + interval '10 minutes' AS expires_at, placed_at AS created_at,
        CASE outcome WHEN 'Expired' THEN 'Cancelled' WHEN 'Refunded' THEN 'Refunded' ELSE 'Settled' END AS status,
        CASE WHEN outcome <> 'Expired' THEN 'e2e' || n END AS settlement_id,
        CASE WHEN outcome <> 'Expired' THEN placed_at + interval '1 minute' END AS settled_at,
        CASE WHEN outcome = 'Refunded' THEN 'refund' END AS refund_operation,
        CASE WHEN outcome = 'Refunded' THEN placed_at + interval '1 hour' END AS refund_started_at,
        CASE WHEN outcome = 'Refunded' THEN placed_at + interval '1 hour' END AS refunded_at, 0 AS checks,
        organizer_id, event_id, 0 AS platform_fee
    FROM paid
$$);
SELECT pg_temp.fill('sessions', $$ SELECT session_id AS id, event_id, starts_at AS over_at, 1 AS version FROM shows $$);
SELECT pg_temp.fill('refund_operations', $$
    SELECT order_id, 'refund' AS id, 'buyer' AS reason, placed_at + interval '1 hour' AS created_at
    FROM paid WHERE outcome = 'Refunded'
$$);
SELECT pg_temp.fill('received_webhooks', $$
    SELECT pg_temp.id(17, n) AS id, 'pix-api' AS provider, 'filled-' || n AS event_id, 'pix' AS type, payment_id,
        placed_at + interval '1 minute' AS received_at, placed_at + interval '1 minute' AS processed_at,
        0 AS checks
    FROM paid WHERE outcome <> 'Expired'
$$);
-- What each kind of posting debits and credits.
CREATE TEMP TABLE postings (kind text, step int, outcome text, debit text, credit text);
INSERT INTO postings VALUES
    ('Charged', 0, NULL, 'Receivable', 'Sales'),
    ('Reversed', 1, 'Expired', 'Sales', 'Receivable'),
    ('Settled', 1, 'Fulfilled', 'Provider', 'Receivable'),
    ('Settled', 1, 'Refunded', 'Provider', 'Receivable'),
    ('RefundStarted', 2, 'Refunded', 'Refunds', 'Receivable'),
    ('RefundCompleted', 3, 'Refunded', 'Receivable', 'Provider');
CREATE TEMP VIEW posted AS
SELECT '1'::xid8 AS xid, p.kind, payment_id, order_id, p.debit, p.credit, total AS amount, 'BRL' AS currency, placed_at AS at
FROM paid JOIN postings p ON p.outcome IS NULL OR p.outcome = paid.outcome ORDER BY n, p.step;
-- Before every other posting: closed, and known to Orders.
SELECT pg_temp.fill('ledger_postings', 'SELECT * FROM posted');
INSERT INTO ledger_balances (account, currency, amount)
SELECT account, currency, sum(amount) FROM (
    SELECT debit AS account, currency, amount FROM posted
    UNION ALL SELECT credit, currency, -amount FROM posted) entries
GROUP BY account, currency
ON CONFLICT (account, currency) DO UPDATE SET amount = ledger_balances.amount + excluded.amount;
INSERT INTO organizer_totals (organizer_id, event_id, currency, kind, postings, amount)
SELECT w.organizer_id, w.event_id, 'BRL', l.kind, count(*), sum(l.amount)
FROM posted l JOIN paid w USING (order_id) GROUP BY 1, 2, 4
ON CONFLICT (organizer_id, event_id, currency, kind) DO UPDATE SET
    postings = organizer_totals.postings + excluded.postings, amount = organizer_totals.amount + excluded.amount;
UPDATE ledger_closed SET (xid, id) = (SELECT xid, max(id) FROM ledger_postings WHERE xid = '1'::xid8 GROUP BY xid)
WHERE xid <= '1'::xid8;
SELECT pg_temp.copied('2.00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000', 'events');
