#!/usr/bin/env bash
# The export against a real OpenTelemetry collector, built here from its Go modules (needs Go): an example with the feature `otlp`
# is asked with a trace and without, the collector is stopped, is gone and comes back; what it received is looked at, and how
# long requests took meanwhile. Then by TLS: to a collector whose authority is believed, and to one whose authority is not.
#   scripts/otel.sh [PROGRAM, built with `otlp` where none is named]      COLLECTOR: one that is built already
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.165.0
work=$(mktemp -d)
api=18580 ops=18581 otlp=18518 tls=18519
pids=()
stop() {
  for pid in "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

program=${1:-}
if [ -z "$program" ]; then
  cargo build --locked -p example-powerauth-data-adapter --features countersign-runtime/otlp
  program=${CARGO_TARGET_DIR:-target}/debug/example-powerauth-data-adapter
fi

collector=${COLLECTOR:-target/otelcol-$version/otelcol}
if [ ! -x "$collector" ]; then
  echo "== builds the collector $version"
  mkdir -p "target/otelcol-$version"
  cat >"$work/builder.yaml" <<YAML
dist: { name: otelcol, output_path: $PWD/target/otelcol-$version, module: example.org/otelcol }
receivers: [{ gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v$version }]
exporters: [{ gomod: go.opentelemetry.io/collector/exporter/debugexporter v$version }]
providers: [{ gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v1.71.0 }]
conf_resolver: { default_uri_scheme: file }
YAML
  go run "go.opentelemetry.io/collector/cmd/builder@v$version" --config "$work/builder.yaml"
fi

# authority NAME: a certificate authority, and by it a certificate of `localhost`.
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.pem"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout "$work/server.key" -out "$work/server.csr"
  openssl x509 -req -days 2 -in "$work/server.csr" -CA "$work/$1.pem" -CAkey "$work/$1.key" -CAcreateserial -out "$work/server.pem" \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
} 2>"$work/openssl.log" || { cat "$work/openssl.log" >&2; return 1; }
authority stranger
authority ours

cat >"$work/collector.yaml" <<YAML
receivers:
  otlp: { protocols: { http: { endpoint: 127.0.0.1:$otlp } } }
  otlp/tls: { protocols: { http: { endpoint: 127.0.0.1:$tls, tls: { cert_file: $work/server.pem, key_file: $work/server.key, min_version: "1.3" } } } }
exporters: { debug: { verbosity: detailed } }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp, otlp/tls], exporters: [debug] }
    metrics: { receivers: [otlp, otlp/tls], exporters: [debug] }
YAML
collect() {
  "$collector" --config "file:$work/collector.yaml" >>"$work/collector.log" 2>&1 &
  collecting=$!
  pids+=("$collecting")
  for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$otlp/" && return; sleep 0.1; done
  cat "$work/collector.log" >&2
  return 1
}
collect

# adapt ENDPOINT [AUTHORITY]: starts an adapter that exports there.
adapt() {
  COUNTERSIGN_LISTEN=127.0.0.1:$api COUNTERSIGN_OPS_LISTEN=127.0.0.1:$ops COUNTERSIGN_STORE=memory COUNTERSIGN_LOG=info \
    COUNTERSIGN_OTLP__ENDPOINT="$1" COUNTERSIGN_OTLP__INTERVAL=2s COUNTERSIGN_DEV_LIMITS=off COUNTERSIGN_DEV_OUTBOX="$work/outbox" \
    env ${2:+"COUNTERSIGN_OTLP__CA=$2"} "$program" --dev >"$work/adapter.log" 2>&1 &
  adapter=$!
  pids+=("$adapter")
  for _ in $(seq 100); do curl -sf "http://127.0.0.1:$ops/health/ready" >/dev/null && return; sleep 0.2; done
  cat "$work/adapter.log" >&2
  return 1
}
adapt "http://127.0.0.1:$otlp"

