-- What happens to the products of an order, each in one statement. Whoever moves stock locks the hold first, then the
-- products in the order of their ids. A refusal is decided before anything is changed.

-- Moves each line's quantity, less what went back of it before; false when there is not so much available.
CREATE FUNCTION move_stock(p_order uuid, p_available int, p_held int, p_sold int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM products WHERE id IN (SELECT product_id FROM hold_lines WHERE order_id = p_order)
    ORDER BY id FOR NO KEY UPDATE;
    IF p_available < 0 AND EXISTS (
        SELECT 1 FROM hold_lines l JOIN products p ON p.id = l.product_id
        WHERE l.order_id = p_order AND p.available < l.quantity)
    THEN
        RETURN false;
    END IF;
    UPDATE products p SET available = p.available + p_available * (l.quantity - l.returned),
        held = p.held + p_held * (l.quantity - l.returned), sold = p.sold + p_sold * (l.quantity - l.returned)
    FROM hold_lines l WHERE l.order_id = p_order AND p.id = l.product_id;
    RETURN true;
END $$;

-- The wanted products come by id, each once. Outcome: held, or why not and which product.
CREATE FUNCTION take_hold(
    p_order uuid, p_buyer uuid, p_session uuid, p_products uuid[], p_quantities int[], p_lease_seconds int,
    OUT outcome text, OUT product_id uuid, OUT product_name text, OUT max_per_order int, OUT expires_at timestamptz,
    OUT ids uuid[], OUT names text[], OUT prices bigint[], OUT quantities int[])
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    hold holds%ROWTYPE;
    is_new boolean;
    old_ids uuid[];
    old_quantities int[];
    same boolean;
BEGIN
    -- Of several at once one inserts; the others wait for its end here.
    INSERT INTO holds (order_id, buyer_id, session_id, state, expires_at)
    VALUES (p_order, p_buyer, p_session, 'Released', now()) ON CONFLICT DO NOTHING;
    is_new := FOUND;
    SELECT * INTO hold FROM holds h WHERE h.order_id = p_order FOR NO KEY UPDATE;
    IF NOT FOUND OR hold.buyer_id <> p_buyer OR hold.session_id <> p_session THEN
        outcome := 'not-found';
        RETURN;
    END IF;
    SELECT array_agg(l.product_id ORDER BY l.product_id), array_agg(l.quantity ORDER BY l.product_id)
    INTO old_ids, old_quantities FROM hold_lines l WHERE l.order_id = p_order;
    same := old_ids = p_products AND old_quantities = p_quantities AND hold.state <> 'Released';

    IF hold.state = 'Voided' OR (hold.state = 'Committed' AND same IS NOT TRUE) THEN
        outcome := 'hold-committed';
        RETURN;
    ELSIF hold.state = 'Expired' AND same THEN
        -- At the old prices, whatever the sales window says.
        IF NOT move_stock(p_order, -1, 1, 0) THEN
            outcome := 'sold-out';
            RETURN;
        END IF;
    ELSIF hold.state <> 'Committed' AND same IS NOT TRUE THEN
        IF hold.state <> 'Held' THEN
            old_quantities := array_fill(0, ARRAY[coalesce(cardinality(old_ids), 0)]);
        END IF;
        PERFORM 1 FROM products p WHERE p.id = ANY (p_products || old_ids) ORDER BY p.id FOR NO KEY UPDATE;
        SELECT why, w.id, p.name, p.max_per_order INTO outcome, product_id, product_name, max_per_order
        FROM unnest(p_products, p_quantities) AS w(id, quantity)
        LEFT JOIN products p ON p.id = w.id AND p.session_id = p_session AND NOT p.hidden
        LEFT JOIN sessions s ON s.id = p.session_id
        LEFT JOIN unnest(old_ids, old_quantities) AS o(id, quantity) ON o.id = w.id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN p.id IS NULL THEN 'product-not-found'
            WHEN s.cancelled IS NOT FALSE OR s.version = 0 OR p.sales_end <= now() OR p.sales_start > now() THEN 'sale-not-open'
            WHEN p.max_per_order < w.quantity THEN 'limit-reached'
            WHEN p.available + coalesce(o.quantity, 0) < w.quantity THEN 'sold-out' END) AS refusal(why)
        WHERE why IS NOT NULL ORDER BY w.id LIMIT 1;
        IF FOUND THEN
            IF is_new THEN
                DELETE FROM holds h WHERE h.order_id = p_order;
            END IF;
            RETURN;
        END IF;
        UPDATE products p SET available = p.available - d.more, held = p.held + d.more
        FROM (
            SELECT coalesce(w.id, o.id) AS id, coalesce(w.quantity, 0) - coalesce(o.quantity, 0) AS more
            FROM unnest(p_products, p_quantities) AS w(id, quantity)
            FULL JOIN unnest(old_ids, old_quantities) AS o(id, quantity) ON o.id = w.id) d
        WHERE p.id = d.id AND d.more <> 0;
        DELETE FROM hold_lines l WHERE l.order_id = p_order;
        INSERT INTO hold_lines (order_id, product_id, name, unit_price_amount, quantity)
        SELECT p_order, w.id, p.name, p.price_amount, w.quantity
        FROM unnest(p_products, p_quantities) AS w(id, quantity) JOIN products p ON p.id = w.id;
    END IF;

    outcome := 'held';
    IF hold.state = 'Committed' THEN
        expires_at := hold.expires_at;
    ELSE
        -- A lease that is held already is never shortened.
        expires_at := greatest(now() + make_interval(secs => p_lease_seconds),
            CASE hold.state WHEN 'Held' THEN hold.expires_at END);
        UPDATE holds h SET state = 'Held', expires_at = take_hold.expires_at WHERE h.order_id = p_order;
    END IF;
    SELECT array_agg(l.product_id ORDER BY l.product_id), array_agg(l.name::text ORDER BY l.product_id),
        array_agg(l.unit_price_amount ORDER BY l.product_id), array_agg(l.quantity ORDER BY l.product_id)
    INTO ids, names, prices, quantities FROM hold_lines l WHERE l.order_id = p_order;
