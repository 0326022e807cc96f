CREATE TEMP VIEW paid AS
SELECT *, quantity * 10000 + CASE WHEN with_product THEN 5000 ELSE 0 END AS total FROM sales;
SELECT pg_temp.fill('payments', $$
    SELECT payment_id AS id, order_id, 1 AS attempt, 'sandbox' AS provider, 'Pix' AS method, total AS amount, 'BRL' AS currency,
        placed_at + interval '10 minutes' AS expires_at, placed_at AS created_at,
        CASE outcome WHEN 'Expired' THEN 'Cancelled' WHEN 'Refunded' THEN 'Refunded' ELSE 'Settled' END AS status,
        'tx' || n AS charge_id, CASE WHEN outcome <> 'Expired' THEN 'e2e' || n END AS settlement_id,
        repeat('0', 150) AS copy_paste, CASE WHEN outcome <> 'Expired' THEN placed_at + interval '1 minute' END AS settled_at,
        0 AS checks
    FROM paid
$$);
SELECT pg_temp.fill('refunds', $$
    SELECT pg_temp.id(9, n) AS id, payment_id, order_id, 'refund' AS operation_id, total AS amount, 'BRL' AS currency,
        placed_at + interval '1 hour' AS created_at, placed_at + interval '1 hour' AS completed_at, 0 AS checks
    FROM paid WHERE outcome = 'Refunded'
$$);
SELECT pg_temp.fill('received_webhooks', $$
    SELECT pg_temp.id(17, n) AS id, 'sandbox' AS provider, 'filled-' || n AS event_id, 'pix.paid' AS type, payment_id,
        'tx' || n AS tx_id, placed_at + interval '1 minute' AS received_at, placed_at + interval '1 minute' AS processed_at,
        0 AS checks
    FROM paid WHERE outcome <> 'Expired'
$$);
-- What each kind of transaction debits and credits.
CREATE TEMP TABLE postings (kind text, step int, outcome text, debit text, credit text);
INSERT INTO postings VALUES
    ('Charged', 0, NULL, 'Receivable', 'Sales'),
    ('Reversed', 1, 'Expired', 'Sales', 'Receivable'),
    ('Settled', 1, 'Fulfilled', 'Provider', 'Receivable'),
    ('Settled', 1, 'Refunded', 'Provider', 'Receivable'),
    ('RefundStarted', 2, 'Refunded', 'Refunds', 'Receivable'),
    ('RefundCompleted', 3, 'Refunded', 'Receivable', 'Provider');
CREATE TEMP VIEW posted AS
SELECT paid.*, p.kind, p.debit, p.credit, 4 * n + p.step AS number
FROM paid JOIN postings p ON p.outcome IS NULL OR p.outcome = paid.outcome;
SELECT pg_temp.fill('ledger_transactions', $$
    SELECT pg_temp.id(18, number) AS id, kind, payment_id, order_id, placed_at AS at FROM posted
$$);
SELECT pg_temp.fill('ledger_entries', $$
    SELECT pg_temp.id(19, 2 * number + k) AS id, pg_temp.id(18, number) AS transaction_id, order_id,
        CASE k WHEN 0 THEN debit ELSE credit END AS account, CASE k WHEN 0 THEN total ELSE -total END AS amount,
        'BRL' AS currency
    FROM posted, generate_series(0, 1) k
$$);
