-- How a person finds the seat.
CREATE FUNCTION seat_label(section text, "row" text, number text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN section || ' ' || "row" || '-' || number;

-- Gives stock back to pools: touched last in every transaction, in the order of ids. A pool above its target (the
-- organizer lowered it while more was taken) shrinks towards it instead of offering the stock again.
CREATE FUNCTION return_stock(ids uuid[], from_held int[], from_sold int[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM pools p WHERE p.id = ANY (ids) ORDER BY p.id FOR NO KEY UPDATE;
    UPDATE pools p
    SET held = p.held - d.held,
        sold = p.sold - d.sold,
        capacity = greatest(p.capacity - d.held - d.sold, p.target_capacity),
        available = p.available + d.held + d.sold - least(d.held + d.sold, p.capacity - p.target_capacity)
    FROM unnest(ids, from_held, from_sold) d(id, held, sold)
    WHERE p.id = d.id;
END
$$;

-- Ends leases that are over, at most as many as there are ids for the events that tell of it; answers how many.
-- Replicas share the work: each skips what another has locked.
CREATE FUNCTION expire_holds(event_ids uuid[]) RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
    ended uuid[];
    sessions uuid[];
BEGIN
    SELECT array_agg(h.id), array_agg(h.session_id) INTO ended, sessions
    FROM (
        SELECT id, session_id FROM holds
        WHERE status IN ('held', 'ordered') AND expires_at < now()
        ORDER BY expires_at
        LIMIT cardinality(event_ids)
        FOR UPDATE SKIP LOCKED
    ) h;
    IF ended IS NULL THEN
        RETURN 0;
    END IF;

    UPDATE holds SET status = 'expired' WHERE id = ANY (ended);

    INSERT INTO outbox (id, type, payload)
    SELECT e.id, 'hold.expired',
        jsonb_build_object('holdId', e.hold, 'sessionId', e.session, 'at', clock_timestamp())
    FROM unnest(event_ids[1:cardinality(ended)], ended, sessions) e(id, hold, session);

    UPDATE seats s SET status = 'free', hold_id = NULL
    FROM holds h JOIN hold_items i ON i.hold_id = h.id, unnest(i.seat_ids) seat
    WHERE h.id = ANY (ended) AND s.session_id = h.session_id AND s.seat_id = seat AND s.hold_id = h.id;

    PERFORM return_stock(array_agg(q.pool_id), array_agg(q.quantity), array_agg(0))
    FROM (
        SELECT pool_id, sum(quantity)::int AS quantity FROM hold_items WHERE hold_id = ANY (ended) GROUP BY pool_id
    ) q;
    RETURN cardinality(ended);
END
$$;
