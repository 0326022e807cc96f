#!/usr/bin/env bash
# Every query of dashboards and runbooks is one that Prometheus understands: promtool reads them as rules. (What they speak of
# exists: tests/Charts.Tests.)
# usage: charts/checks/queries.sh PROMTOOL
set -euo pipefail

promtool=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of Grafana's variables, what they may stand for.
# shellcheck disable=SC2016 # Grafana's, not the shell's.
filled() { sed 's/\$__rate_interval/1m/g; s/\$__range/1h/g; s/\$service/orders/g'; }

# rules QUERY...: lines of JSON strings in, a rule file out (JSON is YAML).
rules() { jq -s '{groups: [{name: "queries", rules: [.[] | {record: "a:query", expr: .}]}]}'; }

for file in charts/ticketing/dashboards/*.json; do
    jq '.panels[].targets[]?.expr' "$file" | filled | rules >"$work/$(basename "$file")"
done
for file in charts/ticketing/runbooks/*.md; do
    # promql '…', also over several lines, and more than one a line.
    { grep -ohzP "promql '\K[^']+" "$file" || true; } | jq -Rs 'split("\u0000")[] | select(length > 0)' |
        rules >"$work/$(basename "$file").json"
done

"$promtool" check rules --lint=none "$work"/*.json >"$work/answer" 2>&1 || {
    grep -B1 -A3 FAILED "$work/answer" || cat "$work/answer"
    exit 1
}
queries=$(jq -s 'map(.groups[].rules | length) | add' "$work"/*.json)
echo "$queries queries"
# Nothing read is nothing checked.
[ "$queries" -gt 100 ]
