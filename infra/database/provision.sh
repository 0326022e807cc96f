#!/usr/bin/env bash
# A database and its roles for each service, from the connection strings in Secrets Manager. Run it after `terraform apply` made them
# or raised password_generation, from wherever kubectl and aws reach the environment: only the cluster reaches the database, so psql
# runs in a pod there. Passwords go by the pod's input and stand in no manifest. Changes nothing that is as it should be.
#
# A service has an owner, who cannot log in, and two roles that log in as this owner; odd generations of passwords are of <name>_a,
# even ones of <name>_b. A new generation so leaves the running pods their role; `retire` takes it from them once all have changed.
# usage: provision.sh <database-host> <admin-secret-arn> [retire]     (both are outputs of infra/terraform)
set -euo pipefail

host=$1
retire=${3:-}
[ -z "$retire" ] || [ "$retire" = retire ] || { echo "usage: $0 HOST ADMIN-SECRET [retire]" >&2; exit 2; }
secret() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
admin=$(secret "$2")

# value_of KEY...: of "…;Password=x;…" (Npgsql) or "… password=x …" (Dapr, libpq).
value_of() { sed -nE "s/(.*[; ])?$1=([^; ]+).*/\2/Ip"; }

# provision NAME SECRET: the statements that make it so.
provision() {
    local string role other
    string=$(secret "ticketing/$2")
    role=$(value_of 'User[a-z]*' <<<"$string")
    case $role in
        "$1_a") other=$1_b ;;
        "$1_b") other=$1_a ;;
        *) echo "ticketing/$2 is of $role, neither $1_a nor $1_b" >&2 && return 1 ;;
    esac
    cat <<SQL
\set name $1
\set role $role
\set other $other
\set password $(value_of Password <<<"$string")
SQL
    if [ -n "$retire" ]; then
        cat <<'SQL'
SELECT format('ALTER ROLE %I NOLOGIN', :'other') WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = :'other') \gexec
SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE usename = :'other' \gset
\echo :other is retired, :ended sessions ended
SQL
        return
    fi
    cat <<'SQL'
SELECT format('CREATE ROLE %I NOLOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('GRANT %I TO CURRENT_USER', :'name') \gexec
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'role', :'password') \gexec
SELECT format('GRANT %I TO %I', :'name', :'role') \gexec
SELECT format('ALTER ROLE %I SET role = %L', :'role', :'name') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', :'name') \gexec
\echo :name is ready for :role
SQL
}

# Sees how all databases fare, and no row of theirs. One role: the exporter misses a few figures when its password changes.
monitoring() {
    cat <<SQL
\set password $(secret ticketing/monitoring-database | value_of password)
SQL
    cat <<'SQL'
SELECT 'CREATE ROLE monitoring LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitoring') \gexec
SELECT format('ALTER ROLE monitoring PASSWORD %L', :'password') \gexec
GRANT pg_monitor TO monitoring;
\echo monitoring is ready
SQL
}

# All of it first: what cannot be read stops it before anything is changed.
statements=$(
    set -e
    for service in users events tickets products orders payments notifications sandbox; do
        provision "$service" "$service-database"
    done
    provision workflow workflowstore
    [ -n "$retire" ] || monitoring
)
authorities=$(curl --fail --silent --show-error https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem)
# For Orders' sidecar, which has none of its own to verify PostgreSQL's certificate by (workflow store, sslmode=verify-full).
bundle=$(mktemp -d)
trap 'rm -r "$bundle"' EXIT
printf '%s\n' "$authorities" >"$bundle/global-bundle.pem"
kubectl -n ticketing create configmap rds-ca --from-file "$bundle/global-bundle.pem" --dry-run=client --output yaml |
    kubectl apply --server-side --filename - >/dev/null
input() {
    jq -r .password <<<"$admin"
    base64 <<<"$authorities" | tr -d '\n'
    printf '\n%s\n' "$statements"
}
# The container's shell expands these.
# shellcheck disable=SC2016
input | kubectl -n default run "provision-$RANDOM" --rm -i --quiet --restart=Never --image=postgres:17-alpine --command -- sh -c '
    read -r PGPASSWORD && read -r authorities && echo "$authorities" | base64 -d >/tmp/authorities.pem && export PGPASSWORD
    exec psql "host=$1 user=$2 dbname=postgres sslmode=verify-full sslrootcert=/tmp/authorities.pem" --no-psqlrc --quiet --set ON_ERROR_STOP=1' \
    - "$host" "$(jq -r .username <<<"$admin")"
