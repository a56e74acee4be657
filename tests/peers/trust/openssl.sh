#!/usr/bin/env bash
# Prints for each server whether OpenSSL trusts it under its name. Arguments: CA-FILE, then pairs of NAME and PORT.
set -euo pipefail
authority=$1
shift
while [ $# -gt 0 ]; do
    kind=hostname
    [[ $1 =~ :|^[0-9.]+$ ]] && kind=ip
    if said=$(openssl s_client -connect "127.0.0.1:$2" "-verify_$kind" "$1" -CAfile "$authority" -verify_return_error \
        -brief </dev/null 2>&1); then
        echo "$1 trusted"
    else
        echo "$1 refused: $(grep -m 1 -o 'verify error:.*\|Verification error:.*' <<<"$said" || echo "$said")"
    fi
    shift 2
done
