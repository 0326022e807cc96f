#!/usr/bin/env bash
# Fails when a package has a known vulnerability that infra/advisories.json does not except today:
#   [{"advisory": "GHSA-…", "until": "2027-01-31", "reason": "…"}]
# usage: advisories.sh FILE     what `dotnet list package --vulnerable --include-transitive --format json` says
set -euo pipefail

exceptions=${ADVISORIES:-infra/advisories.json}
today=${TODAY:-$(date -u +%F)}
jq -e 'all(.[]; (.advisory | test("^GHSA-")) and (.until | test("^\\d{4}-\\d{2}-\\d{2}$")) and (.reason | length > 0))' \
    "$exceptions" >/dev/null || { echo "$exceptions: each has an advisory, a day until which it holds, and a reason" >&2; exit 1; }
# What says nothing of projects says nothing of their packages.
jq -e '.projects | length > 0' "$1" >/dev/null || { echo "$1 names no project" >&2; exit 1; }
found=$(jq -r --arg today "$today" --slurpfile exceptions "$exceptions" '
    ($exceptions[0] | map(select(.until >= $today) | .advisory)) as $excepted
    | [.projects[].frameworks[]? | (.topLevelPackages[]?, .transitivePackages[]?) | .id as $id | .resolvedVersion as $version
        | .vulnerabilities[]? | (.advisoryurl | split("/") | last) as $advisory
        | select($excepted | index($advisory) | not) | "\($id) \($version): \(.severity), \(.advisoryurl)"]
    | unique | .[]' "$1")
[ -z "$found" ] || { echo "$found" >&2; exit 1; }
