#!/usr/bin/env bash
# One step of a rotation (charts/ticketing/rotate-keys.md) on the value of a secret that holds keys, current first: reads it from
# the standard input, writes the new one. Talks to nobody.
# usage: keys.sh next rsa|ec|random   a new key at the end: known, not used
#        keys.sh use                  the last key to the front: it makes what is new, the others read what is old
#        keys.sh drop                 without the last key, of several
set -euo pipefail

make() {
    case $1 in
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 2>/dev/null ;;
    ec) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null ;;
    random) openssl rand -base64 32 ;;
    *) return 2 ;;
    esac
}

# A key is a PEM block or a line.
keys=()
block=
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    '') ;;
    -----BEGIN*) block=$line ;;
    -----END*) keys+=("$block"$'\n'"$line") block= ;;
    *) if [ -n "$block" ]; then block+=$'\n'$line; else keys+=("$line"); fi ;;
    esac
done
count=${#keys[@]}
[ "$count" -gt 0 ] || { echo "no key was given" >&2; exit 1; }

case ${1:-} in
next)
    made=$(make "${2:-}") || { echo "usage: $0 next rsa|ec|random" >&2; exit 2; }
    keys+=("$made")
    ;;
use)
    [ "$count" -gt 1 ] || { echo "there is no other key: add the next one first" >&2; exit 1; }
    keys=("${keys[count - 1]}" "${keys[@]:0:count-1}")
    ;;
drop)
    [ "$count" -gt 1 ] || { echo "the only key stays" >&2; exit 1; }
    unset "keys[count - 1]"
    ;;
*)
    echo "usage: $0 next rsa|ec|random | use | drop" >&2
    exit 2
    ;;
esac
printf '%s\n' "${keys[@]}"
