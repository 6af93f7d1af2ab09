#!/usr/bin/env python3
"""Prints what an adapter is built from, as CycloneDX 1.5 in JSON: every crate with its version, licence, source and hash,
and which needs which. Reads Cargo.lock and `cargo metadata`; the same tree gives the same bytes.

    scripts/sbom.py example-powerauth-data-adapter [--features countersign-runtime/postgres] > adapter.cdx.json
"""

import argparse
import json
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def metadata(features):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"]
    if features:
        command += ["--features", features]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


def hashes():
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    return {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}


def built(package, features):
    """Names and versions of what the program is built from. The metadata has crates too that only other features need."""
    command = ["cargo", "tree", "--locked", "-p", package, "-e", "normal,build", "--prefix", "none", "-f", "{p}"]
    command += ["--target", "x86_64-unknown-linux-gnu"] + (["--features", features] if features else [])
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {(line.split()[0], line.split()[1].removeprefix("v")) for line in lines if line.strip()}


def needs(node, used):
    kinds = lambda dep: {kind["kind"] for kind in dep["dep_kinds"]}
    return [dep["pkg"] for dep in node["deps"] if kinds(dep) & {None, "build"} and dep["pkg"] in used]


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums):
    made = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
        "licenses": [{"expression": package["license"].replace("/", " OR ")}] if package["license"] else [],
    }
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("--features", default="")
    said = parser.parse_args()
    tree = metadata(said.features)
    packages = {package["id"]: package for package in tree["packages"]}
    nodes = {node["id"]: node for node in tree["resolve"]["nodes"]}
    root = next(package for package in tree["packages"] if package["name"] == said.package)
    wanted = built(said.package, said.features)
    used = [one for one, package in packages.items() if (package["name"], package["version"]) in wanted]
    used.sort(key=lambda one: reference(packages[one]))
    checksums = hashes()
    print(json.dumps({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**component(root, checksums), "type": "application"}},
        "components": [component(packages[one], checksums) for one in used if one != root["id"]],
        "dependencies": [
            {"ref": reference(packages[one]), "dependsOn": sorted({reference(packages[to]) for to in needs(nodes[one], used)})}
            for one in used
        ],
    }, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
