#!/usr/bin/env bash
# The API documents say what .spectral.yaml asks for; and it would say so if they did not.
# usage: api.sh SPECTRAL
set -euo pipefail
cd "$(dirname "$0")/../.."
spectral=$1

"$spectral" lint --quiet --ruleset .spectral.yaml --fail-severity hint services/*/openapi.json artifacts/openapi.json

# Planted in copies of one document, which are read at once.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
order='.paths["/api/v1/orders"].post'
declare -A mistakes=(
    [summary]="del($order.summary)"
    [login-refused]="del($order.responses[\"401\"])"
    [input-refused]="del($order.responses[\"400\"])"
    [problems]="$order.responses[\"409\"].content = {\"application/json\": {schema: {type: \"object\"}}}"
    [refusals-have-bodies]="del($order.responses[\"409\"].content)"
    [request-text-is-limited]='del(.components.schemas.PlaceOrderRequest.properties.coupon.maxLength)'
    [request-lists-are-limited]='del(.components.schemas.PlaceOrderRequest.properties.products.maxItems)'
    [request-numbers-are-limited]='del(.components.schemas.PlaceOrderProductRequest.properties.quantity.maximum)'
    [owasp:api2:2023-write-restricted]="del($order.security)"
    [owasp:api8:2023-define-error-responses-500]="del($order.responses[\"500\"])"
    [oas3-parameter-description]='del(.paths["/api/v1/orders/{id}"].get.parameters[0].description)'
    [tag-description]='del(.tags[0].description)'
    [operation-operationId-unique]='.paths["/api/v1/orders"].get.operationId = "PlaceOrder"'
)
for rule in "${!mistakes[@]}"; do
    jq "${mistakes[$rule]}" services/Orders/openapi.json >"$work/${rule//:/-}.json"
done
"$spectral" lint --quiet --ruleset .spectral.yaml --format json "$work"/*.json >"$work/found" || true
failed=0
for rule in "${!mistakes[@]}"; do
    if ! jq -e --arg rule "$rule" --arg file "/${rule//:/-}.json" \
        'any(.[]; .code == $rule and (.source | endswith($file)))' "$work/found" >/dev/null; then
        echo "not found: $rule"
        failed=1
    fi
done
echo "${#mistakes[@]} planted mistakes"
exit "$failed"
