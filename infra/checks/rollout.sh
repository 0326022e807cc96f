#!/usr/bin/env bash
# The rollout's watch against stand-ins of kubectl, aws and helm: what must end a rollout ends it, and only that.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
export PATH="$work/bin:$PATH" WATCH_POLL_SECONDS=0.05

stand_in() { cat >"$work/bin/$1" && chmod +x "$work/bin/$1"; }
stand_in aws <<'AWS'
#!/bin/sh
echo "${ALARMS:-[]}"
AWS
stand_in kubectl <<'KUBECTL'
#!/bin/sh
case "$*" in
    *apply*) cat >/dev/null ;;
    *"get deployments"*) echo deployment.apps/orders ;;
    *patch*orders*minReadySeconds*) echo patched ;;
    *"rollout status"*orders*) echo rolled ;;
    *--raw*orders-old-1*) echo "asked for old pods, too: $*" >&2; exit 1 ;;
    # Only what became true after the start may be asked for: the query's second is that of the question, or just before.
    *--raw*ALERTS*alertstate%3D%22firing%22%2Cseverity%3D%22page%22*ALERTS_FOR_STATE%20%3E%3D%20*)
        [ -z "${BLIND:-}" ] || exit 1
        [ -z "${HOTFIX:-}" ] || { echo "a hotfix asked for alerts" >&2; exit 1; }
        since=${*##*ALERTS_FOR_STATE%20%3E%3D%20}
        [ "${since%%[!0-9]*}" -ge $(($(date +%s) - 30)) ] || { echo "alerts since ${since%%[!0-9]*}" >&2; exit 1; }
        echo "{\"data\":{\"result\":[${ALERTS:-}]}}" ;;
    *--raw*orders-new-1%22*%225..%22*) echo "{\"data\":{\"result\":[${ERRORS:-}]}}" ;;
    *--raw*) echo "an unexpected question: $*" >&2; exit 1 ;;
    *) echo '{"items":[{"metadata":{"name":"orders-old-1","creationTimestamp":"2020-01-01T00:00:00Z"}},
             {"metadata":{"name":"orders-new-1","creationTimestamp":"2999-01-01T00:00:00Z"}}]}' ;;
esac
KUBECTL
# Rolls out until it is told to stop, or as the test says.
stand_in helm <<'HELM'
#!/usr/bin/env bash
[ "$1" != rollback ] || echo "back to $3"
[ "$1" = upgrade ] || exit 0
case "$*" in *minReadySeconds=30*maxSurge=25%*) [ -n "${HOTFIX:-}" ] ;; *) [ -z "${HOTFIX:-}" ] ;; esac || exit 9
echo "$$" >"$HELM_PID"
case "${HELM:-}" in
    ends) exit 0 ;;
    fails) exit 7 ;;
    *) trap 'exit 143' TERM; while :; do sleep 0.05; done ;;
esac
HELM
export HELM_PID="$work/helm"

failed=0
# expect STATUS OUTPUT ASSIGNMENT... -- COMMAND...
expect() {
    local status=$1 output=$2 settings=() found code=0
    shift 2
    while [ "$1" != -- ]; do settings+=("$1"); shift; done
    shift
    found=$(env "${settings[@]}" timeout 20 "$@" 2>&1) || code=$?
    if [ "$code" -ne "$status" ] || [[ "$found" != *"$output"* ]]; then
        echo "${settings[*]} $*: exit code $code, not $status, or not \"$output\": $found"
        failed=1
    fi
}
watch=(infra/cluster/watch-rollout.sh staging 1)
roll=(infra/cluster/roll-out.sh staging --values x)
expect 0 "nothing burned" ALERTS= -- "${watch[@]}"
expect 1 "alert OrdersBurn" 'ALERTS={"metric":{"alertname":"OrdersBurn"}}' -- "${watch[@]}"
expect 1 "alarm ticketing-staging-dead" 'ALARMS=[["ticketing-staging-dead","2999-01-01T00:00:00.123000+00:00"]]' -- "${watch[@]}"
expect 0 "nothing burned" 'ALARMS=[["ticketing-staging-old","2020-01-01T00:00:00.123000+00:00"]]' -- "${watch[@]}"
expect 0 "nothing burned" HOTFIX=true 'ALARMS=[["ticketing-staging-dead","2999-01-01T00:00:00.123000+00:00"]]' -- "${watch[@]}"
expect 1 "new pods of orders" HOTFIX=true 'ERRORS={"metric":{"service":"orders"}}' -- "${watch[@]}"
expect 1 "new pods of orders" 'ERRORS={"metric":{"service":"orders"}}' -- "${watch[@]}"
expect 1 "" BLIND=1 -- "${watch[@]}"
expect 0 "nothing burned" HELM=ends -- "${roll[@]}"
expect 7 "" HELM=fails -- "${roll[@]}"
expect 0 "nothing burned" HOTFIX=true HELM=ends -- "${roll[@]}"
expect 1 "new pods of orders" 'ERRORS={"metric":{"service":"orders"}}' -- "${roll[@]}"
if kill -0 "$(cat "$HELM_PID")" 2>/dev/null; then
    echo "the rollout went on while it burned"
    failed=1
fi
expect 0 "back to 41"$'\n'"patched"$'\n'"rolled" HELM= -- infra/cluster/take-back.sh 41
exit "$failed"
