#!/usr/bin/env bash
# Makes the packages of all four crates from what is committed, without the network: scripts/package.sh [FOLDER]. The generator
# brings along what lies beside it in a checkout (definitions, templates, the runtime's sources), so its package is made from a copy
# in which that lies inside it. Then the packages are unpacked, built together, and the program makes a crate that cargo reads.
# NO_BUILD=1 leaves the build out.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$repository/target/package-source}
target=${CARGO_TARGET_DIR:-$repository/target}
cargo() { command ${CARGO_COMMAND:-cargo} "$@"; }
rm -rf "$folder"
mkdir -p "$folder/source"
git -C "$repository" archive HEAD | tar -x -C "$folder/source"
cd "$folder/source"

bundle=generator/bundle
mkdir -p "$bundle/docs"
cp -r templates definitions LICENSE CHANGELOG.md rust-toolchain.toml "$bundle"
cp -r docs/deploy "$bundle/docs"
for crate in engine macros runtime; do
  mkdir "$bundle/$crate"
  cp -r "$crate/src" "$bundle/$crate/src"
  # A folder with a manifest would be a package of its own, which cargo leaves out.
  cp "$crate/Cargo.toml" "$bundle/$crate/Cargo.toml.in"
done
cp Cargo.toml "$bundle/Cargo.toml.in"
cp Cargo.lock "$bundle/Cargo.lock.in"
rm -rf generator/tests
sed -i 's#/\.\./#/bundle/#; s#\(Cargo\.\(toml\|lock\)\)"#\1.in"#' generator/src/bundle.rs
# The macros are tested with the runtime, which needs them; a package names no such circle.
sed -i 's#^countersign-runtime.workspace = true#countersign-runtime = { path = "../runtime" }#' macros/Cargo.toml
# Cargo finds packages that are made together only where they may be published.
sed -i 's#^publish = false#publish = true#' Cargo.toml
crates=(countersign-engine countersign-macros countersign-runtime countersign)
cargo package --offline --quiet --no-verify --allow-dirty --target-dir "$folder/packages" "${crates[@]/#/-p}"

cd "$folder"
mkdir -p unpacked
for package in packages/package/*.crate; do tar -xzf "$package" -C unpacked; done
ls -l packages/package/*.crate | awk '{print $5, $9}'
cd unpacked
cp ../source/Cargo.lock ../source/rust-toolchain.toml .
{
  echo '[workspace]'
  echo 'resolver = "3"'
  echo 'members = ["countersign-*"]'
  echo '[patch.crates-io]'
  for crate in countersign-engine countersign-macros countersign-runtime; do echo "$crate = { path = \"$(echo $crate-[0-9]*)\" }"; done
  sed -n '/^\[profile.dev/,$p' ../source/Cargo.toml
} >Cargo.toml
[ -z "${NO_BUILD:-}" ] || exit 0
CARGO_TARGET_DIR=$target cargo build --quiet --offline -p countersign
"$target/debug/countersign" new "$folder/my-bank" --extends powerauth-data-adapter >/dev/null
cd "$folder/my-bank" && cargo metadata --offline --format-version 1 --no-deps >/dev/null
"$target/debug/countersign" generate --check
echo "packaged, built from the packages, and a crate was made"