END $$;

-- What lapsed or was given back is taken again if the stock allows, whatever the sales window says: the buyer has paid.
CREATE FUNCTION commit_hold(p_order uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    SELECT state INTO was FROM holds WHERE order_id = p_order FOR NO KEY UPDATE;
    IF was IS NULL THEN
        RETURN 'hold-not-found';
    ELSIF was = 'Voided' THEN
        RETURN 'hold-voided';
    ELSIF was = 'Committed' THEN
        RETURN 'done';
    ELSIF was = 'Held' THEN
        PERFORM move_stock(p_order, 0, -1, 1);
    ELSIF NOT move_stock(p_order, -1, 0, 1) THEN
        RETURN 'sold-out';
    END IF;
    UPDATE holds SET state = 'Committed' WHERE order_id = p_order;
    RETURN 'done';
END $$;

-- Gives back what is held. What is sold stays sold (void gives it back).
CREATE FUNCTION release_hold(p_order uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    SELECT state INTO was FROM holds WHERE order_id = p_order FOR NO KEY UPDATE;
    IF was = 'Committed' THEN
        RETURN 'hold-committed';
    ELSIF was = 'Held' THEN
        PERFORM move_stock(p_order, 1, -1, 0);
    END IF;
    -- What was not there to be locked may be there by now: it is not this one's to end.
    UPDATE holds SET state = 'Released' WHERE order_id = p_order AND was IN ('Held', 'Expired');
    RETURN 'done';
END $$;

-- Gives everything back for good, sold or held.
CREATE FUNCTION void_hold(p_order uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    was text;
BEGIN
    SELECT state INTO was FROM holds WHERE order_id = p_order FOR NO KEY UPDATE;
    IF was = 'Committed' THEN
        PERFORM move_stock(p_order, 1, 0, -1);
    ELSIF was = 'Held' THEN
        PERFORM move_stock(p_order, 1, -1, 0);
    END IF;
    UPDATE holds SET state = 'Voided' WHERE order_id = p_order AND was <> 'Voided';
    RETURN 'done';
END $$;

-- Gives some of what was sold back, once for each refund.
CREATE FUNCTION return_products(p_order uuid, p_refund uuid, p_products uuid[], p_quantities int[]) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    hold holds%ROWTYPE;
BEGIN
    SELECT * INTO hold FROM holds h WHERE h.order_id = p_order FOR NO KEY UPDATE;
    -- All of it went back, or these did.
    IF hold.state IS DISTINCT FROM 'Committed' OR p_refund = ANY (hold.returns) THEN
        RETURN 'done';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_products, p_quantities) AS w (id, quantity)
        LEFT JOIN hold_lines l ON l.order_id = p_order AND l.product_id = w.id
        WHERE l.quantity - l.returned >= w.quantity IS NOT TRUE)
    THEN
        RETURN 'already-refunded';
    END IF;
    PERFORM 1 FROM products p WHERE p.id = ANY (p_products) ORDER BY p.id FOR NO KEY UPDATE;
    UPDATE products p SET available = p.available + w.quantity, sold = p.sold - w.quantity
    FROM unnest(p_products, p_quantities) AS w (id, quantity) WHERE p.id = w.id;
    UPDATE hold_lines l SET returned = l.returned + w.quantity
    FROM unnest(p_products, p_quantities) AS w (id, quantity) WHERE l.order_id = p_order AND l.product_id = w.id;
    UPDATE holds SET returns = returns || p_refund WHERE order_id = p_order;
    RETURN 'done';
END $$;

-- Gives the stock of lapsed holds back, many at once. Any number of replicas may sweep: each takes what no other has.
CREATE FUNCTION expire_holds(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    lapsed uuid[];
BEGIN
    lapsed := ARRAY(
        SELECT order_id FROM holds WHERE state = 'Held' AND expires_at < now()
        ORDER BY expires_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED);
    IF cardinality(lapsed) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM products WHERE id IN (SELECT product_id FROM hold_lines WHERE order_id = ANY (lapsed))
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE products p SET available = p.available + l.quantity, held = p.held - l.quantity
    FROM (
        SELECT product_id, sum(quantity)::int AS quantity FROM hold_lines
        WHERE order_id = ANY (lapsed) GROUP BY product_id) l
    WHERE p.id = l.product_id;
    UPDATE holds SET state = 'Expired' WHERE order_id = ANY (lapsed);
    RETURN cardinality(lapsed);
END $$;