# ask N [TRACEPARENT]: has N codes sent, and prints how long the slowest request took.
turn=0
ask() {
  local slowest=0 took
  for _ in $(seq "$1"); do
    turn=$((turn + 1))
    took=$(curl -s -o /dev/null -w '%{time_total}' "http://127.0.0.1:$api/api/auth/sms/create" -H 'content-type: application/json' \
      ${2:+-H "traceparent: $2"} -d '{"requestObject":{"userId":"20000001","organizationId":"RETAIL","lang":"en",
      "operationContext":{"id":"'"$turn"'","name":"login","data":"A2"}}}')
    slowest=$(printf '%s\n%s\n' "$slowest" "$took" | sort -g | tail -1)
  done
  echo "$slowest"
}
value() { curl -s "http://127.0.0.1:$ops/metrics" | sed -n "s/^$1 //p"; }
seen() { grep -c "$1" "$work/collector.log" || true; }
has() { [ "$(seen "$1")" -gt 0 ] || { echo "the collector has not: $1" >&2; grep "Name" "$work/collector.log" | sort | uniq -c >&2; exit 1; }; }

trace=4bf92f3577b34da6a3ce929d0e0e4736
echo "== a collector that answers: the slowest of 101 took $( (ask 1 "00-$trace-00f067aa0ba902b7-01"; ask 100) | sort -g | tail -1) s"
sleep 5
has "Trace ID *: $trace"
has "Parent ID *: 00f067aa0ba902b7"
for name in create_sms lookup_user 'store read' 'store commit'; do has "Name *: $name\$"; done
for name in countersign_requests_total countersign_request_duration_seconds countersign_build_info process_resident_memory_bytes; do
  has "Name: $name\$"
done
echo "$(seen 'Trace ID') spans and $(seen '^Descriptor:') metrics were received"
# Nothing of what was sent or of whom: phones of the demo, users, codes.
codes=$(sed 's/.*"code":"\([^"]*\)".*/\1/' "$work/outbox" | sort -u)
for secret in 20000001 '+420' $codes; do
  if grep -qF -- "$secret" "$work/collector.log"; then echo "the collector was told $secret"; exit 1; fi
done
echo "none of $(wc -l <<<"$codes") codes, no user and no phone is in it"

kill -STOP "$collecting"
echo "== a collector that is silent: the slowest of 100 took $(ask 100) s"
kill -CONT "$collecting"
kill "$collecting"
wait "$collecting" || true
echo "== a collector that is gone: the slowest of 100 took $(ask 100) s"
sleep 5
echo "$(value 'countersign_otlp_exports_total{signal="traces",outcome="failed"}') exports of traces failed," \
  "$(value countersign_otlp_spans_left_out_total) spans were left out," \
  "$(grep -c 'telemetry could not be exported' "$work/adapter.log") lines of the log"
before=$(seen 'Trace ID')
collect
ask 10 >/dev/null
sleep 5
[ "$(seen 'Trace ID')" -gt "$before" ] || { echo "it does not come back" >&2; exit 1; }
echo "== a collector that is back: $(($(seen 'Trace ID') - before)) spans more"
kill -TERM "$adapter"
wait "$adapter"

before=$(seen 'Trace ID')
adapt "https://localhost:$tls" "$work/ours.pem"
ask 10 >/dev/null
sleep 5
[ "$(seen 'Trace ID')" -gt "$before" ] || { echo "nothing comes by TLS" >&2; tail "$work/adapter.log" >&2; exit 1; }
echo "== by TLS: $(($(seen 'Trace ID') - before)) spans"
kill -TERM "$adapter"
wait "$adapter"

sleep 2
before=$(seen 'Trace ID')
adapt "https://localhost:$tls" "$work/stranger.pem"
ask 10 >/dev/null
sleep 5
failed=$(value 'countersign_otlp_exports_total{signal="traces",outcome="failed"}')
[ "$(seen 'Trace ID')" -eq "$before" ] || { echo "a stranger was believed" >&2; exit 1; }
[ "${failed:-0}" -gt 0 ] || { echo "no export failed" >&2; exit 1; }
echo "== a collector whose authority is not believed: $failed exports failed, it was sent nothing;" \
  "$(grep -c 'telemetry could not be exported' "$work/adapter.log") line of the log"
kill -TERM "$adapter"
wait "$adapter"
echo "all well"
