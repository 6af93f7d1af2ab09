#!/usr/bin/env bash
# Runs the fuzz targets, each for so many seconds, and says what was found:
#
#   scripts/fuzz.sh [SECONDS [TARGET...]]        600 seconds each without arguments
#
# It needs `cargo install --locked cargo-fuzz`. The pinned stable toolchain is told to take the instrumentation flags of
# the compiler, so no other toolchain is needed; without a sanitizer, since there is no unsafe code of ours to watch.
# New inputs go to target/fuzz-corpus/TARGET, what was found to fuzz/artifacts/TARGET. What is worth keeping is copied by hand
# to fuzz/corpus/TARGET, where `cargo test -p countersign-fuzz` replays it.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
command -v cargo-fuzz >/dev/null || { echo "cargo-fuzz is not installed: cargo install --locked cargo-fuzz" >&2; exit 2; }
export RUSTC_BOOTSTRAP=1
# Nine instrumented programs: optimised across crates, each takes minutes to build and finds nothing more.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
cargo fuzz build --sanitizer none --features libfuzzer
seconds=${1:-600}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for folder in corpus/*/; do targets+=("$(basename "$folder")"); done
fi
for target in "${targets[@]}"; do
  found="../target/fuzz-corpus/$target"
  mkdir -p "$found"
  echo "== $target, $seconds s, at $(git rev-parse --short HEAD)"
  cargo fuzz run --sanitizer none --features libfuzzer "$target" "$found" "corpus/$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 2>&1 |
    grep -E 'stat::|panicked|ERROR|Test unit written|DONE' || true
done
ls artifacts/*/* 2>/dev/null && exit 1
echo "nothing was found"
