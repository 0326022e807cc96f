#!/usr/bin/env bash
# Computes each service's policy from modules/catalog (no provider, no network) and compares it with policies.json beside this
# file, which infra/checks/iam.mjs tests on machines without Terraform. --write takes the new ones.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp infra/terraform/modules/catalog/*.tf "$work"
cat >"$work/terraform.tfvars" <<'VARS'
region                 = "sa-east-1"
account_id             = "111122223333"
files_bucket           = "b"
state_table            = "ticketing-state"
mail_domain            = "example.com"
mail_configuration_set = "ticketing"
mail_from              = "tickets@example.com"
key_arn                = "arn:aws:kms:sa-east-1:111122223333:key/x"
VARS
terraform -chdir="$work" init -input=false -no-color >/dev/null
terraform -chdir="$work" apply -input=false -auto-approve -no-color >/dev/null
terraform -chdir="$work" output -json policies | node -e '
    const all = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const parsed = Object.fromEntries(Object.entries(all).map(([app, policy]) => [app, JSON.parse(policy)]));
    console.log(JSON.stringify(parsed, null, 2));' >"$work/policies.json"
if [ "${1:-}" = --write ]; then
    cp "$work/policies.json" infra/checks/policies.json
else
    diff infra/checks/policies.json "$work/policies.json"
fi
