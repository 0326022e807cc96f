-- What happens to a hold after take_holds: each function is one statement and one transaction of its caller.
-- Order of locks: the hold, its tickets (by id), its seats, and the pools (by id) last, so that nothing but the commit
-- lies between a hot pool's lock and its end.
--
-- Plans are made once a connection and kept, maybe while the tables were still empty: they must suit what these become.
-- Left to itself PostgreSQL plans such statements at every call, which costs more than running them.

-- How a person finds the seat: as SeatPlace in Contracts has it, so that no two seats of a session have the same.
CREATE FUNCTION seat_label(section text, "row" text, number text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN section || ' · ' || "row" || ' · ' || number;

-- The least UUIDv7 of a moment: rows with such ids lie in the order of their making.
CREATE FUNCTION first_id(at timestamptz) RETURNS uuid
LANGUAGE sql STABLE
RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Gives stock back to pools. A pool above its target (the organizer lowered it while more was taken) shrinks towards it
-- instead of offering the stock again.
CREATE FUNCTION return_stock(ids uuid[], from_held int[], from_sold int[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
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

-- Places of a session that a CPF has, with those of one hold that may not count yet: held for orders, and in tickets.
-- Decided one at a time for each CPF until the transaction ends, whichever of the keys its index was made with.
CREATE FUNCTION places_of_cpf(the_session uuid, indexes bytea[], the_hold uuid) RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(l.id)
    FROM (
        SELECT DISTINCT hashtextextended(the_session::text || encode(x, 'hex'), 0) AS id FROM unnest(indexes) x ORDER BY 1
    ) l;
    RETURN (
        SELECT sum(i.quantity) FROM hold_items i WHERE i.hold_id = the_hold
    ) + (
        SELECT coalesce(sum(i.quantity), 0)
        FROM holds h JOIN hold_items i ON i.hold_id = h.id
        WHERE h.cpf_index = ANY (indexes) AND h.cpf_index IS NOT NULL AND h.session_id = the_session
            AND h.status IN ('Held', 'Ordered') AND h.id <> the_hold
    ) + (
        SELECT count(*) FROM tickets t
        WHERE t.cpf_index = ANY (indexes) AND t.cpf_index IS NOT NULL AND t.session_id = the_session
            AND t.status <> 'Voided'
    );
END
$$;

-- The CPF that a hold is ordered for, by its blind indexes, current first; its limit is the session's. Answers how many more
-- the CPF may have when these are too many; null when the hold is its now.
CREATE FUNCTION name_hold(the_hold uuid, the_buyer uuid, indexes bytea[]) RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    session uuid;
    most int;
    places int;
BEGIN
    SELECT h.session_id, s.max_per_person INTO session, most
    FROM holds h JOIN sessions s ON s.id = h.session_id
    WHERE h.id = the_hold AND h.buyer_id = the_buyer AND h.status IN ('Held', 'Ordered')
    FOR NO KEY UPDATE OF h;
    IF session IS NOT NULL THEN
        places := places_of_cpf(session, indexes, the_hold);
        IF places > most THEN
            RETURN greatest(most - places + (SELECT sum(i.quantity) FROM hold_items i WHERE i.hold_id = the_hold), 0);
        END IF;
        UPDATE holds h SET cpf_index = indexes[1] WHERE h.id = the_hold;
    END IF;
    RETURN NULL;
END
$$;

-- Held becomes sold and the tickets are issued. A hold that is over takes the same stock again if all of it is free.
-- One row a ticket, in the order of the hold's items, or one row with a refusal:
--   issued, repeated (the order's tickets were issued before)
--   hold-not-found, hold-released, session-cancelled, over-person-limit, sold-out
CREATE FUNCTION commit_hold(
    the_hold uuid,
    the_buyer uuid,
    names text[],  -- by ticket, as all that follow: at least as many as the hold has places
    name_keys text[],
    ticket_ids uuid[],
    numbers text[],
    issued_at timestamptz,
    order_number text,
    locale text
) RETURNS TABLE (
    outcome text,
    id uuid,
    number text,
    type_name text,
    seat text,
    holder_name text,
    session_id uuid
)
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    hold record;
    has_stock boolean;
    refusal text;
    pool record;
BEGIN
    SELECT h.session_id, h.buyer_id, h.status, h.block_reason, h.cpf_index, s.cancelled, s.max_per_person,
        EXISTS (SELECT FROM hold_items i WHERE i.hold_id = h.id AND i.seat_ids <> '{}') AS seated
    INTO hold
    FROM holds h JOIN sessions s ON s.id = h.session_id
    WHERE h.id = the_hold
    FOR NO KEY UPDATE OF h;

    -- A hold that nobody asked for in a long time is gone, its tickets are not.
    IF hold.status IS NULL OR (hold.status = 'Committed' AND hold.buyer_id = the_buyer) THEN
        RETURN QUERY
        SELECT 'repeated', t.id, t.number, t.type_name, t.seat, t.holder_name, t.session_id
        FROM tickets t WHERE t.order_id = the_hold AND t.status <> 'Voided' ORDER BY t.ordinal;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;

    has_stock := hold.status IN ('Held', 'Ordered');
    refusal := CASE
        WHEN hold.status IS NULL OR hold.buyer_id <> the_buyer THEN 'hold-not-found'
        WHEN hold.status IN ('Committed', 'Returned', 'Voided') THEN 'hold-released'
        WHEN hold.cancelled THEN 'session-cancelled'
    END;
    IF refusal IS NULL AND NOT has_stock THEN
        -- The buyer may have taken others meanwhile. One at a time, as in take_holds.
        PERFORM pg_advisory_xact_lock(hashtextextended(the_buyer::text, 0));
        IF (
            SELECT sum(i.quantity) FROM hold_items i WHERE i.hold_id = the_hold
        ) + (
            SELECT coalesce(sum(i.quantity), 0)
            FROM holds h JOIN hold_items i ON i.hold_id = h.id
            WHERE h.buyer_id = the_buyer AND h.session_id = hold.session_id AND h.status IN ('Held', 'Ordered')
        ) + (
            SELECT count(*) FROM tickets t
            WHERE t.buyer_id = the_buyer AND t.session_id = hold.session_id AND t.status <> 'Voided'
        ) > hold.max_per_person
            OR hold.cpf_index IS NOT NULL
                AND places_of_cpf(hold.session_id, ARRAY[hold.cpf_index], the_hold) > hold.max_per_person
        THEN
            refusal := 'over-person-limit';
        END IF;
    END IF;
    IF refusal IS NULL AND NOT has_stock THEN
        -- Whoever takes free stock locks its pools first: nobody else takes or returns any until the end.
        PERFORM 1 FROM pools p WHERE p.id IN (SELECT i.pool_id FROM hold_items i WHERE i.hold_id = the_hold)
        ORDER BY p.id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM hold_items i JOIN pools p ON p.id = i.pool_id
            WHERE i.hold_id = the_hold
            GROUP BY p.id, p.available HAVING sum(i.quantity) > p.available
        ) OR EXISTS (
            SELECT FROM hold_items i CROSS JOIN unnest(i.seat_ids) x(seat)
            LEFT JOIN seats s ON s.session_id = hold.session_id AND s.seat_id = x.seat
            WHERE i.hold_id = the_hold AND s.status IS DISTINCT FROM 'Free'
        ) THEN
            refusal := 'sold-out';
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        RETURN QUERY SELECT refusal, NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::text, NULL::uuid;
        RETURN;
    END IF;

    RETURN QUERY
    INSERT INTO tickets (id, number, serial, order_id, session_id, pool_id, ordinal, type_name, kind, seat_id, seat,
        buyer_id, owner_id, holder_name, status, issued_at, block_reason, cpf_index, price_amount, price_currency,
        order_number, locale, name_key)
    SELECT ticket_ids[p.n], numbers[p.n], 1, the_hold, hold.session_id, p.pool_id, p.n - 1, p.name, p.kind, p.seat_id,
        p.seat, the_buyer, the_buyer,
        -- Erased meanwhile: what was paid for is delivered, without a name. Whoever erases waits for the hold's row.
        CASE WHEN p.erased THEN '–' ELSE names[p.n] END,
        'Valid', commit_hold.issued_at, hold.block_reason, hold.cpf_index, p.unit_price, p.currency,
        commit_hold.order_number, commit_hold.locale, CASE WHEN p.erased THEN '' ELSE name_keys[p.n] END
    FROM (
        SELECT i.pool_id, i.name, i.kind, i.unit_price, i.currency, i.seat_ids[k] AS seat_id, i.seats[k] AS seat,
            (row_number() OVER (ORDER BY i.ordinal, k))::int AS n,
            EXISTS (SELECT FROM erased_people e WHERE e.id = the_buyer) AS erased
        FROM hold_items i CROSS JOIN generate_series(1, i.quantity) k
        WHERE i.hold_id = the_hold
    ) p
    ORDER BY p.n
    RETURNING 'issued', tickets.id, tickets.number, tickets.type_name, tickets.seat, tickets.holder_name,
        tickets.session_id;

    UPDATE holds h SET status = 'Committed' WHERE h.id = the_hold;

    IF hold.seated THEN
        UPDATE seats s SET status = 'Sold', hold_id = the_hold
        FROM hold_items i CROSS JOIN unnest(i.seat_ids) x(seat)
        WHERE i.hold_id = the_hold AND s.session_id = hold.session_id AND s.seat_id = x.seat
            AND (s.hold_id = the_hold OR (s.status = 'Free' AND NOT has_stock));
    END IF;

    FOR pool IN
        SELECT i.pool_id AS id, sum(i.quantity)::int AS places
        FROM hold_items i WHERE i.hold_id = the_hold GROUP BY i.pool_id ORDER BY i.pool_id
    LOOP
        UPDATE pools p
        SET sold = p.sold + pool.places,
            held = p.held - CASE WHEN has_stock THEN pool.places ELSE 0 END,
            available = p.available - CASE WHEN has_stock THEN 0 ELSE pool.places END
        WHERE p.id = pool.id;
    END LOOP;
END
$$;

-- Ends a hold in one of these states and gives its stock back. Answers the state that it was in; null when there is no
-- such hold of the buyer (of anybody, when that is null).
CREATE FUNCTION end_hold(the_hold uuid, the_buyer uuid, from_states text[], to_state text) RETURNS text
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    session uuid;
    state text;
BEGIN
    SELECT h.session_id, h.status INTO session, state
    FROM holds h WHERE h.id = the_hold AND (the_buyer IS NULL OR h.buyer_id = the_buyer)
    FOR NO KEY UPDATE;
    IF state = ANY (from_states) THEN
        UPDATE holds h SET status = to_state, expires_at = least(h.expires_at, clock_timestamp()) WHERE h.id = the_hold;
        UPDATE seats s SET status = 'Free', hold_id = NULL
        FROM hold_items i CROSS JOIN unnest(i.seat_ids) x(seat)
        WHERE i.hold_id = the_hold AND s.session_id = session AND s.seat_id = x.seat AND s.hold_id = the_hold;
        PERFORM return_stock(array_agg(q.pool_id), array_agg(q.places), array_agg(0))
        FROM (
            SELECT i.pool_id, sum(i.quantity)::int AS places FROM hold_items i WHERE i.hold_id = the_hold GROUP BY 1
        ) q;
    END IF;
    RETURN state;
END
$$;

-- The order's tickets are void, its stock is on sale again, and its hold is over for good. A holder who did not buy is told.
-- Of an issued order some alone may be void: the rest stands.
-- Answers why nothing was done: ticket-transferred, ticket-used; null when it was.
CREATE FUNCTION void_tickets(
    the_order uuid,
    even_if_used boolean,
    even_if_transferred boolean,
    reason text,
    trace text,  -- may be null
    only_these uuid[]  -- null: all
) RETURNS text
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    state text;
    used boolean;
    transferred boolean;
    ids uuid[];
    places int[];
BEGIN
    SELECT h.status INTO state FROM holds h WHERE h.id = the_order FOR NO KEY UPDATE;
    -- Locked, so that nobody is admitted, and no offer accepted, between the look and the end.
    SELECT bool_or(t.status = 'Used'), bool_or(t.owner_id <> t.buyer_id AND t.status <> 'Voided') INTO used, transferred
    FROM (
        SELECT status, owner_id, buyer_id FROM tickets
        WHERE order_id = the_order AND (only_these IS NULL OR id = ANY (only_these)) ORDER BY id FOR NO KEY UPDATE
    ) t;
    IF transferred AND NOT even_if_transferred THEN
        RETURN 'ticket-transferred';
    END IF;
    IF used AND NOT even_if_used THEN
        RETURN 'ticket-used';
    END IF;
    IF only_these IS NULL THEN
        IF state IN ('Held', 'Ordered') THEN
            PERFORM end_hold(the_order, NULL, ARRAY[state], 'Voided');
            RETURN NULL;
        END IF;
        UPDATE holds h SET status = 'Voided' WHERE h.id = the_order AND state <> 'Voided';
    END IF;
    -- What was sold is what the tickets say: the hold may be forgotten already.
    WITH voided AS (
        UPDATE tickets t SET status = 'Voided'
        WHERE t.order_id = the_order AND t.status <> 'Voided' AND (only_these IS NULL OR t.id = ANY (only_these))
        RETURNING t.id, t.pool_id, t.session_id, t.seat_id, t.seat, t.type_name, t.buyer_id, t.owner_id),
    stale AS (
        INSERT INTO stale_documents (ticket_id) SELECT v.id FROM voided v ORDER BY v.id
        ON CONFLICT (ticket_id) DO UPDATE SET due_at = now()),
    told AS (
        INSERT INTO outbox (id, type, payload, trace_parent)
        SELECT gen_random_uuid(), 'ticket.voided', jsonb_build_object(
            'ticket', jsonb_build_object('id', v.id, 'orderId', the_order, 'eventTitle', e.title,
                'venueName', e.venue_name, 'venueCity', e.venue_city, 'timeZone', e.time_zone, 'startsAt', s.starts_at,
                'ticketTypeName', v.type_name, 'seat', v.seat),
            'holderId', v.owner_id, 'at', now(),
            -- A reason may be a person's own words.
            'reason', CASE reason WHEN 'event-cancelled' THEN reason ELSE 'refunded' END), trace
        FROM voided v JOIN sessions s ON s.id = v.session_id JOIN events e ON e.id = s.event_id
        WHERE v.owner_id <> v.buyer_id),
    -- What is offered is offered no more: its receiver is told.
    due AS (
        UPDATE transfers f SET due_at = now() FROM voided v WHERE f.ticket_id = v.id AND f.status = 'Offered'),
    freed AS (
        UPDATE seats s SET status = 'Free', hold_id = NULL
        FROM voided v WHERE s.session_id = v.session_id AND s.seat_id = v.seat_id AND s.hold_id = the_order)
    SELECT array_agg(q.pool_id), array_agg(q.places) INTO ids, places
    FROM (SELECT v.pool_id, count(*)::int AS places FROM voided v GROUP BY v.pool_id) q;
    PERFORM return_stock(ids, array_fill(0, ARRAY[coalesce(cardinality(ids), 0)]), places);
    RETURN NULL;
END
$$;

-- The order's tickets do not open the door, those included that are still to be issued. Answers how many were blocked.
CREATE FUNCTION block_tickets(the_order uuid, reason text) RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    blocked int;
BEGIN
    UPDATE holds h SET block_reason = reason WHERE h.id = the_order AND h.block_reason IS NULL;
    UPDATE tickets t SET block_reason = reason
    FROM (
        SELECT id FROM tickets WHERE order_id = the_order AND block_reason IS NULL ORDER BY id FOR NO KEY UPDATE
    ) o
    WHERE t.id = o.id;
    GET DIAGNOSTICS blocked = ROW_COUNT;
    -- What is offered is offered no more: its receiver is told.
    UPDATE transfers f SET due_at = now()
    FROM tickets t WHERE t.order_id = the_order AND f.ticket_id = t.id AND f.status = 'Offered';
    RETURN blocked;
END
$$;

-- Ends leases that are over, at most so many at once; answers how many. Replicas share the work: each skips what another
-- has locked.
CREATE FUNCTION expire_holds(most int) RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    ended uuid[];
BEGIN
    SELECT array_agg(h.id) INTO ended
    FROM (
        SELECT id FROM holds
        WHERE status IN ('Held', 'Ordered') AND expires_at < now()
        ORDER BY expires_at
        LIMIT most
        FOR NO KEY UPDATE SKIP LOCKED
    ) h;
    IF ended IS NULL THEN
        RETURN 0;
    END IF;

    UPDATE holds SET status = 'Expired' WHERE id = ANY (ended);

    UPDATE seats s SET status = 'Free', hold_id = NULL
    FROM holds h JOIN hold_items i ON i.hold_id = h.id CROSS JOIN unnest(i.seat_ids) x(seat)
    WHERE h.id = ANY (ended) AND s.session_id = h.session_id AND s.seat_id = x.seat AND s.hold_id = h.id;

    PERFORM return_stock(array_agg(q.pool_id), array_agg(q.quantity), array_agg(0))
    FROM (
        SELECT pool_id, sum(quantity)::int AS quantity FROM hold_items WHERE hold_id = ANY (ended) GROUP BY pool_id
    ) q;
    RETURN cardinality(ended);
END
$$;
