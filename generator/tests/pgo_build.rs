//! The script with which a new crate is built by profile: in which order it builds, starts, asks and merges, and what it says where
//! something is missing. Compiler, program and `countersign` are stood in for; that it pays is measured in docs/benchmarks.md.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::process::Command;

use bench::Bench;

/// Stands in for a compiler whose tools are in `lib/../bin`.
const RUSTC: &str = r#"case "$1" in --print) echo "$TOOLS/lib" ;; -vV) echo "host: here" ;; esac"#;

/// Notes how it is called, and makes a program of the crate's `program`.
const CARGO: &str = r#"echo "cargo:$RUSTFLAGS $*" >> "$TOOLS/calls"
mkdir -p target/here/release target/pgo
cp program target/here/release/bank && chmod +x target/here/release/bank"#;

const PROFDATA: &str = r#"echo "merge $(cat "$4"/*.profraw)" >> "$TOOLS/calls""#;

/// An answer that deviates.
const CONFORM: &str = r#"echo "$1 $3 $4" >> "$TOOLS/calls"; exit 6"#;

/// Counts once it is told to end.
const PROGRAM: &str = r#"#!/bin/sh
trap 'echo counted > target/pgo/1.profraw; exit 0' TERM
echo "listening on http://127.0.0.1:1"
while :; do sleep 0.05; done"#;

/// A new crate beside tools that stand in.
fn bench() -> Bench {
    let bench = Bench::empty();
    let made = bench.run(&["new", "bank", "--extends", "powerauth-data-adapter", "--runtime", "0.1.0"]);
    assert_eq!(made.code, 0, "{made:?}");
    bench.put("tools/lib/.here", "");
    let tools = [("rustc", RUSTC), ("cargo", CARGO), ("bin/llvm-profdata", PROFDATA), ("countersign", CONFORM)];
    for (name, text) in tools {
        bench.put(&format!("tools/{name}"), &format!("#!/bin/sh\n{text}\n"));
        Command::new("chmod").arg("+x").arg(bench.path(&format!("tools/{name}"))).status().unwrap();
    }
    bench.put("bank/program", PROGRAM);
    bench
}

/// Runs the script: its exit code, what it printed, and what it called.
fn built(bench: &Bench) -> (i32, String, Vec<String>) {
    let tools = bench.path("tools");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let mut script = Command::new("bash");
    script.arg("pgo-build.sh").args(["--features", "f"]).current_dir(bench.path("bank"));
    script.env_remove("CARGO_TARGET_DIR").env("RUSTFLAGS", "-Cown").env("PATH", path).env("TOOLS", &tools);
    let run = script.output().unwrap();
    let calls = std::fs::read_to_string(bench.path("tools/calls")).unwrap_or_default();
    let said = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    (run.status.code().unwrap(), said, calls.lines().map(str::to_owned).collect())
}

#[test]
fn it_is_built_asked_and_built_again_by_what_ran() {
    let bench = bench();
    let (code, said, calls) = built(&bench);
    let target = bench.path("bank/target").canonicalize().unwrap();
    let profile = target.join("pgo").display().to_string();
    let cargo = "build --release --locked --target here --features f";
    let asked = "conform --url http://127.0.0.1:1".to_owned();
    let expected = [
        format!("cargo:-Cown -Cprofile-generate={profile} {cargo}"),
        asked.clone(),
        asked.clone(),
        asked,
        "merge counted".to_owned(),
        format!("cargo:-Cown -Cprofile-use={profile}/merged.profdata {cargo}"),
    ];
    assert_eq!((code, calls.as_slice()), (0, expected.as_slice()), "{said}");
    assert_eq!(said.lines().last(), target.join("here/release/bank").to_str(), "{said}");
}

#[test]
fn it_says_what_is_missing() {
    let without_tools = bench();
    std::fs::remove_file(without_tools.path("tools/bin/llvm-profdata")).unwrap();
    let (code, said, calls) = built(&without_tools);
    assert!(code == 1 && said.contains("rustup component add llvm-tools") && calls.is_empty(), "{code}: {said}");

    let without_start = bench();
    without_start.put("bank/program", "#!/bin/sh\necho 'keys: there is none' >&2; exit 78");
    let (code, said, calls) = built(&without_start);
    assert!(code == 1 && said.contains("keys: there is none") && calls.len() == 1, "{code}: {said}");

    let without_answers = bench();
    without_answers.put("tools/countersign", "#!/bin/sh\necho 'nobody answers'; exit 2\n");
    let (code, said, calls) = built(&without_answers);
    assert!(code == 2 && said.contains("nobody answers") && calls.len() == 1, "{code}: {said}");
}
