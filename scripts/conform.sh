#!/usr/bin/env bash
# Holds every example to its own definition: starts each with --dev and runs `countersign conform`. `scripts/conform.sh
# [EXAMPLE…]`; each report is written as JUnit XML to target/conform/. Ends with 1 if one deviates.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
examples=${*:-$(cd examples && ls -d */adapter.yaml | sed 's|/adapter.yaml||')}
cargo build --locked -p countersign $(printf -- '-p example-%s ' $examples)
mkdir -p "$target/conform"
ended=0

for example in $examples; do
  log="$folder/$example.log" outbox="$folder/$example.outbox" address=
  : > "$outbox"
  settings=()
  [ ! -f "definitions/$example/demo.yaml" ] || settings=(--settings "definitions/$example/demo.yaml")
  COUNTERSIGN_LISTEN=127.0.0.1:0 COUNTERSIGN_OPS_LISTEN=127.0.0.1:0 COUNTERSIGN_STORE=memory COUNTERSIGN_DEV_LIMITS=off \
    COUNTERSIGN_DEV_OUTBOX="$outbox" "$target/debug/example-$example" --dev ${settings[@]+"${settings[@]}"} > "$log" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    address=$(sed -n 's/^listening on \(http:[^ ]*\)$/\1/p' "$log" | head -1)
    [ -z "$address" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  [ -n "$address" ] || { cat "$log" >&2; exit 1; }
  credential=()
  case $example in
    walley-*) credential=(--credential demo-access-token) ;;
    b2b-*) credential=(--credential demo:demo-access-token) ;;
  esac
  echo "== $example"
  "$target/debug/countersign" conform "examples/$example" --url "$address" --outbox "$outbox" \
    ${credential[@]+"${credential[@]}"} --format junit --output "$target/conform/$example.xml" || ended=1
  kill "$server"; wait "$server" || true
  server=
done
exit "$ended"
