//! Versions of a crate: what names them, what refuses another one, and what brings them together again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::fs;

use bench::{Bench, TINY};

const NEW: [&str; 4] = ["new", "bank", "--extends", "powerauth-data-adapter"];

/// A crate whose runtime is an older one.
fn older() -> Bench {
    let bench = Bench::empty();
    assert_eq!(bench.run(&NEW).code, 0);
    let list = bench.read("bank/vendor/.manifest").replace(env!("CARGO_PKG_VERSION"), "0.0.9");
    let gone = "bank/vendor/runtime/src/gone.rs";
    bench.put(gone, "// was there\n");
    let lib =
        bench.read("bank/vendor/runtime/src/lib.rs").replace("//! What a generated", "//! What an older generated");
    let hash = |text: &str| countersign::write::hash(text);
    let path = "runtime/src/lib.rs";
    let lines = list.lines().map(|line| match line.ends_with(path) {
        true => format!("{}  {path}\n", hash(&lib)),
        false => format!("{line}\n"),
    });
    let list: String = lines.chain([format!("{}  runtime/src/gone.rs\n", hash("// was there\n"))]).collect();
    bench.put("bank/vendor/.manifest", &list);
    bench.put("bank/vendor/runtime/src/lib.rs", &lib);
    bench
}

#[test]
fn another_runtime_is_refused_until_the_crate_is_upgraded() {
    let bench = older();
    for arguments in [&["generate", "bank"][..], &["generate", "bank", "--check"]] {
        let run = bench.run(arguments);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.err.contains("0.0.9") && run.err.contains("countersign upgrade bank"), "{run:?}");
    }
    let run = bench.run(&["upgrade", "bank"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("bank/vendor: 2 files written, 1 removed") && run.out.contains("to do:"), "{run:?}");
    assert!(!bench.path("bank/vendor/runtime/src/gone.rs").exists());
    assert!(bench.read("bank/vendor/runtime/src/lib.rs").starts_with("//! What a generated"));
    assert_eq!(bench.run(&["generate", "bank", "--check"]).code, 0);
    assert!(bench.run(&["upgrade", "bank"]).out.contains("is that of countersign"), "there is nothing left to do");
}

#[test]
fn an_edited_runtime_is_not_lost() {
    let bench = older();
    bench.put("bank/vendor/runtime/src/lib.rs", "// mine\n");
    let run = bench.run(&["upgrade", "bank"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("runtime/src/lib.rs") && run.err.contains("nothing was changed"), "{run:?}");
    assert_eq!(bench.read("bank/vendor/runtime/src/lib.rs"), "// mine\n");
}

#[test]
fn an_edited_runtime_of_this_version_is_refused() {
    let bench = Bench::empty();
    assert_eq!(bench.run(&NEW).code, 0);
    bench.put("bank/vendor/runtime/src/lib.rs", "// mine\n");
    for arguments in [&["generate", "bank"][..], &["generate", "bank", "--check"]] {
        let run = bench.run(arguments);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.err.contains("`bank/vendor/runtime/src/lib.rs` was edited by hand"), "{run:?}");
    }
    fs::remove_file(bench.path("bank/vendor/runtime/src/lib.rs")).unwrap();
    let run = bench.run(&["generate", "bank"]);
    assert!(run.code == 3 && run.err.contains("runtime/src/lib.rs` is missing"), "{run:?}");
    assert_eq!(bench.run(&["upgrade", "bank"]).code, 0);
    assert_eq!(bench.run(&["generate", "bank", "--check"]).code, 0);
    // A checkout may end lines otherwise.
    let lib = bench.read("bank/vendor/runtime/src/lib.rs").replace('\n', "\r\n");
    bench.put("bank/vendor/runtime/src/lib.rs", &lib);
    assert_eq!(bench.run(&["generate", "bank", "--check"]).code, 0);
    assert_eq!(bench.run(&["upgrade", "bank"]).code, 0);
}

