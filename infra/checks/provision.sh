#!/usr/bin/env bash
# Databases and roles on a real PostgreSQL, with stand-ins of aws, curl and kubectl: what provision.sh makes works, can be made again,
# and a new generation of passwords locks nobody out.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
server() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap 'server "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
bin=$(dirname "$(readlink -f "$(command -v pg_ctl || find /usr/lib/postgresql -name pg_ctl | sort -V | tail -n 1)")")
mkdir "$work/bin" "$work/data" "$work/socket"
[ "$(id -u)" -ne 0 ] || chown -R postgres "$work"
chmod 755 "$work" "$work/socket"
server "$bin/initdb" -D "$work/data" -A scram-sha-256 -U ticketing_admin --pwfile=<(echo administrator) >/dev/null 2>&1 || {
    # The server's user cannot read our descriptors.
    echo administrator >"$work/password" && chmod 644 "$work/password"
    server "$bin/initdb" -D "$work/data" -A scram-sha-256 -U ticketing_admin --pwfile="$work/password" >/dev/null
}
server "$bin/pg_ctl" -D "$work/data" -o "-k $work/socket -c listen_addresses= -c fsync=off" -w -l "$work/log" start >/dev/null
export PATH="$work/bin:$bin:$PATH" SOCKET="$work/socket" GENERATION="$work/generation" WORK="$work"

stand_in() { cat >"$work/bin/$1" && chmod +x "$work/bin/$1"; }
stand_in aws <<'AWS'
#!/usr/bin/env bash
generation=$(cat "$GENERATION")
role=$([ $((generation % 2)) -eq 1 ] && echo a || echo b)
case $4 in
    admin) echo '{"username":"ticketing_admin","password":"administrator"}' ;;
    ticketing/workflowstore) echo "host=h port=5432 dbname=workflow user=workflow_$role password=workflow$generation sslmode=verify-full" ;;
    ticketing/monitoring-database) echo "host=h dbname=postgres user=monitoring password=monitoring$generation" ;;
    ticketing/*-database) name=${4#ticketing/}; name=${name%-database}
        echo "Host=h;Database=$name;Username=${name}_$role;Password=$name$generation;SSL Mode=VerifyFull" ;;
    *) exit 1 ;;
esac
AWS
stand_in curl <<'CURL'
#!/bin/sh
echo certificate
CURL
stand_in kubectl <<'KUBECTL'
#!/usr/bin/env bash
case "$*" in
    *"create configmap rds-ca"*) echo configmap ;;
    *apply*) cat >"$WORK/applied" ;;
    *administrator*) echo "a password in a manifest: $*" >&2; exit 1 ;;
    *" run "*) touch "$WORK/in-cluster"; while [ "$1" != --command ]; do shift; done; shift 2; exec "$@" ;;
esac
KUBECTL

failed=0
provision() { infra/database/provision.sh "$SOCKET" admin "$@" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }; }
# as ROLE PASSWORD DATABASE STATEMENT
as() { PGPASSWORD=$2 psql --no-psqlrc --quiet --tuples-only --no-align -h "$SOCKET" -U "$1" -d "$3" -c "$4"; }
expect() { if [ "$2" != "$3" ]; then echo "$1: \"$2\", not \"$3\""; failed=1; fi; }
refused() { if as "${@:2}" >/dev/null 2>&1; then echo "$1"; failed=1; fi; }

echo 1 >"$GENERATION"
provision
provision
[ -e "$work/in-cluster" ] || { echo "psql did not run in the cluster, which alone reaches the database"; failed=1; }
expect "the authorities" "$(cat "$work/applied")" configmap
as orders_a orders1 orders 'CREATE TABLE sold (n int)'
expect "what it makes is the owner's" "$(as orders_a orders1 orders "SELECT tableowner FROM pg_tables WHERE tablename = 'sold'")" orders
refused "the owner logs in" orders orders1 orders 'SELECT 1'
refused "a neighbour comes in" users_a users1 orders 'SELECT 1'
as workflow_a workflow1 workflow 'CREATE TABLE workflow_state (n int)'
expect "monitoring sees figures" "$(as monitoring monitoring1 postgres 'SELECT count(*) > 0 FROM pg_stat_activity')" t

# A pod that runs keeps its role, a new one has the other, and both may do the same.
echo 2 >"$GENERATION"
provision
as orders_a orders1 orders 'ALTER TABLE sold ADD a int'
as orders_b orders2 orders 'ALTER TABLE sold ADD b int; INSERT INTO sold VALUES (1)'
as workflow_b workflow2 workflow 'INSERT INTO workflow_state VALUES (1)'
provision retire
refused "a retired role logs in" orders_a orders1 orders 'SELECT 1'
expect "the new role" "$(as orders_b orders2 orders 'SELECT count(*) FROM sold')" 1
# And back again.
echo 3 >"$GENERATION"
provision
expect "the first role, anew" "$(as orders_a orders3 orders 'SELECT count(*) FROM sold')" 1
refused "a password of before" orders_a orders1 orders 'SELECT 1'
exit "$failed"
