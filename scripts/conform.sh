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
# A parser that is not ours reads the reports.
python3 - "$target"/conform/*.xml <<'PYTHON' || ended=1
import sys, xml.etree.ElementTree as tree
for path in sys.argv[1:]:
    suites = tree.parse(path).getroot()
    count = lambda word: len(list(suites.iter(word)))
    cases = (count("testcase"), count("failure"), count("skipped"))
    assert cases == tuple(int(suites.get(word)) for word in ("tests", "failures", "skipped")), path
    print(path, "%d cases, %d failures, %d skipped" % cases)
PYTHON
exit "$ended"
