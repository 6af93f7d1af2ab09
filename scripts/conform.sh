#!/usr/bin/env bash
# Holds every example to its own definition: starts each with --dev and runs `countersign conform`. `scripts/conform.sh
# [EXAMPLE…]`; each report is written as JUnit XML to target/conform/. Ends with 1 if one deviates.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/lib/example.sh
examples=${*:-$(cd examples && ls -d */adapter.yaml | sed 's|/adapter.yaml||')}
[ -n "${BUILT:-}" ] || cargo build --locked --workspace --bins
mkdir -p "$target/conform"
ended=0

for example in $examples; do
  start_example "$example"
  credential=$(credential_of "$example")
  echo "== $example"
  "$target/debug/countersign" conform "examples/$example" --url "$address" --outbox "$outbox" \
    ${credential:+--credential "$credential"} --format junit --output "$target/conform/$example.xml" || ended=1
  stop_example
done
exit "$ended"
