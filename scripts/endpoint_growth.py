#!/usr/bin/env python3
"""Whether a request costs more in an adapter of many endpoints: processor time and instructions of one with 10, 100 and 1,000.

    cargo build --release -p countersign && cargo build --release -p countersign-benches --bin bench
    scripts/endpoint_growth.py [--sizes 10,100,1000] [--instructions]           # an hour on two processors, nearly all of it builds

Each adapter has so many endpoints of the definition that generate_cost.py writes, and hooks that know everybody. The first, the
middle and the last endpoint that finds a user are asked, under the same path in each adapter, with the adapters in turns. Their
release builds are without optimisation across crates and with 16 units a crate (a thousand endpoints take long otherwise), all
sizes alike: microseconds are more than a shipped adapter's, and only their ratio is of interest.

Needs Python 3, taskset, valgrind for `--instructions`. `--keep FOLDER` builds there and finds it built the next time.
"""
import argparse, os, pathlib, subprocess, sys, tempfile, time

import generate_cost

ROOT = generate_cost.ROOT
PLACES = ["first", "middle", "last"]
HOOKS = """//! A bank that knows everybody.

use countersign_runtime::{BankError, Call, HookError, Hooks, Lookup, Sms, Start, User};

pub struct Bank;

impl Bank {
    pub async fn start(_start: Start<()>) -> Result<Bank, BankError> {
        Ok(Bank)
    }
}

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(Some(User { id: "u1".to_owned(), given_name: Some("Eva".to_owned()), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}
"""


def definition(size):
    """One of so many endpoints, three of which, all of the kind that finds a user, have the same paths in every size."""
    text = generate_cost.large(size)
    finds = range(0, size, 3)
    for place, number in zip(PLACES, [finds[0], finds[len(finds) // 2], finds[-1]]):
        text = text.replace(f"POST /call/{number},", f"POST /call/{place},")
    return text


def built(size, folder, countersign):
    """The program of an adapter, made and built if it is not there yet."""
    name = f"adapter-{size}"
    program = folder / "target/release" / name
    if program.exists():
        return program
    source, crate = folder / f"definition-{size}", folder / name
    if not crate.exists():
        source.mkdir(exist_ok=True)
        (source / "adapter.yaml").write_text(definition(size))
        make = [countersign, "new", crate, "--extends", source, "--runtime", ROOT / "runtime"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        (crate / "src/hooks.rs").write_text(HOOKS)
    profile = {"CARGO_PROFILE_RELEASE_LTO": "off", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16"}
    environment = {**os.environ, **profile, "CARGO_TARGET_DIR": str(folder / "target")}
    began = time.monotonic()
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=crate, env=environment, check=True)
    print(f"{size} endpoints: built in {time.monotonic() - began:.0f} s, {program.stat().st_size / 1e6:.1f} MB", flush=True)
    return program


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/countersign")
    given.add_argument("--bench", type=pathlib.Path, default=ROOT / "target/release/bench")
    given.add_argument("--sizes", default="10,100,1000")
    given.add_argument("--requests", type=int, default=5000)
    given.add_argument("--instructions", action="store_true", help="count instructions too")
    given.add_argument("--keep", type=pathlib.Path)
    given = given.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = (given.keep or pathlib.Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        programs = [built(size, folder, given.binary.resolve()) for size in sizes]
        body = folder / "body.json"
        body.write_text('{"user":"u1"}')
        servers = [part for size, program in zip(sizes, programs) for part in ("--server", f"ours-{size}={program}")]
        posts = [part for place in PLACES for part in ("--post", f"{place}=/call/{place}={body}")]
        sys.stdout.flush()
        subprocess.run([given.bench, *servers, *posts, "--requests", str(given.requests), "cpu"], check=True)
        if given.instructions:
            asked = ["--requests", "1000", "--connections", "1", "instructions"]
            subprocess.run([given.bench, *servers, *posts, *asked], check=True)


if __name__ == "__main__":
    main()
