#!/usr/bin/env python3
"""Which part of a request's instructions goes into which safety measure, by callgrind.

    cargo build --release -p countersign-benches --bin bench
    CARGO_PROFILE_RELEASE_STRIP=none cargo build --release -p example-powerauth-data-adapter --target-dir target/symbols
    scripts/safety_cost.py --server target/symbols/release/example-powerauth-data-adapter    # needs valgrind; a minute
    scripts/safety_cost.py --files FOLDER               # files that `bench … instructions --keep FOLDER` left
    scripts/safety_cost.py --files FOLDER --top 40      # the costliest functions: where a pattern below finds nothing

A measure is a set of functions, by patterns of their names, with all that they call; what others call too, a copy or an
allocation, counts by the part of its calls that comes from there. Functions that the compiler put into their callers are not seen, so
each figure is *at least*. A measure may call another one (the audit record is bound by a MAC): rows overlap, and `any of them`
counts each instruction once. SHA-256 is counted in software; outside of callgrind the processor has instructions for it where it
can, so its part is smaller there.
"""
import argparse, collections, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENDPOINTS = ["lookup", "sms-create", "sms-verify"]
OURS = r"^countersign_runtime::"
# At the beginning of a name: a type in its middle says only what it was compiled for.
MEASURES = {
    "body asked before it is read (UTF-8, depth, names twice, numbers, U+0000)": [
        OURS + r"wire::tape::Tape::of\b",
        OURS + r"wire::tape::scan::",
    ],
    "MACs and hashes": [
        OURS + r"crypto::mac::",
        r"^sha2::",
        r"^hmac::",
        r"^digest::",
    ],
    "of them SHA-256 itself, in software": [
        r"^sha2::.*compress256",
    ],
    "audit record and chain": [
        OURS + r"context::audit_writer::",
        OURS + r"store::chain::",
        OURS + r"behaviours::.*(lookup|draft|settled|code|::)_?entry\b",
    ],
    "code bound to operation and user": [
        OURS + r"behaviours::codes::binding::",
    ],
    "attempts counted, lockouts, disclosures counted, limits of sending": [
        OURS + r"behaviours::(attempts::|users::disclosures::|codes::send::rate_limits::)",
    ],
    "bank's code on threads of its own (slots, deadlines), with what the demo bank does": [
        OURS + r"hooks::(executor|call|breaker)\b",
        OURS + r"hooks::threads::HookThreads::(push|hurry)",
    ],
    "log line and spans": [
        OURS + r"telemetry::log::(fields|layer|lines::Lines::push)",
        r"^tracing::span::",
        r"^<?tracing_(core|subscriber)::",
        OURS + r"edge::request::span_of",
        r"^core::ptr::drop_in_place<tracing::span::Span>",
        r"^<countersign_runtime::telemetry::log::",
    ],
    "secrets kept out of log and panics, and body and tape wiped": [
        OURS + r"telemetry::scrub::",
        r"^<?zeroize::",
        r"^core::ptr::drop_in_place<[^<]*\b(Secret|Zeroizing|Tape)\b",
    ],
    "ids of requests and codes": [
        r"^uuid::",
        OURS + r"edge::request::(chosen|answered_id)",
        OURS + r"behaviours::codes::token::",
        r"^<?getrandom::",
        r"^<?rand(_core)?::",
        r"^<?chacha20::",
    ],
    "limits, admission, progress and deadlines of connections": [
        OURS + r"edge::(limits|callers|connections|phase|progress|transport|under_way|sampler|source)\b",
        OURS + r"edge::request::Edge::admit",
    ],
    "decoys, and answers that take as long": [
        OURS + r"behaviours::.*decoy",
        OURS + r"latency::",
    ],
}


