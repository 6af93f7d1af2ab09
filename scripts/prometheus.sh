#!/usr/bin/env bash
# Metrics, alerts and dashboard against a real Prometheus (Debian's package `prometheus`): it scrapes a running example each
# second; every query of the dashboard must be one that it takes, and alerts must fire for causes that are made: requests
# that fail, a certificate that expires, a node that is not ready, a node that is gone. `for:` is cut to a second.
#   scripts/prometheus.sh [FOLDER OF PROGRAMS, target/debug if none]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${1:-target/debug}
work=$(mktemp -d)
api=18480 ops=18481 prometheus=18490
pids=()
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

echo "== rules"
promtool check rules docs/deploy/prometheus/alerts.yml
promtool check config docs/deploy/prometheus/prometheus.yml
promtool test rules docs/deploy/prometheus/alerts_test.yml

echo "== an example by TLS, whose certificate is good for one day"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
chmod 600 "$work/key.pem"
COUNTERSIGN_LISTEN=127.0.0.1:$api COUNTERSIGN_OPS_LISTEN=127.0.0.1:$ops COUNTERSIGN_STORE=memory \
  COUNTERSIGN_TLS__CERTIFICATE="$work/cert.pem" COUNTERSIGN_TLS__KEY="file:$work/key.pem" \
  COUNTERSIGN_DEV_OUTBOX="$work/outbox" "$programs/example-powerauth-data-adapter" --dev >"$work/adapter.log" 2>&1 &
adapter=$!
pids+=("$adapter")

sed -e 's/^\( *\)for: .*/\1for: 1s/' docs/deploy/prometheus/alerts.yml >"$work/alerts.yml"
sed -e 's/15s/1s/' -e "s/8081/$ops/" docs/deploy/prometheus/prometheus.yml >"$work/prometheus.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --log.level=warn \
  --web.listen-address=127.0.0.1:$prometheus >"$work/prometheus.log" 2>&1 &
pids+=($!)

for _ in $(seq 100); do curl -sf "http://127.0.0.1:$ops/health/ready" >/dev/null && break; sleep 0.2; done
for _ in $(seq 100); do curl -sf "http://127.0.0.1:$prometheus/-/ready" >/dev/null && break; sleep 0.2; done

echo "== requests, good and bad"
call() { curl -sk -o /dev/null "https://localhost:$api/$1" -H 'content-type: application/json' -d "$2"; }
for _ in $(seq 20); do
  call api/auth/user/lookup '{"requestObject":{"username":"jane","organizationId":"RETAIL"}}' || true
  call api/nowhere '{}' || true
  # No TLS: a handshake that fails.
  curl -s -o /dev/null "http://127.0.0.1:$api/" || true
  sleep 0.5
done

python3 - "$prometheus" <<'PY'
import json, sys, urllib.parse, urllib.request
at = f"http://127.0.0.1:{sys.argv[1]}/api/v1/query?query="
def ask(query):
    with urllib.request.urlopen(at + urllib.parse.quote(query)) as answer:
        return json.load(answer)["data"]["result"]
panels = json.load(open("docs/deploy/grafana/adapter.json"))["panels"]
asked = empty = 0
for panel in panels:
    for target in panel.get("targets", []):
        query = target["expr"].replace("$job", "adapter").replace("$instance", ".+").replace("$__rate_interval", "1m")
        found = ask(query)
        asked += 1
        if not found:
            empty += 1
            print("no data yet:", panel["title"], "-", target["legendFormat"])
print(f"{asked} queries of the dashboard were taken, {empty} of them with nothing to show")
PY

# fires ALERT: waits until an alert fires.
fires() {
  for _ in $(seq 60); do
    if curl -s "http://127.0.0.1:$prometheus/api/v1/alerts" | grep -q "\"alertname\":\"$1\"[^}]*}[^}]*}[^}]*\"state\":\"firing\""; then
      echo "$1 fires"
      return
    fi
    sleep 1
  done
  echo "$1 does not fire" >&2
  curl -s "http://127.0.0.1:$prometheus/api/v1/alerts" >&2
  exit 1
}

echo "== alerts"
fires CertificateExpires
fires CertificateExpiresSoon
fires HandshakesFail
echo "nothing" >"$work/cert.pem"
kill -HUP "$adapter"
fires CertificateNotExchanged
kill -STOP "$adapter"
fires AdapterDown
kill -CONT "$adapter"
kill -TERM "$adapter"
echo "all well"
