#!/usr/bin/env python3
"""How the generator's files hang together: who uses whom, circles, types whose methods lie in several files, lengths.

    scripts/structure.py                      # the working tree
    scripts/structure.py --at fc8aece         # a commit
    scripts/structure.py --of runtime/src     # another crate
    scripts/structure.py --arrows check       # every arrow inside a folder
    scripts/structure.py --rule starts_with   # the files that know a rule's word, in all crates and docs
    scripts/structure.py --of runtime/src --search "rate limit"   # the files that a newcomer finds by a word

Needs Python 3 and git. An arrow goes from a file to another one of the same crate that it names in a path, or a method
of which it calls that a type has there although its other methods lie elsewhere. A type is known by the file that
defines it, so two of the same name are two. What is called on `hooks` is the bank's. Tests at the end of files do not count.
"""
import argparse, collections, pathlib, re, subprocess, sys, tempfile


def sources(of, at):
    """Path below `of` -> text without comments and tests."""
    root = pathlib.Path(__file__).resolve().parent.parent
    if at:
        folder = tempfile.TemporaryDirectory()
        archive = subprocess.run(["git", "archive", at, of], cwd=root, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder.name], input=archive.stdout, check=True)
        root = pathlib.Path(folder.name)
    files = {}
    for path in sorted((root / of).rglob("*.rs")):
        name = str(path.relative_to(root / of))
        if not name.endswith("tests.rs"):
            files[name] = path.read_text()
    return files


def untested(text):
    """The text without the tests at its end."""
    return re.split(r"^#\[cfg\(test\)\]\s*\nmod ", text, maxsplit=1, flags=re.M)[0]


def code(text):
    """The text without tests, comments and what stands in quotes; lines stay where they are."""
    text = untested(text)
    text = re.sub(r"'(?:[^'\\\n]|\\[^\n])'", "' '", text)
    text = re.sub(r"pub\(in [^)]*\)", "pub", text)
    text = re.sub(r'r#"(?:.|\n)*?"#', lambda found: '""' + "\n" * found.group().count("\n"), text)
    def without(found):
        return '"' + "\n" * found.group().count("\n") + '"' if found.group().startswith('"') else ""
    return re.sub(r'"(?:[^"\\]|\\.)*"|//[^\n]*', without, text, flags=re.S)


def module(name):
    """`check/mod.rs` and `check.rs` are `check`."""
    parts = name[:-3].split("/")
    return tuple(parts[:-1] if parts[-1] in ("mod", "lib", "main") else parts)


def expanded(tree):
    """`a::{b, c::d}` -> a::b, a::c::d"""
    tree = re.sub(r"\s+", " ", tree).strip()
    open_at = tree.find("{")
    if open_at < 0:
        return [tree.split(" as ")[0].strip()]
    parts, depth, start = [], 0, open_at + 1
    for at in range(open_at, len(tree)):
        depth += {"{": 1, "}": -1}.get(tree[at], 0)
        if (tree[at] == "," and depth == 1) or (tree[at] == "}" and depth == 0):
            parts.append(tree[start:at])
            start = at + 1
    return [tree[:open_at] + one for part in parts if part.strip() for one in expanded(part)]


def paths(text):
    for tree in re.findall(r"\buse\s+([^;]+);", text):
        yield from expanded(tree)
    yield from re.findall(r"\b((?:crate|super)(?:::\w+)+)", re.sub(r"\buse\s+[^;]+;", "", text))


def resolved(path, here, modules):
    """The file that a path leads into."""
    parts = path.split("::")
    if parts[0] == "crate":
        at = parts[1:]
    elif parts[0] in ("super", "self"):
        base = list(here)
        while parts and parts[0] in ("super", "self"):
            base = base[:-1] if parts[0] == "super" else base
            parts = parts[1:]
        at = base + parts
    else:
        at = list(here) + parts
        if tuple(at[: len(here) + 1]) not in modules:
            return None
    at = [part.strip() for part in at]
    for end in range(len(at), 0, -1):
        if tuple(at[:end]) in modules:
            return modules[tuple(at[:end])]
    return None


def methods(text):
    """Type -> names, of what stands in inherent impls."""
    found = collections.defaultdict(set)
    for start in re.finditer(r"^impl(?:<[^>]*>)?\s+(\w+)(?:<[^{]*>)?\s*\{", text, flags=re.M):
        depth, at = 0, start.end() - 1
        while at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            if depth == 0:
                break
            at += 1
        found[start.group(1)].update(re.findall(r"\bfn\s+(\w+)", text[start.end() : at]))
    return found


def defined_in(ty, name, text, modules):
    """The file that defines a type of which a file has methods."""
    if re.search(rf"\b(?:struct|enum|union|trait)\s+{ty}\b", text):
        return name
    for path in paths(text):
        if path.split("::")[-1] == ty:
            return resolved(path, module(name), modules) or name
    return name