#[test]
fn edited_code_is_called_so_by_a_pipeline_too() {
    let bench = Bench::with(TINY);
    bench.run(&["generate"]);
    bench.put("src/generated/api.rs", "// mine\n");
    let run = bench.run(&["generate", "--check"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.contains("api.rs is stale") && run.err.contains("api.rs was edited by hand"), "{run:?}");
    bench.run(&["generate"]);
    bench.put("src/generated/mine.rs", "// mine\n");
    let run = bench.run(&["generate", "--check"]);
    assert!(
        run.code == 3 && !run.out.contains("removed") && run.err.contains("mine.rs is no generated file"),
        "{run:?}"
    );
}

#[test]
fn code_of_another_version_is_told() {
    let bench = Bench::with(TINY);
    bench.run(&["generate"]);
    let manifest = bench.read("src/generated/.manifest");
    let first = format!("# countersign {}\n", env!("CARGO_PKG_VERSION"));
    assert!(manifest.starts_with(&first), "{manifest}");
    bench.put("src/generated/.manifest", &manifest.replacen(&first, "# countersign 0.0.9\n", 1));
    let run = bench.run(&["generate", "--check"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains("src/generated was written by countersign 0.0.9"), "{run:?}");
    assert_eq!(bench.run(&["generate"]).code, 0);
}

#[test]
fn a_lock_file_with_another_runtime_is_refused() {
    let bench = Bench::with(TINY);
    bench.put("Cargo.lock", "[[package]]\nname = \"countersign-runtime\"\nversion = \"9.4.1\"\n");
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("uses countersign-runtime 9.4.1"), "{run:?}");
}

#[test]
fn a_template_of_ones_own_is_pinned_to_what_it_replaces() {
    let bench = Bench::with(TINY);
    let run = bench.run(&["template", ".", "rust/mod.rs.j2"]);
    assert_eq!(run.code, 0, "{run:?}");
    let own = bench.read("templates/rust/mod.rs.j2");
    assert_eq!(bench.run(&["show", "templates", "rust/mod.rs.j2"]).out, own);
    bench.put(
        "templates/rust/mod.rs.j2",
        &own.replace("//! Generated by countersign", "//! Ours.\n//! Generated by countersign"),
    );
    assert_eq!(bench.run(&["generate"]).code, 0);
    assert!(bench.read("src/generated/mod.rs").contains("//! Ours.\n"));
    assert_eq!(bench.run(&["generate", "--check"]).code, 0);

    let pins = bench.read("templates/.pins");
    assert!(pins.ends_with("  rust/mod.rs.j2\n") && pins.len() > 66, "{pins}");
    bench.put("templates/.pins", &pins.replacen(|digit: char| digit.is_ascii_hexdigit(), "x", 1));
    let run = bench.run(&["generate", "--check"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("replaces a template that has changed since"), "{run:?}");
    assert_eq!(bench.run(&["template", ".", "rust/mod.rs.j2"]).code, 0);
    assert!(bench.read("templates/rust/mod.rs.j2").contains("//! Ours.\n"), "it is not copied over the edited one");
    assert_eq!(bench.run(&["generate", "--check"]).code, 0);
    assert_eq!(bench.read("templates/.pins"), pins);
}

#[test]
fn a_template_that_there_is_none_of_is_refused() {
    let bench = Bench::with(TINY);
    bench.put("templates/rust/ap.rs.j2", "");
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("did you mean `rust/api.rs.j2`?"), "{run:?}");
}

#[test]
fn shells_and_man_know_every_command() {
    let bench = Bench::empty();
    let script = bench.run(&["completions", "bash"]);
    let page = bench.run(&["man"]);
    for command in ["new", "generate", "conform", "upgrade", "completions"] {
        assert!(script.out.contains(command) && page.out.contains(command), "{command}");
    }
    assert_eq!(bench.run(&["man", "pages"]).code, 0);
    assert!(fs::read_dir(bench.path("pages")).unwrap().count() > 12);
    assert!(bench.run(&["--help"]).out.contains("Examples:"));
}
