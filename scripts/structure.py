#!/usr/bin/env python3
"""Counts how the generator's source hangs together: modules that import each other, types with methods in many files,
lines, the longest functions, and the files that know a rule's word. `scripts/structure.py [FOLDER [RULE]]`."""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "generator/src")
RULE = sys.argv[2] if len(sys.argv) > 2 else "one_of"


def code(path):
    """The source without its tests."""
    return path.read_text().split("#[cfg(test)]\nmod tests {")[0]


def module(path):
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return "::".join(parts[:-1] if parts[-1] == "mod" else parts) or "lib"


def imports(name, text, names):
    """Modules that a file names by `crate::` or `super::`."""
    found = set()
    flat = re.sub(r"\s+", " ", text)
    for start, path in re.findall(r"\b(crate|super)::([a-z_]+(?:::[a-z_]+)*)", flat):
        parent = name.rsplit("::", 1)[0] if "::" in name else ""
        full = path if start == "crate" else f"{parent}::{path}".strip(":")
        while full:
            if full in names and full != name:
                found.add(full)
                break
            full = full.rpartition("::")[0]
    return found


def circles(arrows):
    """Strongly connected groups of more than one module (Tarjan)."""
    index, low, stack, on, groups = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on.add(node)
        for other in arrows[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while True:
                last = stack.pop()
                on.discard(last)
                group.append(last)
                if last == node:
                    break
            if len(group) > 1:
                groups.append(sorted(group))

    sys.setrecursionlimit(10_000)
    for node in list(arrows):
        if node not in index:
            visit(node)
    return groups


def functions(text):
    """Name and length of each function."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        head = re.match(r"( *)(?:pub(?:\([a-z ]+\))? )?(?:const |async )*fn (\w+)", line)
        if head:
            end = next((n for n in range(at, len(lines)) if lines[n] == head[1] + "}"), None)
            if end is not None:
                yield head[2], end - at + 1


files = sorted(path for path in ROOT.rglob("*.rs") if path.name != "tests.rs")
texts = {module(path): code(path) for path in files}
arrows = {name: imports(name, text, texts) for name, text in texts.items()}
owners = defaultdict(set)
for name, text in texts.items():
    for owner in re.findall(r"^impl(?:<[^>]*>)? (\w+)", text, re.M):
        owners[owner].add(name)
longest = sorted(((length, f"{name}::{fn}") for name, text in texts.items() for fn, length in functions(text)), reverse=True)

print(f"files {len(files)}, lines {sum(text.count(chr(10)) for text in texts.values())}")
inside = [(a, b) for a, all in arrows.items() for b in all if a.startswith("check") and b.startswith("check::")]
print(f"arrows inside check: {len(inside)}")
for group in circles(arrows):
    print(f"circle of {len(group)}: {', '.join(group)}")
for owner, where in sorted(owners.items(), key=lambda one: -len(one[1]))[:3]:
    print(f"methods of {owner} in {len(where)} files")
for length, name in longest[:3]:
    print(f"{length} lines: {name}")
root = ROOT.parent.parent
known = [p for part in ["generator/src", "macros/src", "runtime/src", "docs"] for p in sorted((root / part).rglob("*")) if p.suffix in (".rs", ".md")]
places = [str(p.relative_to(root)) for p in known if re.search(rf"\b{RULE}\b", code(p) if p.suffix == ".rs" else p.read_text())]
print(f"files that know the rule `{RULE}`: {len(places)}: {', '.join(places)}")
