#!/usr/bin/env python3
"""What an adapter costs its bank to build: processor time, waiting time after a change, crates, bytes.

    cargo build --release -p countersign && scripts/compile_cost.py      # needs Python 3, git, strip; some 15 minutes
    scripts/compile_cost.py --parts size --binary target/release/countersign

  cold    a release build of the PowerAuth example into an empty folder: seconds that all processes ran, and seconds of waiting.
          Sources of crates are there before (`cargo fetch`). The first depends little on what else the machine does, the second much.
  check   `cargo check` of a crate that `countersign new` made, after a line of its hooks has changed; the middle of so many.
  crates  crates of other people and of ours that are part of such an adapter, each version by itself, without macros and what only
          they or build scripts need.
  size    bytes of such an adapter, stripped: as it is made, without the page, without page and TLS, and without the embedded
          store too.

Everything is built in a temporary folder (`TMPDIR`), 3 GB at most.
"""
import argparse, os, pathlib, re, resource, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ["cold", "check", "crates", "size"]
# The name of a build, and what stands behind the path in the line of its dependency.
BUILDS = {
    "as made (page, TLS, embedded store)": 'features = ["page"]',
    "without page": "",
    "without page and TLS": 'default-features = false, features = ["allocator", "embedded"]',
    "without page, TLS and embedded store": 'default-features = false, features = ["allocator"]',
}


def run(arguments, folder, environment):
    """Seconds of waiting, and seconds that the processes ran, of a command that must succeed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ended = subprocess.run(arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    waited, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} ends with {ended.returncode}:\n{ended.stdout[-3000:]}")
    return waited, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def depends(crate, features):
    """Writes the dependency anew."""
    manifest = crate / "Cargo.toml"
    path = f'path = "{ROOT / "runtime"}"'
    line = f"countersign-runtime = {{ {', '.join(filter(None, [path, features]))} }}"
    manifest.write_text(re.sub(r"^countersign-runtime = .*$", line, manifest.read_text(), flags=re.M))


def cold(scratch, environment):
    run(["cargo", "fetch", "--locked"], ROOT, environment)
    waited, ran = run(["cargo", "build", "--release", "--locked", "-p", "example-powerauth-data-adapter"], ROOT, environment)
    print(f"cold: {ran:.0f} s of processors, {waited:.0f} s of waiting on {len(os.sched_getaffinity(0))} processors", flush=True)


def check(crate, environment, runs):
    hooks = crate / "src/hooks.rs"
    text = hooks.read_text()
    run(["cargo", "check"], crate, environment)
    found = []
    for number in range(runs):
        hooks.write_text(f"{text}\nconst _: u32 = {number};\n")
        found.append(run(["cargo", "check"], crate, environment)[0])
    hooks.write_text(text)
    print(f"check: {statistics.median(found):.2f} s ({min(found):.2f} to {max(found):.2f}, {runs} runs)", flush=True)


def crates(crate, environment):
    for name, features in BUILDS.items():
        depends(crate, features)
        tree = ["cargo", "tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]
        told = subprocess.run(tree, cwd=crate, env=environment, check=True, capture_output=True, text=True).stdout
        found = {line.replace(" (*)", "").split(" (")[0] for line in told.splitlines() if line}
        print(f"crates: {len(found)} {name}", flush=True)


def size(crate, environment):
    for name, features in BUILDS.items():
        depends(crate, features)
        run(["cargo", "build", "--release"], crate, environment)
        program = pathlib.Path(environment["CARGO_TARGET_DIR"]) / "release" / crate.name
        stripped = program.with_name("stripped")
        subprocess.run(["strip", "-o", stripped, program], check=True)
        print(f"size: {stripped.stat().st_size / 1e6:.2f} MB {name}", flush=True)


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/countersign")
    given.add_argument("--runs", type=int, default=5)
    given.add_argument("--parts", default=",".join(PARTS))
    given = given.parse_args()
    parts = given.parts.split(",")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        changes_builds = re.compile("CARGO_(PROFILE|INCREMENTAL|BUILD)|RUSTC|RUSTFLAGS")
        kept = {name: value for name, value in os.environ.items() if not changes_builds.match(name)}
        environment = {**kept, "CARGO_TARGET_DIR": str(scratch / "target")}
        if "cold" in parts:
            cold(scratch, environment)
        crate = scratch / "adapter"
        make = [given.binary.resolve(), "new", crate, "--extends", "powerauth-data-adapter", "--runtime", ROOT / "runtime"]
        run(make, scratch, environment)
        if "crates" in parts:
            crates(crate, environment)
        if "check" in parts:
            depends(crate, BUILDS["as made (page, TLS, embedded store)"])
            check(crate, environment, given.runs)
        if "size" in parts:
            size(crate, environment)


if __name__ == "__main__":
    main()
