#!/usr/bin/env python3
"""What `countersign generate` costs: processor time and memory, for the shipped definitions and for large ones.

    cargo build --release -p countersign && scripts/generate_cost.py        # needs Python 3 on Linux
    scripts/generate_cost.py --runs 21 --sizes 10,100,1000 --binary target/release/countersign --against OLDER

Each figure is the middle of so many runs, each into an empty folder; memory is the most that a run held, where that is more
than what this interpreter has (the system counts that for whoever is started): the first line tells it. `shipped` is one
run over the examples of four shipped definitions and the bank that tailors one. A large definition has so many endpoints with five
fields each; the last column is the time for each endpoint.
"""
import argparse, os, pathlib, resource, shutil, statistics, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHIPPED = [
    "acme-bank",
    "b2b-customer-verification",
    "powerauth-data-adapter",
    "wallet-engine-activation",
    "walley-identify-buyer",
]
HEAD = """adapter: large
title: Large
version: 1.0.0
callers: { none: a measurement }
envelope: { failure: Failure }
errors:
  BAD: { status: 400, for: [body.*, content_type.wrong, input.invalid] }
  FAILED: { status: 500, for: [hook.*, user.unknown, "otp.*", "sms.*", store.unavailable, overloaded, unexpected] }
  LOST: { status: 404, for: [route.unknown, method.wrong] }
every_endpoint: { errors: [BAD, FAILED], without: [organization.id] }
otps: { sms: { digits: 8, life: 5m, attempts: 5, binds: [user.id], text: sms } }
messages: { en: { sms: "Your code is {{ otp.code }}." } }
"""


def large(endpoints):
    lines = [HEAD, "endpoints:"]
    for at in range(endpoints):
        does = ["find_user", "send_otp", "verify_otp"][at % 3]
        lines.append(f"  call_{at}: {{ about: Does something., route: POST /call/{at}, does: {does} }}")
    lines += ["payloads:", "  Failure: { code: error.code }"]
    for at in range(endpoints):
        asked = ["user: user.id", "user: user.id", "id: otp.id, code: otp.code, user: user.id"][at % 3]
        told = ["name: optional user.given_name", "id: otp.id", "tries: optional otp.attempts"][at % 3]
        more = ", ".join(f"extra{number}: {{ as: text, max: 40, optional: true }}" for number in range([3, 3, 1][at % 3]))
        lines.append(f"  Call{at}Request: {{ {asked}, {more} }}")
        lines.append(f"  Call{at}Response: {{ {told} }}")
    return "\n".join(lines) + "\n"


def cost(binary, arguments, folder):
    """Processor seconds and most memory in KiB of one run."""
    os.chdir(folder)
    # Not forked: the time of a copy of this interpreter, until it is another program, would count.
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(binary, [binary, *arguments], os.environ, file_actions=quiet)
    _, status, used = os.wait4(pid, 0)
    os.chdir("/")
    if status != 0:
        sys.exit(f"{binary} {' '.join(arguments)} ends with {status >> 8}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def middle(runs):
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs)


def shipped(binary, scratch):
    folder = pathlib.Path(scratch) / "shipped"
    for part in ("definitions", "examples"):
        keep = shutil.ignore_patterns("generated", "target", "tests")
        shutil.copytree(ROOT / part, folder / part, ignore=keep)
    folders = [str(folder / "examples" / name) for name in SHIPPED]
    found = cost(binary, ["generate", *folders], folder)
    shutil.rmtree(folder)
    return found


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/countersign")
    given.add_argument("--against", type=pathlib.Path, help="another program, which takes turns over `shipped`")
    given.add_argument("--runs", type=int, default=11)
    given.add_argument("--sizes", default="10,100,1000")
    given = given.parse_args()
    binaries = [str(binary.resolve()) for binary in (given.binary, given.against) if binary]
    print(f"less memory cannot be seen: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f} MiB")
    with tempfile.TemporaryDirectory() as scratch:
        turns = [[shipped(binary, scratch) for binary in binaries] for _ in range(given.runs)]
        middles = [middle(runs) for runs in zip(*turns)]
        for binary, (seconds, memory) in zip(binaries, middles):
            print(f"shipped: {seconds * 1000:.0f} ms, {memory / 1024:.1f} MiB ({binary})")
        if given.against:
            print(f"ratio: {middles[0][0] / middles[1][0]:.2f}")
        for size in map(int, given.sizes.split(",")):
            found = []
            for _ in range(max(3, given.runs * 10 // max(size, 10))):
                folder = pathlib.Path(scratch) / "large"
                folder.mkdir()
                (folder / "adapter.yaml").write_text(large(size))
                found.append(cost(binaries[0], ["generate", "."], folder))
                shutil.rmtree(folder)
            seconds, memory = middle(found)
            each = seconds * 1e6 / size
            print(f"{size} endpoints: {seconds * 1000:.0f} ms, {memory / 1024:.1f} MiB, {each:.0f} µs for each")


if __name__ == "__main__":
    main()
