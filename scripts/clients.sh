#!/usr/bin/env bash
# Calls every method of the PowerAuth Data Adapter's own Java clients, well and badly, against the examples of their
# generations, and prints two tables. Ends with 1 if an answer is another one than expected.
# Needs a JDK 17 or newer and Maven, which fetches the clients once. Where they are missing it says so and ends with 0,
# unless COUNTERSIGN_CLIENTS=required.
set -euo pipefail
cd "$(dirname "$0")/.."

# It is no setting of an adapter, which would refuse it.
required=${COUNTERSIGN_CLIENTS:-}
unset COUNTERSIGN_CLIENTS

for tool in javac mvn; do
  if ! command -v "$tool" >/dev/null; then
    echo "SKIPPED: there is no $tool"
    [ "$required" = required ] && exit 1 || exit 0
  fi
done

cargo build --locked -p example-powerauth-data-adapter -p example-powerauth-data-adapter-1
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

calls() {
  local example=$1 client=examples/$1/client log="$folder/$1.log" outbox="$folder/$1.outbox" address=
  (cd "$client" && mvn -B -q compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt)
  : > "$outbox"
  COUNTERSIGN_LISTEN=127.0.0.1:0 COUNTERSIGN_OPS_LISTEN=127.0.0.1:0 COUNTERSIGN_STORE=memory \
    COUNTERSIGN_DEV_LIMITS=off COUNTERSIGN_DEV_OUTBOX="$outbox" \
    "${CARGO_TARGET_DIR:-target}/debug/example-$example" --dev >"$log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    address=$(sed -n 's/.*listening on http:\/\/\([0-9.:]*\).*/\1/p' "$log" | head -1)
    [ -n "$address" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.1
  done
  [ -n "$address" ] || { cat "$log" >&2; exit 1; }
  echo "== $example"
  local ended=0
  java -cp "$client/target/classes:$(cat "$client/target/classpath.txt")" Calls \
    "http://$address/powerauth-data-adapter" "$outbox" || ended=$?
  kill "$server"; wait "$server" || true
  server=
  return "$ended"
}

calls powerauth-data-adapter
calls powerauth-data-adapter-1
