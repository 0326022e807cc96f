-- Decides a batch of hold requests in the order of their arrival and keeps what it grants, in one transaction: the
-- caller's single statement. Exact: grants whatever fits, never more. Any number of writers may call it at once.
--
-- Requests are numbered 1..n; their items lie one after the other in the item_ arrays, the items' seats likewise in the
-- seat_ arrays. An item has seats, or a quantity of general admission.
--
-- One row a refused or replayed request; one row an item of a granted request. Outcomes and what goes with them:
--   granted                        item, price snapshot, until
--   replayed                       hold_id of the first answer
--   key-reused
--   unknown-session
--   unknown-type, needs-seats, has-no-seats, unknown-seat      item
--   not-yet-open                   item, until = when sales open
--   closed, cancelled              item
--   over-type-limit                item, most
--   over-hold-limit                most
--   over-person-limit              most, remaining
--   over-unpaid-limit              most
--   too-many-lapsed                remaining = seconds until one is forgotten
--   seats-taken                    seat_ids
--   sold-out                       item
CREATE FUNCTION take_holds(
    hold_seconds int,
    max_live_holds int,
    max_unpaid_places int,  -- of one buyer, over all sessions
    max_lapsed_holds int,  -- of one buyer and session
    lapse_seconds int,  -- that a lapsed hold counts
    request_ids uuid[],
    buyer_ids uuid[],
    session_ids uuid[],
    keys text[],
    hashes bytea[],
    item_requests int[],
    item_types uuid[],
    item_quantities int[],
    item_seated boolean[],
    seat_items int[],
    seats uuid[]
) RETURNS TABLE (
    request int,
    outcome text,
    item int,
    hold_id uuid,
    until timestamptz,
    most int,
    remaining int,
    type_name text,
    kind text,
    price bigint,
    currency text,
    seat_ids uuid[],
    labels text[],
    fee bigint
)
LANGUAGE plpgsql
-- See move_holds.sql.
SET enable_seqscan = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    requests int := cardinality(request_ids);
    items int := cardinality(item_requests);
    all_seats int := cardinality(seats);
    granted_at timestamptz;

    -- By request.
    outcomes text[] := array_fill(NULL::text, ARRAY[requests]);
    failed_item int[] := array_fill(NULL::int, ARRAY[requests]);
    replay_of uuid[];          -- a hold that already has the request's key
    replay_same boolean[];     -- and was made by the same request
    key_group int[];           -- the first request of the batch with the same buyer and key
    buyer_group int[];         -- the first request of the batch with the same buyer
    session_group int[];       -- the first request of the batch with the same buyer and session
    live int[];                -- live holds, kept at the first request of the session_group
    taken int[];               -- places held and tickets, likewise
    unpaid int[];              -- places held in all sessions, kept at the first request of the buyer_group
    lapsed_seconds int[];      -- until a hold may be had again, when too many lapsed
    rest int[] := array_fill(NULL::int, ARRAY[requests]);
    winner int[] := array_fill(NULL::int, ARRAY[requests]);  -- granted request, kept at the first of the key_group

    -- By item.
    problem text[];
    pool_of int[];             -- index in pools
    type_pool uuid[];
    type_names text[];
    kinds text[];
    prices bigint[];
    currencies text[];
    fees bigint[];
    platform_fees bigint[];
    opens timestamptz[];
    limits int[];
    person_limits int[];

    -- By seat.
    seat_group int[];          -- the first mention in the batch of the same seat
    known boolean[];           -- a seat of the item's pool
    free boolean[];            -- kept at the first mention
    refused boolean[] := array_fill(false, ARRAY[all_seats]);
    seat_labels text[];

    -- By pool, in the order of ids.
    pools uuid[];
    pool_left int[];

    i int := 1;
    s int := 1;
    first_item int;
    first_seat int;
    verdict text;
    places int;
    seats_granted int := 0;
    seats_kept int;
