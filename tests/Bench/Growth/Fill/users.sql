CREATE TEMP VIEW people AS
SELECT p, pg_temp.id(2, p) AS user_id, now() - interval '60 days' AS at
FROM scale, generate_series(people_below + 1, people_upto) p;

SELECT pg_temp.fill('users', $$
    SELECT user_id AS id, 'person-' || p || '@example.com' AS email, 'Person ' || p AS name, 'pt-BR' AS locale,
        '{}'::text[] AS roles, user_id AS stamp, 0 AS authenticator_step, at AS email_verified_at, 1 AS version, at AS created_at FROM people
$$);
SELECT pg_temp.fill('consents', $$
    SELECT pg_temp.id(20 + k, p) AS id, user_id, CASE k WHEN 0 THEN 'terms' ELSE 'marketing' END AS purpose, true AS granted,
        at FROM people, generate_series(0, 1) k
$$);
-- As a person who signed in five times: one session, authorization and refresh token each.
SELECT pg_temp.fill('sessions', $$
    SELECT pg_temp.id(26, 5 * p + k) AS id, user_id, '{pwd}'::text[] AS methods, 'Firefox' AS device, '192.0.2.1' AS network,
        now() - interval '1 hour' AS began_at, now() - interval '1 hour' AS seen_at, now() + interval '29 days' AS ends_at
    FROM people, generate_series(0, 4) k
$$);
SELECT pg_temp.fill('openid_authorizations', $$
    SELECT pg_temp.id(22, 5 * p + k) AS id, (SELECT id FROM openid_clients ORDER BY client_id LIMIT 1) AS application_id,
        user_id AS concurrency_token, now() - interval '1 hour' AS creation_date, '["openid"]' AS scopes, 'valid' AS status,
        user_id::text AS subject, 'ad-hoc' AS type FROM people, generate_series(0, 4) k
$$);
SELECT pg_temp.fill('openid_tokens', $$
    SELECT pg_temp.id(23, 5 * p + k) AS id, (SELECT id FROM openid_clients ORDER BY client_id LIMIT 1) AS application_id,
        pg_temp.id(22, 5 * p + k) AS authorization_id, user_id AS concurrency_token, now() - interval '1 hour' AS creation_date,
        now() + interval '29 days' AS expiration_date, 'filled-' || p || '-' || k AS reference_id, 'valid' AS status,
        user_id::text AS subject, 'refresh_token' AS type FROM people, generate_series(0, 4) k
$$);
