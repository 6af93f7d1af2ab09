#!/usr/bin/env bash
# Metrics, alerts and dashboard against a real Prometheus (Debian's package `prometheus`): it scrapes running examples each
# second; every query of the dashboard must be one that it takes, and each alert must fire for its cause, made here: core systems
# that hang, stores that do not answer, attackers, certificates that expire. `for:` is cut to a second. Needs PostgreSQL, and the
# PowerAuth example built with `--features countersign-runtime/postgres`; without, what is about it is left out.
#   scripts/prometheus.sh [FOLDER OF PROGRAMS, target/debug if none]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${1:-target/debug}
work=$(mktemp -d)
api=18480 ops=18481 prometheus=18490
pids=()
stop() {
  for pid in "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  [ ! -f "${database:-}/data/postmaster.pid" ] || kill -QUIT "$(head -1 "$database/data/postmaster.pid")"
  rm -rf "$work"
}
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

# start NAME API OPS LIMIT-OF-FILES [SETTING=VALUE...]: an example without TLS and with a store in memory, unless it is said.
start() {
  local name=$1 api=$2 ops=$3 files=$4 program=example-powerauth-data-adapter
  shift 4
  [ "$name" != walley ] || program=example-walley-identify-buyer
  (
    ulimit -n "$files"
    exec env COUNTERSIGN_LISTEN=127.0.0.1:$api COUNTERSIGN_OPS_LISTEN=127.0.0.1:$ops COUNTERSIGN_STORE=memory \
      COUNTERSIGN_DEV_OUTBOX="$work/$name.outbox" "$@" "$programs/$program" --dev
  ) >>"$work/$name.log" 2>&1 &
  started=$!
  pids+=("$started")
  for _ in $(seq 100); do curl -sf "http://127.0.0.1:$ops/health/live" >/dev/null && return; sleep 0.2; done
  cat "$work/$name.log" >&2
  exit 1
}
echo "== examples: one with little room, one with limits, one whose callers show tokens"
# As many files as 1,024 connections need and no more.
start busy 18482 18483 1216 COUNTERSIGN_DEV_LIMITS=off COUNTERSIGN_CONNECTIONS__PER_SOURCE=1024 COUNTERSIGN_BODY_LIMIT=1MiB \
  COUNTERSIGN_MEMORY__REQUESTS=16MiB COUNTERSIGN_OTPS__SMS__LIFE=10s COUNTERSIGN_SHUTDOWN_DELAY=30s
busy=$started
start limited 18484 18485 4096
limited=$started
start walley 18486 18487 4096
targets="127.0.0.1:$ops 127.0.0.1:18483 127.0.0.1:18485 127.0.0.1:18487"

database=
if grep -q tokio_postgres "$programs/example-powerauth-data-adapter"; then
  echo "== one on PostgreSQL"
  postgres=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
  database=$work/database
  as_user=()
  mkdir "$database" && chmod 755 "$work"
  if [ "$(id -u)" = 0 ]; then as_user=(runuser -u postgres --) && chown postgres "$database"; fi
  sql() { psql -h "$database" -U owner -Atqc "$1" postgres; }
  cd "$database"
  "${as_user[@]}" "$postgres/initdb" -D "$database/data" -U owner --auth=trust >/dev/null
  "${as_user[@]}" "$postgres/pg_ctl" -D "$database/data" -w -l "$database/log" -o "-k $database -c listen_addresses=" start >/dev/null
  cd - >/dev/null
  store="postgres://owner@%2F${database//\//%2F}/postgres"
  store=${store/\/\/owner@%2F%2F/\/\/owner@%2F}
  COUNTERSIGN_STORE=$store "$programs/example-powerauth-data-adapter" --dev --migrate >/dev/null
  start postgres 18488 18489 4096 COUNTERSIGN_STORE="$store" COUNTERSIGN_DEV_LIMITS=off
  targets+=" 127.0.0.1:18489"
fi

sed -e 's/^\( *\)for: .*/\1for: 1s/' docs/deploy/prometheus/alerts.yml >"$work/alerts.yml"
sed -e 's/15s/1s/' -e "s/\[.*8081.*\]/[${targets// /, }]/" docs/deploy/prometheus/prometheus.yml >"$work/prometheus.yml"
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
fired=0
fires() {
  for _ in $(seq 60); do
    if curl -s "http://127.0.0.1:$prometheus/api/v1/alerts" | python3 -c '
import json, sys
alerts = json.load(sys.stdin)["data"]["alerts"]
sys.exit(not any(one["labels"]["alertname"] == sys.argv[1] and one["state"] == "firing" for one in alerts))' "$1"; then
      echo "$1 fires"
      fired=$((fired + 1))
      return
    fi
    sleep 1
  done
  echo "$1 does not fire" >&2
  missing+=("$1")
}
missing=()
# cause NAME PORT: makes it twice, so that counters which appear with the first are seen to grow.
cause() {
  once "$1" "$2"
  sleep 2.5
  once "$1" "$2"
}
once() { python3 scripts/lib/alert_causes.py "$1" "$2"; }

echo "== alerts"
fires CertificateExpires
fires CertificateExpiresSoon
fires HandshakesFail
echo "nothing" >"$work/cert.pem"
kill -HUP "$adapter"
fires CertificateNotExchanged
cause failing_look_ups 18482
fires HookFailures
cause refused_messages 18482
fires CodesNotDelivered
once unused_codes 18482
fires CodesNotUsed
cause hanging_look_ups 18482
fires AdapterSlow
fires HookBreakerOpen
once blocking_look_ups 18484
fires HookThreadsBlocked
cause many_sign_ins 18482
fires PasswordsBusy
cause half_bodies 18482
fires MemoryBudgetSpent
once many_connections 18482 &
holding=$!
fires ConnectionsNearLimit
fires FilesNearLimit
wait "$holding"
cause many_codes 18484
fires LimitsHit
cause guessed_codes 18484
fires CodesGuessed
cause blocked_users 18484
fires UsersBlocked
cause wrong_tokens 18486
fires CallersRefused
if [ -n "$database" ]; then
  sql "ALTER SYSTEM SET synchronous_standby_names = 'nobody'" && sql "SELECT pg_reload_conf()" >/dev/null
  sleep 5
  cause writes 18488
  fires AdapterErrors
  fires StoreFailing
  fires StoreSlow
  sql "ALTER SYSTEM SET synchronous_standby_names = ''" && sql "SELECT pg_reload_conf()" >/dev/null
  fires StoreWithoutStandby
fi
kill -TERM "$busy"
fires AdapterNotReady
for _ in 1 2 3 4; do
  kill -KILL "$limited"
  wait "$limited" 2>/dev/null || true
  start limited 18484 18485 4096
  limited=$started
  sleep 3
done
fires AdapterRestarts
kill -STOP "$adapter"
fires AdapterDown
kill -CONT "$adapter"
kill -TERM "$adapter"
[ -z "$database" ] || (cd "$database" && "${as_user[@]}" "$postgres/pg_ctl" -D "$database/data" -m immediate stop >/dev/null)
echo "$fired alerts fired of $(grep -c '^ *- alert:' docs/deploy/prometheus/alerts.yml)"
if [ ${#missing[@]} -gt 0 ]; then echo "not: ${missing[*]}"; exit 1; fi
echo "all well"
