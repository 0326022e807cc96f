#!/usr/bin/env bash
# Fails as soon as something burns after a rollout: an alert that pages (Prometheus), or an alarm of AWS.
# usage: watch-rollout.sh ENVIRONMENT SECONDS
set -euo pipefail

environment=$1
seconds=$2
prometheus=/api/v1/namespaces/monitoring/services/prometheus-operated:9090/proxy/api/v1/query
# ALERTS{alertstate="firing",severity="page"}
query='?query=ALERTS%7Balertstate%3D%22firing%22%2Cseverity%3D%22page%22%7D'

# burning: what burns now, one line each; nothing when all is well.
burning() {
    kubectl get --raw "$prometheus$query" | jq -r '.data.result[].metric | "alert \(.alertname)"'
    aws cloudwatch describe-alarms --alarm-name-prefix "ticketing-$environment-" --state-value ALARM \
        --query 'MetricAlarms[].AlarmName' --output json | jq -r '.[] | "alarm \(.)"'
}

deadline=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$deadline" ]; do
    found=$(burning)
    if [ -n "$found" ]; then
        echo "$found"
        exit 1
    fi
    sleep 30
done
echo "nothing burned in $seconds s"