BEGIN
    -- One buyer's requests are decided one at a time, so that keys and limits hold across writers (and commit_hold).
    PERFORM pg_advisory_xact_lock(l.id)
    FROM (SELECT DISTINCT hashtextextended(b::text, 0) AS id FROM unnest(buyer_ids) b ORDER BY 1) l;

    -- What is lapsed but not yet swept has its places still: a payment may come for them.
    SELECT array_agg(q.id), array_agg(q.same), array_agg(q.key_group), array_agg(q.buyer_group),
        array_agg(q.session_group), array_agg(q.live), array_agg(q.taken), array_agg(q.unpaid),
        array_agg(q.lapsed_seconds)
    INTO replay_of, replay_same, key_group, buyer_group, session_group, live, taken, unpaid, lapsed_seconds
    FROM (
        SELECT h.id, h.request_hash = r.hash AS same,
            CASE WHEN r.key IS NOT NULL THEN (min(r.n) OVER (PARTITION BY r.buyer, r.key))::int END AS key_group,
            (min(r.n) OVER (PARTITION BY r.buyer))::int AS buyer_group,
            (min(r.n) OVER (PARTITION BY r.buyer, r.session))::int AS session_group,
            l.live::int AS live,
            l.here::int + (
                SELECT count(*) FROM tickets t
                WHERE t.buyer_id = r.buyer AND t.session_id = r.session AND t.status <> 'Voided')::int AS taken,
            l.everywhere::int AS unpaid,
            (SELECT ceil(extract(epoch FROM e.expires_at - clock_timestamp()) + lapse_seconds) FROM holds e
             WHERE e.buyer_id = r.buyer AND e.session_id = r.session AND e.status IN ('Expired', 'Released')
                AND e.expires_at > now() - make_interval(secs => lapse_seconds)
             ORDER BY e.expires_at DESC OFFSET max_lapsed_holds - 1 LIMIT 1)::int AS lapsed_seconds
        FROM unnest(buyer_ids, session_ids, keys, hashes) WITH ORDINALITY r(buyer, session, key, hash, n)
        LEFT JOIN LATERAL (
            SELECT h.id, h.request_hash FROM holds h
            WHERE h.buyer_id = r.buyer AND h.idempotency_key = r.key
            LIMIT 1
        ) h ON true
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE l.session_id = r.session AND l.expires_at > clock_timestamp()) AS live,
                coalesce(sum(p.places) FILTER (WHERE l.session_id = r.session), 0) AS here,
                coalesce(sum(p.places), 0) AS everywhere
            FROM holds l
            CROSS JOIN LATERAL (SELECT sum(i.quantity) AS places FROM hold_items i WHERE i.hold_id = l.id) p
            WHERE l.buyer_id = r.buyer AND l.status IN ('Held', 'Ordered')
        ) l
        ORDER BY r.n
    ) q;

    SELECT array_agg(q.problem), array_agg(q.pool_id), array_agg(q.name), array_agg(q.kind),
        array_agg(q.price_amount), array_agg(q.price_currency), array_agg(q.sales_start), array_agg(q.max_per_order),
        array_agg(q.max_per_person), array_agg(q.fee), array_agg(q.platform_fee)
    INTO problem, type_pool, type_names, kinds, prices, currencies, opens, limits, person_limits, fees, platform_fees
    FROM (
        SELECT t.pool_id, t.name, t.kind, t.price_amount, t.price_currency, t.sales_start, t.max_per_order,
            e.max_per_person, t.fee, t.platform_fee,
            CASE
                WHEN e.id IS NULL THEN 'unknown-session'
                WHEN t.id IS NULL THEN 'unknown-type'
                WHEN p.section_id IS NOT NULL AND NOT i.seated THEN 'needs-seats'
                WHEN p.section_id IS NULL AND i.seated THEN 'has-no-seats'
                WHEN e.cancelled THEN 'cancelled'
                WHEN clock_timestamp() < t.sales_start THEN 'not-yet-open'
                WHEN t.withdrawn OR clock_timestamp() >= coalesce(t.sales_end, e.ends_at, e.starts_at) THEN 'closed'
                WHEN i.quantity > t.max_per_order THEN 'over-type-limit'
            END AS problem
        FROM unnest(item_requests, item_types, item_quantities, item_seated)
            WITH ORDINALITY i(request, type_id, quantity, seated, n)
        LEFT JOIN sessions e ON e.id = session_ids[i.request]
        LEFT JOIN ticket_types t ON t.id = i.type_id AND t.session_id = e.id
        LEFT JOIN pools p ON p.id = t.pool_id
        ORDER BY i.n
    ) q;

    -- From here on nobody else takes stock of these pools, nor returns any, until this transaction ends.
    SELECT array_agg(q.id), array_agg(q.available) INTO pools, pool_left
    FROM (
        SELECT p.id, p.available FROM pools p
        WHERE p.id IN (SELECT t.pool FROM unnest(type_pool, problem) t(pool, problem) WHERE t.problem IS NULL)
        ORDER BY p.id
        FOR NO KEY UPDATE
    ) q;
    granted_at := clock_timestamp();

    SELECT array_agg(p.n::int ORDER BY t.n) INTO pool_of
    FROM unnest(type_pool) WITH ORDINALITY t(pool, n)
    LEFT JOIN unnest(pools) WITH ORDINALITY p(pool, n) ON p.pool = t.pool;

    IF all_seats > 0 THEN
        SELECT array_agg(q.seat_group), array_agg(q.known), array_agg(q.free), array_agg(q.label)
        INTO seat_group, known, free, seat_labels
        FROM (
            SELECT (min(x.n) OVER (PARTITION BY session_ids[item_requests[x.item]], x.seat))::int AS seat_group,
                coalesce(s.pool_id = type_pool[x.item], false) AS known,
                coalesce(s.status = 'Free', false) AS free,
                seat_label(s.section, s.row, s.number) AS label
            FROM unnest(seat_items, seats) WITH ORDINALITY x(item, seat, n)
            LEFT JOIN seats s ON s.session_id = session_ids[item_requests[x.item]] AND s.seat_id = x.seat
            ORDER BY x.n
        ) q;
    END IF;

    FOR r IN 1..requests LOOP
        first_item := i;
        first_seat := s;
        verdict := NULL;
        WHILE i <= items AND item_requests[i] = r LOOP
            IF verdict IS NULL AND problem[i] IS NOT NULL THEN
                verdict := problem[i];
                failed_item[r] := i;
            END IF;
            i := i + 1;
        END LOOP;
        WHILE s <= all_seats AND seat_items[s] < i LOOP
            IF verdict IS NULL AND NOT known[s] THEN
                verdict := 'unknown-seat';
                failed_item[r] := seat_items[s];
            END IF;
            refused[s] := NOT free[seat_group[s]];
            s := s + 1;
        END LOOP;

        IF replay_of[r] IS NOT NULL THEN
            verdict := CASE WHEN replay_same[r] THEN 'replayed' ELSE 'key-reused' END;
        ELSIF key_group[r] IS NOT NULL AND winner[key_group[r]] IS NOT NULL THEN
            replay_of[r] := request_ids[winner[key_group[r]]];
            verdict := CASE WHEN hashes[winner[key_group[r]]] = hashes[r] THEN 'replayed' ELSE 'key-reused' END;
        END IF;

        places := 0;
        IF verdict IS NULL THEN
            FOR k IN first_item..i - 1 LOOP
                places := places + item_quantities[k];
            END LOOP;
            IF lapsed_seconds[r] IS NOT NULL THEN
                verdict := 'too-many-lapsed';
                rest[r] := lapsed_seconds[r];
            ELSIF taken[session_group[r]] + places > person_limits[first_item] THEN
                verdict := 'over-person-limit';
                failed_item[r] := first_item;
                rest[r] := greatest(person_limits[first_item] - taken[session_group[r]], 0);
            ELSIF live[session_group[r]] >= max_live_holds THEN
                verdict := 'over-hold-limit';
            ELSIF unpaid[buyer_group[r]] + places > max_unpaid_places THEN
                verdict := 'over-unpaid-limit';
            END IF;
        END IF;

        IF verdict IS NULL THEN
            FOR k IN first_seat..s - 1 LOOP
                IF refused[k] THEN
                    verdict := 'seats-taken';
                END IF;
            END LOOP;
        END IF;

        IF verdict IS NULL THEN
            -- A hold is granted whole or not at all: take, and put back when an item does not fit.
            FOR k IN first_item..i - 1 LOOP
                pool_left[pool_of[k]] := pool_left[pool_of[k]] - item_quantities[k];
                IF pool_left[pool_of[k]] < 0 AND verdict IS NULL THEN
                    verdict := 'sold-out';
                    failed_item[r] := k;
                END IF;
            END LOOP;
            IF verdict IS NOT NULL THEN
                FOR k IN first_item..i - 1 LOOP
                    pool_left[pool_of[k]] := pool_left[pool_of[k]] + item_quantities[k];
                END LOOP;
            END IF;
        END IF;

        IF verdict IS NULL THEN
            verdict := 'granted';
            FOR k IN first_seat..s - 1 LOOP
                free[seat_group[k]] := false;
                seats_granted := seats_granted + 1;
            END LOOP;
            live[session_group[r]] := live[session_group[r]] + 1;
            taken[session_group[r]] := taken[session_group[r]] + places;
            unpaid[buyer_group[r]] := unpaid[buyer_group[r]] + places;
            IF key_group[r] IS NOT NULL THEN
                winner[key_group[r]] := r;
            END IF;
        END IF;
        outcomes[r] := verdict;
    END LOOP;

    IF 'granted' = ANY (outcomes) THEN
        UPDATE pools p SET available = l.available, held = p.held + (p.available - l.available)
        FROM unnest(pools, pool_left) l(id, available)
        WHERE p.id = l.id AND p.available <> l.available;

        INSERT INTO holds (id, session_id, buyer_id, status, granted_until, expires_at, idempotency_key, request_hash)
        SELECT r.id, r.session, r.buyer, 'Held', granted_at + make_interval(secs => hold_seconds),
            granted_at + make_interval(secs => hold_seconds), r.key, r.hash
        FROM unnest(request_ids, session_ids, buyer_ids, keys, hashes, outcomes)
            r(id, session, buyer, key, hash, outcome)
        WHERE r.outcome = 'granted';

        INSERT INTO hold_items (hold_id, ordinal, ticket_type_id, pool_id, name, kind, unit_price, currency,
            fee, platform_fee, quantity, seat_ids, seats)
        SELECT request_ids[i.request], i.n, i.type_id, i.pool, i.name, i.kind, i.price, i.currency,
            i.fee, i.platform_fee, i.quantity, coalesce(x.ids, '{}'), coalesce(x.labels, '{}')
        FROM unnest(item_requests, item_types, item_quantities, type_pool, type_names, kinds, prices, currencies, fees,
            platform_fees)
            WITH ORDINALITY i(request, type_id, quantity, pool, name, kind, price, currency, fee, platform_fee, n)
        LEFT JOIN (
            SELECT u.item, array_agg(u.seat ORDER BY u.n) AS ids, array_agg(u.label ORDER BY u.n) AS labels
            FROM unnest(seat_items, seats, seat_labels) WITH ORDINALITY u(item, seat, label, n)
            GROUP BY u.item
        ) x ON x.item = i.n
        WHERE outcomes[i.request] = 'granted';

        IF seats_granted > 0 THEN
            UPDATE seats t SET status = 'Held', hold_id = request_ids[item_requests[x.item]]
            FROM unnest(seat_items, seats) x(item, seat)
            WHERE t.session_id = session_ids[item_requests[x.item]] AND t.seat_id = x.seat AND t.status = 'Free'
                AND outcomes[item_requests[x.item]] = 'granted';
            GET DIAGNOSTICS seats_kept = ROW_COUNT;
            IF seats_kept <> seats_granted THEN
                RAISE EXCEPTION 'granted % seats, kept %: a seat changed without its pool', seats_granted, seats_kept;
            END IF;
        END IF;
    END IF;

    RETURN QUERY
    SELECT r.n::int, r.outcome, coalesce(i.n::int, r.failed), coalesce(r.replay, r.id),
        CASE r.outcome WHEN 'granted' THEN granted_at + make_interval(secs => hold_seconds)
            WHEN 'not-yet-open' THEN opens[r.failed] END,
        CASE r.outcome WHEN 'over-type-limit' THEN limits[r.failed] WHEN 'over-hold-limit' THEN max_live_holds
            WHEN 'over-person-limit' THEN person_limits[r.failed] WHEN 'over-unpaid-limit' THEN max_unpaid_places END,
        r.rest, i.name, i.kind, i.price, i.currency, coalesce(x.ids, t.ids), x.labels, i.fee
    FROM unnest(request_ids, outcomes, failed_item, replay_of, rest)
        WITH ORDINALITY r(id, outcome, failed, replay, rest, n)
    LEFT JOIN unnest(item_requests, type_names, kinds, prices, currencies, fees)
        WITH ORDINALITY i(request, name, kind, price, currency, fee, n) ON r.outcome = 'granted' AND i.request = r.n
    LEFT JOIN (
        SELECT u.item, array_agg(u.seat ORDER BY u.n) AS ids, array_agg(u.label ORDER BY u.n) AS labels
        FROM unnest(seat_items, seats, seat_labels) WITH ORDINALITY u(item, seat, label, n)
        GROUP BY u.item
    ) x ON x.item = i.n
    LEFT JOIN (
        SELECT item_requests[u.item] AS request, array_agg(u.seat ORDER BY u.n) AS ids
        FROM unnest(seat_items, seats, refused) WITH ORDINALITY u(item, seat, refused, n)
        WHERE u.refused
        GROUP BY 1
    ) t ON r.outcome = 'seats-taken' AND t.request = r.n
    ORDER BY r.n, i.n;
END
$$;
