#!/usr/bin/env python3
"""What `countersign check` costs where something is wrong: the search for the line of a tailoring that causes it.

    cargo build --release -p countersign && scripts/check_cost.py       # needs Python 3 on Linux
    scripts/check_cost.py --runs 5 --lines 10,100,1000 --binary target/release/countersign

`mistakes` are the folders of `generator/tests/mistakes`, each once, with the slowest three. `removes` is a tailoring of
PowerAuth that takes so many of its fields away; `long` extends a definition of so many endpoints, and takes a field of each
tenth away. Each figure is the middle of so many runs in processor time.
"""
import argparse, os, pathlib, re, statistics, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from generate_cost import ROOT, large


def seconds(binary, folder):
    """Processor time of one run, and how it ended."""
    pid = os.fork()
    if pid == 0:
        os.chdir(ROOT / "generator")
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execv(binary, [binary, "check", str(folder)])
    _, status, used = os.wait4(pid, 0)
    if status >> 8 not in (0, 1, 2):
        sys.exit(f"{binary} check {folder} ends with {status >> 8}")
    return used.ru_utime + used.ru_stime


def middle(binary, folder, runs):
    return statistics.median(seconds(binary, folder) for _ in range(runs))


def fields():
    """Payload and field of PowerAuth's requests and responses."""
    payload = None
    for line in (ROOT / "definitions/powerauth-data-adapter/payloads.yaml").read_text().splitlines():
        if named := re.match(r"  (\w+):$", line):
            payload = named.group(1)
        elif (field := re.match(r"    (\w+): ", line)) and payload and payload.endswith(("Request", "Response")):
            yield payload, field.group(1)


def removes(count):
    by_payload = {}
    for payload, field in list(fields())[:count]:
        by_payload.setdefault(payload, []).append(field)
    lines = [f"  {payload}: {{ {', '.join(f'{field}: null' for field in all)} }}" for payload, all in by_payload.items()]
    return "extends: powerauth-data-adapter\nadapter: mine\npayloads:\n" + "\n".join(lines) + "\n"


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--binary", default=str(ROOT / "target/release/countersign"))
    given.add_argument("--runs", type=int, default=5)
    given.add_argument("--lines", default="1,10,60")
    given.add_argument("--sizes", default="10,100,1000")
    given = given.parse_args()
    # One of them is only whole once its file is repeated.
    folders = [one for one in sorted((ROOT / "generator/tests/mistakes").iterdir()) if not (one / "repeat.txt").exists()]
    took = sorted(((middle(given.binary, folder, given.runs), folder.name) for folder in folders), reverse=True)
    slowest = ", ".join(f"{name} {each * 1000:.0f} ms" for each, name in took[:3])
    print(f"mistakes: {len(took)}, middle {statistics.median(each for each, _ in took) * 1000:.0f} ms; slowest: {slowest}")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for count in map(int, given.lines.split(",")):
            (scratch / "adapter.yaml").write_text(removes(count))
            print(f"removes {count}: {middle(given.binary, scratch, given.runs) * 1000:.0f} ms")
        (scratch / "base").mkdir()
        for size in map(int, given.sizes.split(",")):
            (scratch / "base/adapter.yaml").write_text(large(size))
            gone = "\n".join(f"  Call{at}Request: {{ user: null }}" for at in range(0, size, 10))
            (scratch / "adapter.yaml").write_text(f"extends: ./base\nadapter: mine\npayloads:\n{gone}\n")
            print(f"long {size}: {middle(given.binary, scratch, max(1, given.runs * 10 // size)) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
