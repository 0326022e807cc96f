#!/usr/bin/env bash
# One rollout, watched from its first new pod on (values: rollout.*): waves of few pods, each the canary of the next. What burns
# ends it; the caller takes it back.
# HOTFIX=true: bigger waves, half a minute each, and what burned before does not stop it.
# usage: roll-out.sh ENVIRONMENT HELM-ARGUMENT...
set -euo pipefail

environment=$1
shift
here=$(dirname "$0")
if [ "${HOTFIX:-}" = true ]; then
    set -- "$@" --set defaults.rollout.minReadySeconds=30 --set defaults.rollout.maxSurge=25%
fi

# Sidecars read Dapr's manifests once, at their start, and Helm would bring them after the first new pods.
helm template ticketing charts/ticketing --namespace ticketing --show-only templates/dapr.yaml "$@" |
    kubectl apply --namespace ticketing --server-side --field-manager helm --filename -

# Forced, because take-back.sh sets fields beside Helm.
helm upgrade ticketing charts/ticketing --install --take-ownership --force-conflicts --namespace ticketing \
    --wait --timeout 100m "$@" &
rollout=$!
if ! "$here/watch-rollout.sh" "$environment" 6000 "$rollout"; then
    # No further wave.
    kill "$rollout" 2>/dev/null || true
    wait "$rollout" || true
    exit 1
fi
wait "$rollout"
