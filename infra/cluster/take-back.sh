#!/usr/bin/env bash
# Back to a revision that was good: without waves, because every minute burns.
# usage: take-back.sh REVISION
set -euo pipefail

helm rollback ticketing "$1" --namespace ticketing --force-conflicts --timeout 10m
deployments=$(kubectl --namespace ticketing get deployments --selector app.kubernetes.io/component=service --output name)
for deployment in $deployments; do
    # Until the next rollout, which sets them anew.
    kubectl --namespace ticketing patch "$deployment" --patch \
        '{"spec":{"minReadySeconds":0,"strategy":{"rollingUpdate":{"maxSurge":"25%"}}}}'
done
for deployment in $deployments; do
    kubectl --namespace ticketing rollout status "$deployment" --timeout 15m
done