def read(file):
    """Instructions of a file: of each function by itself, and of calls by (caller, callee)."""
    own, arcs, names = collections.Counter(), collections.Counter(), {}

    def name(text):
        found = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if found and found.group(2):
            names[found.group(1)] = re.sub(r"'\d+$", "", found.group(2))
        return names[found.group(1)] if found else text

    function = callee = None
    is_call = False
    for line in file.read_text().splitlines():
        if line.startswith("fn="):
            function = name(line[3:])
        elif line.startswith("cfn="):
            callee = name(line[4:])
        elif line.startswith("calls="):
            is_call = True
        elif function and line[:1] in "+-*0123456789" and " " in line:
            cost = int(line.split()[-1])
            if is_call:
                arcs[function, callee] += cost
            else:
                own[function] += cost
            is_call = False
    return own, arcs


def share(own, arcs, inside):
    """Instructions of the functions inside and of what they call."""
    callers = collections.defaultdict(list)
    for (caller, callee), cost in arcs.items():
        # What a thread does is not what it costs to start one.
        if caller != callee and not re.match(r"(clone3?|start_thread)$", callee):
            callers[callee].append((caller, cost))
    parts = {function: float(inside(function)) for function in own | dict.fromkeys(callers, 0)}
    outside = [(function, callers[function]) for function, part in parts.items() if not part and callers[function]]
    for _ in range(100):
        moved = 0.0
        for function, called_by in outside:
            whole = sum(cost for _, cost in called_by)
            part = sum(parts.get(caller, 0.0) * cost for caller, cost in called_by) / whole if whole else 0.0
            moved, parts[function] = max(moved, abs(part - parts[function])), part
        if moved < 1e-6:
            break
    return sum(cost * parts[function] for function, cost in own.items())


def table(files, requests):
    total = {}
    cells = collections.defaultdict(dict)
    for endpoint, file in files.items():
        own, arcs = read(file)
        total[endpoint] = sum(own.values())
        sets = {name: re.compile("|".join(patterns)) for name, patterns in MEASURES.items()}
        for name, pattern in sets.items():
            cells[name][endpoint] = share(own, arcs, lambda function: bool(pattern.search(function)))
        cells["any of them"][endpoint] = share(own, arcs, lambda function: any(p.search(function) for p in sets.values()))
    print(f"| thousand instructions a request, at least | {' | '.join(files)} |")
    print("|---|" + "---:|" * len(files))
    for name, costs in cells.items():
        shown = [f"{cost / 1000 / requests:.1f} ({cost / total[endpoint]:.0%})" for endpoint, cost in costs.items()]
        print(f"| {name} | {' | '.join(shown)} |")
    print(f"| the request | {' | '.join(f'{total[endpoint] / 1000 / requests:.1f}' for endpoint in files)} |")


def top(files, requests, count):
    for endpoint, file in files.items():
        own, arcs = read(file)
        inclusive = collections.Counter(own)
        for (caller, callee), cost in arcs.items():
            if caller != callee:
                inclusive[caller] += cost
        print(f"{endpoint}: thousand instructions with what is called, and by itself")
        for function, cost in inclusive.most_common(count):
            print(f"  {cost / 1000 / requests:8.1f} {own[function] / 1000 / requests:8.1f}  {function[:160]}")


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--server", type=pathlib.Path, help="a release build of the PowerAuth example with symbols")
    given.add_argument("--bench", type=pathlib.Path, default=ROOT / "target/release/bench")
    given.add_argument("--files", type=pathlib.Path)
    given.add_argument("--requests", type=int, default=1000, help="that the files are of")
    given.add_argument("--top", type=int)
    given = given.parse_args()
    if bool(given.server) == bool(given.files):
        sys.exit("either --server or --files")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.files or pathlib.Path(scratch)
        if given.server:
            wanted = [part for endpoint in ENDPOINTS for part in ("--endpoint", endpoint)]
            asked = ["--server", f"ours={given.server}", "--requests", str(given.requests), "--connections", "1", *wanted]
            subprocess.run([given.bench, *asked, "instructions", "--keep", folder], check=True, stdout=subprocess.DEVNULL)
        files = {endpoint: folder / f"ours-{endpoint}.callgrind" for endpoint in ENDPOINTS}
        if given.top:
            top(files, given.requests, given.top)
        else:
            table(files, given.requests)


if __name__ == "__main__":
    main()
