-- What happens to the coupon of an order, each in one statement. A redemption is a lease like a hold, with the same
-- states. Whoever moves one locks it first, then the coupons in the order of their ids.

-- Never more than the subtotal; fractions of the minor unit are not given.
CREATE FUNCTION coupon_discount(p_percent int, p_amount bigint, p_subtotal bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_percent IS NULL THEN least(p_amount, p_subtotal)
        ELSE div(p_subtotal::numeric * p_percent, 100)::bigint END
$$;

-- Outcome: held, or why not.
CREATE FUNCTION redeem_coupon(
    p_order uuid, p_event uuid, p_code text, p_subtotal bigint, p_currency text, p_lease_seconds int,
    OUT outcome text, OUT discount bigint, OUT lease_until timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    coupon coupons%ROWTYPE;
    redemption coupon_redemptions%ROWTYPE;
    same boolean;
BEGIN
    SELECT * INTO coupon FROM coupons WHERE event_id = p_event AND code = p_code;
    IF NOT FOUND OR coupon.currency <> p_currency THEN
        outcome := 'coupon-invalid';
        RETURN;
    END IF;
    -- Of several at once one inserts; the others wait for its end here. Refused, the row stays: nothing is held by it.
    INSERT INTO coupon_redemptions (order_id, coupon_id, discount_amount, discount_currency, state, expires_at)
    VALUES (p_order, coupon.id, 0, p_currency, 'Released', now()) ON CONFLICT DO NOTHING;
    SELECT * INTO redemption FROM coupon_redemptions WHERE order_id = p_order FOR NO KEY UPDATE;
    same := redemption.coupon_id = coupon.id AND redemption.state <> 'Released';
    IF redemption.state = 'Voided' OR redemption.state = 'Committed' AND NOT same THEN
        outcome := 'redemption-committed';
        RETURN;
    END IF;
    outcome := 'held';
    IF redemption.state = 'Committed' THEN
        discount := redemption.discount_amount;
        lease_until := redemption.expires_at;
        RETURN;
    END IF;
    IF NOT same AND (now() < coupon.valid_from OR now() >= coupon.valid_until) THEN
        outcome := 'coupon-invalid';
        RETURN;
    END IF;
    IF redemption.state <> 'Held' OR NOT same THEN
        PERFORM 1 FROM coupons WHERE id IN (coupon.id, redemption.coupon_id) ORDER BY id FOR NO KEY UPDATE;
        UPDATE coupons SET redeemed = redeemed + 1
        WHERE id = coupon.id AND (max_redemptions IS NULL OR redeemed < max_redemptions);
        IF NOT FOUND THEN
            outcome := 'coupon-exhausted';
            RETURN;
        END IF;
        IF redemption.state = 'Held' THEN
            UPDATE coupons SET redeemed = redeemed - 1 WHERE id = redemption.coupon_id;
        END IF;
    END IF;
    discount := coupon_discount(coupon.percent_off, coupon.amount_off, p_subtotal);
    -- A lease that is held already is never shortened.
    lease_until := greatest(now() + make_interval(secs => p_lease_seconds),
        CASE redemption.state WHEN 'Held' THEN redemption.expires_at END);
    UPDATE coupon_redemptions SET coupon_id = coupon.id, discount_amount = discount, discount_currency = p_currency,
        state = 'Held', expires_at = lease_until
    WHERE order_id = p_order;
END $$;

-- The order is paid. What lapsed or was given back counts again, also beyond the coupon's number: it is paid for.
CREATE FUNCTION commit_redemption(p_order uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    redemption coupon_redemptions%ROWTYPE;
BEGIN
    SELECT * INTO redemption FROM coupon_redemptions WHERE order_id = p_order FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'redemption-not-found';
    ELSIF redemption.state = 'Voided' THEN
        RETURN 'redemption-voided';
    ELSIF redemption.state IN ('Expired', 'Released') THEN
        UPDATE coupons SET redeemed = redeemed + 1 WHERE id = redemption.coupon_id;
    END IF;
    UPDATE coupon_redemptions SET state = 'Committed' WHERE order_id = p_order AND state <> 'Committed';
    RETURN 'done';
END $$;

-- Gives back what is held, and for good what is committed.
CREATE FUNCTION give_back_redemption(p_order uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    redemption coupon_redemptions%ROWTYPE;
BEGIN
    SELECT * INTO redemption FROM coupon_redemptions WHERE order_id = p_order FOR NO KEY UPDATE;
    IF redemption.state IN ('Held', 'Committed') THEN
        UPDATE coupons SET redeemed = redeemed - 1 WHERE id = redemption.coupon_id;
    END IF;
    -- What was not there to be locked may be there by now: it is not this one's to end.
    UPDATE coupon_redemptions SET state = CASE state WHEN 'Committed' THEN 'Voided' ELSE 'Released' END
    WHERE order_id = p_order AND redemption.state IN ('Held', 'Expired', 'Committed');
    RETURN 'done';
END $$;

-- Gives lapsed ones back, many at once. Any number of replicas may sweep: each takes what no other has.
CREATE FUNCTION expire_redemptions(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    lapsed uuid[];
BEGIN
    lapsed := ARRAY(
        SELECT order_id FROM coupon_redemptions WHERE state = 'Held' AND expires_at < now()
        ORDER BY expires_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED);
    IF cardinality(lapsed) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM coupons
    WHERE id IN (SELECT coupon_id FROM coupon_redemptions WHERE order_id = ANY (lapsed))
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE coupons c SET redeemed = c.redeemed - r.orders
    FROM (
        SELECT coupon_id, count(*)::int AS orders FROM coupon_redemptions
        WHERE order_id = ANY (lapsed) GROUP BY coupon_id) r
    WHERE c.id = r.coupon_id;
    UPDATE coupon_redemptions SET state = 'Expired' WHERE order_id = ANY (lapsed);
    RETURN cardinality(lapsed);
END $$;
