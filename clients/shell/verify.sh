#!/bin/sh
# Checks one request that was signed as Standard Webhooks 1.0.0 say: verify.sh ID TIMESTAMP SIGNATURE <body
# Needs openssl. Exit 0: the signature fits and is not old; 1: it does not.
set -eu
[ $# -eq 3 ] || { echo "usage: SECRET=whsec_… $0 ID TIMESTAMP SIGNATURE <body" >&2; exit 2; }
id=$1 timestamp=$2 signatures=$3

age=$(($(date +%s) - timestamp))
[ "${age#-}" -le 300 ] || { echo "refused: the timestamp is $age s old" >&2; exit 1; }

key=$(printf %s "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected=$({ printf '%s.%s.' "$id" "$timestamp"; cat; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

for given in $signatures; do
  [ "$given" = "v1,$expected" ] && { echo "verified $id"; exit 0; }
done
echo "refused: no signature fits" >&2
exit 1
