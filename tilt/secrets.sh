#!/usr/bin/env bash
# Keys and passwords of one developer's cluster: made once, kept in .local/tilt, never in the repository.
# usage: tilt/secrets.sh yaml       Kubernetes Secrets
#        tilt/secrets.sh compose    .local/tilt/compose.env and secrets.json for Docker Compose
#        tilt/secrets.sh connection DATABASE HOST PORT
set -euo pipefail
cd "$(dirname "$0")/.."
dir=.local/tilt
mkdir -p "$dir"
umask 077

# keep NAME COMMAND...: the value of NAME; COMMAND makes it the first time.
keep() {
    local file=$dir/$1
    shift
    [ -s "$file" ] || "$@" >"$file" 2>/dev/null
}

keep ticket-signing-key openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
keep oidc-signing-key openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072
for name in personal-data-key link-key web-session-key pix-client-secret pix-webhook-secret stripe-webhook-secret stripe-api-key; do
    keep "$name" openssl rand -base64 32
done
for name in dapr-api-token app-api-token postgres-password; do
    keep "$name" openssl rand -hex 24
done

value() { cat "$dir/$1"; }

connection() {
    printf 'Host=%s;Port=%s;Database=%s;Username=ticketing;Password=%s;Maximum Pool Size=20' \
        "$2" "$3" "$1" "$(value postgres-password)"
}

# secret NAMESPACE NAME KEY VALUE
secret() {
    printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\ndata:\n  %s: %s\n' \
        "$2" "$1" "$3" "$(printf %s "$4" | openssl base64 -A)"
}

names=(ticket-signing-key oidc-signing-key personal-data-key link-key web-session-key pix-client-secret pix-webhook-secret stripe-webhook-secret stripe-api-key)
databases=(users events tickets products orders payments notifications sandbox)

case ${1:-} in
yaml)
    for name in "${names[@]}"; do
        secret ticketing "$name" "$name" "$(value "$name")"
    done
    for name in dapr-api-token app-api-token; do
        secret ticketing "$name" token "$(value "$name")"
    done
    for name in "${databases[@]}"; do
        secret ticketing "$name-database" connectionString "$(connection "$name" postgres.ticketing-backing 5432)"
    done
    secret ticketing workflowstore connectionString \
        "host=postgres.ticketing-backing port=5432 dbname=workflow user=ticketing password=$(value postgres-password) sslmode=disable"
    secret ticketing-backing postgres password "$(value postgres-password)"
    secret observability postgres-exporter dataSourceName \
        "host=postgres.ticketing-backing port=5432 dbname=postgres user=ticketing password=$(value postgres-password) sslmode=disable"
    ;;
compose)
    {
        printf 'DAPR_API_TOKEN=%s\n' "$(value dapr-api-token)"
        printf 'APP_API_TOKEN=%s\n' "$(value app-api-token)"
        printf 'POSTGRES_PASSWORD=%s\n' "$(value postgres-password)"
    } >"$dir/compose.env"
    {
        printf '{\n'
        for name in "${names[@]}"; do
            # JSON wants the line ends of the keys escaped.
            printf '  "%s": "%s",\n' "$name" "$(value "$name" | awk '{ printf "%s%s", sep, $0; sep = "\\n" }')"
        done
        printf '  "workflowstore": "host=postgres port=5432 dbname=workflow user=ticketing password=%s sslmode=disable"\n}\n' \
            "$(value postgres-password)"
    } >"$dir/secrets.json"
    # The sidecars run as another user.
    chmod 644 "$dir/secrets.json"
    ;;
connection)
    connection "$2" "$3" "$4"
    ;;
*)
    echo "usage: $0 yaml | compose | connection DATABASE HOST PORT" >&2
    exit 2
    ;;
esac
