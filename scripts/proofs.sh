#!/usr/bin/env bash
# Proves written definitions: 20,000 are checked, generated and type-checked, and 2,000 of them served and called.
# `scripts/proofs.sh [TYPED [SERVED]]` with ranges of seeds, such as `0..400 0..100`. Stopped and started again, it goes on
# where it was: each finished part is a line in target/proofs/. A change of the generator begins anew with
# `rm -r target/proofs`. The share that is called good, by feature: `cargo run -p countersign-proofs -- check 0..4000`.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target/proofs
cargo build --locked -q -p countersign-proofs
proofs=target/debug/countersign-proofs
failed=0
"$proofs" type-check "${1:-0..20000}" --log target/proofs/typed.log || failed=1

"$proofs" serve "${2:-0..2000}" --log target/proofs/served.log || failed=1
grep -h '^FAILED' target/proofs/*.log | cut -c1-160 || true
exit $failed
