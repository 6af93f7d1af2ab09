#!/usr/bin/env bash
# The example for SECONDS (5400 without an argument) at half of what it can do, with kills, reloads, a core system that fails and a
# full disk in between. A short form is part of the tests (`--test soak`). Its disk is a file that is mounted, so it wants root; the
# store grows by some kilobytes with each round. What is printed stands in docs/figures.md.
set -euo pipefail
cd "$(dirname "$0")/.."
COUNTERSIGN_SOAK_SECONDS="${1:-5400}" nice -n "${FIGURES_NICE:-10}" \
  cargo test --release --locked -p example-powerauth-data-adapter --test soak -- --nocapture
