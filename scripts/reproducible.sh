#!/usr/bin/env bash
# Builds a program twice, in two folders of two names, and compares what came of it. Paths of the folders and of the crates'
# sources are taken out by the compiler (`--remap-path-prefix`), as a build that is to be repeated elsewhere has to.
#   scripts/reproducible.sh [PACKAGE, countersign if none] [FEATURES]
# PROFILE is `release` if none is named; with PROFILE=dev it takes a fraction of the time, and says less.
set -euo pipefail
cd "$(dirname "$0")/.."
package=${1:-countersign} features=${2:-}
profile=${PROFILE:-release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags=(--locked --package "$package" --profile "$profile")
[ -z "$features" ] || flags+=(--features "$features")
built=$profile commit=$(git rev-parse HEAD)
[ "$profile" != dev ] || built=debug
export CARGO_INCREMENTAL=0
for folder in one another/folder; do
  mkdir -p "$work/$folder"
  git archive "$commit" | tar -x -C "$work/$folder"
  # The time of the build is none of the program's business; where it is asked for, it is that of the commit.
  (cd "$work/$folder" && env -u CARGO_TARGET_DIR SOURCE_DATE_EPOCH="$(git -C "$OLDPWD" log -1 --format=%ct "$commit")" \
    RUSTFLAGS="--remap-path-prefix=$work/$folder=/build --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
    CFLAGS="-ffile-prefix-map=$work/$folder=/build -ffile-prefix-map=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
    cargo build --quiet "${flags[@]}")
  program=$(find "$work/$folder/target/$built" -maxdepth 1 -type f -perm -u+x -name "$package*" ! -name '*.so' | head -1)
  sha256sum "$program" | sed "s|$work/||"
  mv "$program" "$work/$(tr / - <<<"$folder").program"
  rm -rf "$work/$folder/target"
done
if cmp "$work/one.program" "$work/another-folder.program"; then echo "the same, byte for byte"; else exit 1; fi
