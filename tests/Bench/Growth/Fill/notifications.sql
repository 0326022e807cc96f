SELECT pg_temp.fill('deliveries', $$
    SELECT pg_temp.id(25, n) AS id, order_id, 'Order' || outcome AS kind, buyer_id AS person_id, 'person-' || n || '@example.com' AS recipient,
        'Sent' AS state, 1 AS attempts, placed_at AS created_at, placed_at AS next_attempt_at, placed_at AS sent_at FROM sales
$$);
