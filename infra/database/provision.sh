#!/usr/bin/env bash
# A database and a role for each service, from the connection strings in Secrets Manager; run again after passwords change.
# Needs aws, jq and psql 16 or later, and a way to the database: run it in the VPC. Changes nothing that is as it should be.
# usage: provision.sh <database-host> <admin-secret-arn>     (both are outputs of infra/terraform)
set -euo pipefail

host=$1
admin=$(aws secretsmanager get-secret-value --secret-id "$2" --query SecretString --output text)
PGUSER=$(jq -r .username <<<"$admin")
PGPASSWORD=$(jq -r .password <<<"$admin")
export PGUSER PGPASSWORD PGHOST=$host PGDATABASE=postgres PGSSLMODE=verify-full
export PGSSLROOTCERT=${PGSSLROOTCERT:-/etc/ssl/rds/global-bundle.pem}

# password_of SECRET: from "…;Password=x;…" (Npgsql) or "… password=x …" (Dapr).
password_of() {
    aws secretsmanager get-secret-value --secret-id "ticketing/$1" --query SecretString --output text |
        sed -nE 's/.*[Pp]assword=([^; ]+).*/\1/p'
}

# provision NAME SECRET. The password reaches psql by its environment: it shows in no list of processes.
provision() {
    local name=$1
    ROLE_PASSWORD=$(password_of "$2")
    export ROLE_PASSWORD
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$name" <<'SQL'
\getenv password ROLE_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'name')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \gexec
SELECT format('GRANT %I TO CURRENT_USER', :'name') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
    echo "$name is ready"
}

for service in users events tickets products orders payments notifications sandbox; do
    provision "$service" "$service-database"
done
provision workflow workflowstore

# postgres-exporter's: sees how all databases fare, and no row of theirs.
ROLE_PASSWORD=$(password_of monitoring-database)
export ROLE_PASSWORD
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv password ROLE_PASSWORD
SELECT 'CREATE ROLE monitoring LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'monitoring') \gexec
SELECT format('ALTER ROLE monitoring PASSWORD %L', :'password') \gexec
GRANT pg_monitor TO monitoring;
SQL
echo "monitoring is ready"
