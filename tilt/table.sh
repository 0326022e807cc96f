#!/bin/sh
# The table of the key-value state, as infra/terraform/modules/storage makes it. dynamodb-local forgets it with its pod.
set -eu
table=ticketing-state
until aws dynamodb list-tables >/dev/null 2>&1; do
    sleep 1
done
if ! aws dynamodb describe-table --table-name "$table" >/dev/null 2>&1; then
    aws dynamodb create-table --table-name "$table" --billing-mode PAY_PER_REQUEST \
        --attribute-definitions AttributeName=key,AttributeType=S --key-schema AttributeName=key,KeyType=HASH
    aws dynamodb update-time-to-live --table-name "$table" \
        --time-to-live-specification Enabled=true,AttributeName=expiresAt
fi
