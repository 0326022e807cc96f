#!/usr/bin/env bash
# Fails as soon as something burns: an alert that pages (Prometheus) or an alarm of AWS that began after the start, or the new pods'
# own error budget, which their small share of the traffic hides from the alerts. Not to see is to burn. With HOTFIX=true the new
# pods alone count: it is rolled out because something burns.
# usage: watch-rollout.sh ENVIRONMENT SECONDS [PROCESS]     ends with the process, should that end before
set -euo pipefail
shopt -s inherit_errexit

environment=$1
seconds=$2
process=${3:-}
poll=${WATCH_POLL_SECONDS:-30}
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# ALERTS_FOR_STATE is the second in which an alert's condition became true.
since=$(date -u +%s)
# 14.4 times what an SLO of 99.9 % allows: a month's budget in two days.
budget=0.0144

# shellcheck source=infra/cluster/oncall.sh
. "$(dirname "$0")/oncall.sh"

# ask QUERY: each result's labels, as JSON lines.
ask() {
    ask_prometheus "$1" | jq -c '.data.result[] | .metric'
}

# The pods that this rollout made, as a regular expression; nothing when there are none yet.
new_pods() {
    kubectl --namespace ticketing get pods --selector app.kubernetes.io/component=service --output json |
        jq -r --arg started "$started" '[.items[].metadata | select(.creationTimestamp >= $started) | .name] | join("|")'
}

# burning: what burns now, one line each; nothing when all is well.
burning() {
    local pods requests
    if [ "${HOTFIX:-}" != true ]; then
        ask 'ALERTS{alertstate="firing",severity="page"} and ignoring(alertstate) (ALERTS_FOR_STATE >= '"$since)" |
            jq -r '"alert \(.alertname)"'
        aws cloudwatch describe-alarms --alarm-name-prefix "ticketing-$environment-" --state-value ALARM \
            --query 'MetricAlarms[].[AlarmName,StateTransitionedTimestamp]' --output json |
            jq -r --arg started "${started%Z}" '.[] | select(.[1][:19] >= $started) | "alarm \(.[0])"'
    fi
    pods=$(new_pods)
    if [ -n "$pods" ]; then
        requests='sum by (service) (rate(http_server_request_duration_seconds_count'
        ask "$requests{pod=~\"$pods\",http_response_status_code=~\"5..\"}[5m])) / $requests{pod=~\"$pods\"}[5m])) > $budget" |
            jq -r '"new pods of \(.service)"'
    fi
}

deadline=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$deadline" ]; do
    found=$(burning)
    if [ -n "$found" ]; then
        echo "$found"
        exit 1
    fi
    if [ -n "$process" ] && ! kill -0 "$process" 2>/dev/null; then
        break
    fi
    sleep "$poll"
done
echo "nothing burned"