def functions(text):
    """Name and lines of each function."""
    for start in re.finditer(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+)*fn\s+(\w+)", text, flags=re.M):
        body = re.compile(r"[{;]").search(text, start.end())
        if not body or body.group() == ";":
            continue
        depth, at = 0, body.start()
        while at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            if depth == 0:
                break
            at += 1
        yield start.group(1), text.count("\n", start.start(), at) + 1


def circles(arrows):
    """Groups of files that lead to each other."""
    reach = {}
    for start in arrows:
        seen, todo = set(), [start]
        while todo:
            for other in arrows.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        reach[start] = seen
    groups = {frozenset(o for o in reach[one] if one in reach.get(o, ())) for one in reach if one in reach[one]}
    return sorted((sorted(group) for group in groups), key=len, reverse=True)


def places(word):
    """Files that have a word, outside of tests."""
    root = pathlib.Path(__file__).resolve().parent.parent
    for folder in ("generator/src", "macros/src", "runtime/src", "docs"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".rs", ".md") and re.search(rf"(?<!\.)\b{word}\b", untested(path.read_text())):
                yield str(path.relative_to(root))


def named(texts, word):
    """Files that have a word in their path or their head: those by their name first."""
    pattern = re.compile(re.escape(word).replace(r"\ ", "[ _-]"), flags=re.I)
    head = lambda text: "\n".join(line for line in text.split("\n") if line.startswith("//!"))
    by_name = [name for name in texts if pattern.search(name)]
    return by_name + [name for name, text in texts.items() if name not in by_name and pattern.search(head(text))]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--at", help="a commit; the working tree if it is not said")
    arguments.add_argument("--of", default="generator/src", help="the crate's sources")
    arguments.add_argument("--arrows", metavar="FOLDER", help="print every arrow inside this folder")
    arguments.add_argument("--rule", metavar="WORD", help="print the files that know this word")
    arguments.add_argument("--search", metavar="WORD", help="print the files that have this word in their name or head")
    given = arguments.parse_args()
    if given.rule:
        found = list(places(given.rule))
        print(f"files that know `{given.rule}`: {len(found)}: {', '.join(found)}")
        return
    texts = sources(given.of, given.at)
    if given.search:
        found = named(texts, given.search)
        print(f"files that a search for `{given.search}` finds: {len(found)}: {', '.join(found)}")
        return
    stripped = {name: code(text) for name, text in texts.items()}
    modules = {module(name): name for name in texts}
    arrows = collections.defaultdict(set)
    for name, text in stripped.items():
        for path in paths(text):
            other = resolved(path, module(name), modules)
            if other and other != name:
                arrows[name].add(other)
    owners = collections.defaultdict(dict)
    spread = collections.defaultdict(set)
    own = {name: {} for name in stripped}
    for name, text in stripped.items():
        for ty, names in methods(text).items():
            key = (ty, defined_in(ty, name, text, modules))
            own[name][key] = names
            spread[key].add(name)
            owners[key].update(dict.fromkeys(names, name))
    for ty, files in spread.items():
        if len(files) < 2:
            continue
        for name, text in stripped.items():
            for called in set(re.findall(r"(?<!\bhooks)\.(\w+)\(", text)):
                owner = owners[ty].get(called)
                near = name in files or any(name.split("/")[0] == other.split("/")[0] for other in files)
                if owner and owner != name and near and called not in own[name].get(ty, ()):
                    arrows[name].add(owner)
    if given.arrows:
        inside = lambda name: name.startswith(given.arrows + "/")
        for name in sorted(filter(inside, arrows)):
            print(f"{name} -> {', '.join(sorted(filter(inside, arrows[name])))}")
        return
    lines = {name: text.count("\n") for name, text in texts.items()}
    print(f"{given.of} at {given.at or 'the working tree'}: {len(texts)} files, {sum(lines.values())} lines")
    print(f"arrows between files: {sum(map(len, arrows.values()))}")
    for folder in sorted({name.split("/")[0] for name in texts if "/" in name}):
        inside = {n: {o for o in os if o.startswith(folder + "/")} for n, os in arrows.items() if n.startswith(folder + "/")}
        of_folder = [group for group in circles(inside) if len(group) > 1]
        sizes = ", ".join(f"{len(group)} files" for group in of_folder) or "none"
        print(f"  inside {folder}/: {sum(map(len, inside.values()))} arrows, circles: {sizes}")
    for group in circles(arrows):
        if len(group) > 1:
            print(f"circle of {len(group)} files: {', '.join(group)}")
    for ty, files in sorted(spread.items(), key=lambda one: -len(one[1])):
        if len(files) > 2:
            print(f"methods of {ty[0]}: {len(owners[ty])} in {len(files)} files")
    longest = sorted(lines.items(), key=lambda one: -one[1])[:3]
    print("longest files: " + ", ".join(f"{name} {count}" for name, count in longest))
    all_functions = [(count, f, name) for name, text in stripped.items() for f, count in functions(text)]
    print("longest functions: " + ", ".join(f"{f} ({name}) {count}" for count, f, name in sorted(all_functions, reverse=True)[:3]))


if __name__ == "__main__":
    sys.exit(main())
