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

cargo build --locked --workspace --bins
. scripts/lib/example.sh

calls() {
  local client=examples/$1/client ended=0
  (cd "$client" && mvn -B -q compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt)
  start_example "$1"
  echo "== $1"
  java -cp "$client/target/classes:$(cat "$client/target/classpath.txt")" Calls \
    "$address/powerauth-data-adapter" "$outbox" || ended=$?
  stop_example
  return "$ended"
}

calls powerauth-data-adapter
calls powerauth-data-adapter-1
