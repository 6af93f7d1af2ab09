#!/usr/bin/env bash
# Independent scanners against an example that serves by TLS (Debian's packages `testssl.sh` and `sslscan`): protocols,
# ciphers, renegotiation and known weaknesses. Ends with 1 where something is offered that must not be.
#   scripts/tls-scan.sh [FOLDER OF PROGRAMS, target/debug if none]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${1:-target/debug}
work=$(mktemp -d)
api=18443
trap 'kill "$adapter" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
chmod 600 "$work/key.pem"
COUNTERSIGN_LISTEN=127.0.0.1:$api COUNTERSIGN_OPS_LISTEN=127.0.0.1:0 COUNTERSIGN_STORE=memory COUNTERSIGN_HTTP2=true \
  COUNTERSIGN_TLS__CERTIFICATE="$work/cert.pem" COUNTERSIGN_TLS__KEY="file:$work/key.pem" \
  COUNTERSIGN_DEV_OUTBOX="$work/outbox" "$programs/example-powerauth-data-adapter" --dev >"$work/adapter.log" 2>&1 &
adapter=$!
for _ in $(seq 100); do curl -sk "https://127.0.0.1:$api/" >/dev/null && break; sleep 0.2; done

echo "== sslscan $(sslscan --version 2>&1 | grep -o '[0-9][0-9.]*' | head -1)"
sslscan --no-colour "127.0.0.1:$api" | tee "$work/sslscan.txt"
echo "== testssl.sh"
testssl --quiet --color 0 --warnings batch --nodns none -p -f -U -P -s --severity LOW "127.0.0.1:$api" | tee "$work/testssl.txt" || true

bad=0
for offered in 'SSLv2 *enabled' 'SSLv3 *enabled' 'TLSv1.0 *enabled' 'TLSv1.1 *enabled' 'Compression *enabled'; do
  if grep -Eq "$offered" "$work/sslscan.txt"; then echo "sslscan: $offered"; bad=1; fi
done
for wanted in 'TLSv1.2 *enabled' 'TLSv1.3 *enabled'; do
  if ! grep -Eq "$wanted" "$work/sslscan.txt"; then echo "sslscan: not $wanted"; bad=1; fi
done
if grep -E 'VULNERABLE \(NOT ok\)' "$work/testssl.txt"; then bad=1; fi
exit "$bad"
