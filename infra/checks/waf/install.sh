#!/usr/bin/env bash
# nginx with ModSecurity and the core rules from Debian's packages, unpacked below artifacts/tools/waf: nothing is installed,
# no daemon starts.
set -euo pipefail
cd "$(dirname "$0")/../../.."

root=artifacts/tools/waf
[ -x "$root/usr/sbin/nginx" ] && exit 0
wanted=(nginx libnginx-mod-http-modsecurity modsecurity-crs)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() {
    # What of their dependencies this machine lacks, too.
    apt-get install --print-uris -qq --no-install-recommends "${wanted[@]}" |
        sed -nE "s/^'[^']*' ([^_]+)_.*/\1/p" >"$work/missing" &&
        (cd "$work" && xargs apt-get download -qq "${wanted[@]}" <missing)
}

fetch || {
    sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    fetch
}
rm -rf "$root"
mkdir -p "$root"
for package in "$work"/*.deb; do dpkg -x "$package" "$root"; done
