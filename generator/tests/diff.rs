//! Changes that break somebody and changes that break nobody, between folders, built-in definitions and revisions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::process::Command;

use bench::{Bench, Run};
use serde_json::Value as Json;

/// The definition that servers are held to, without its examples.
fn old() -> &'static str {
    include_str!("conform/adapter.yaml").split("\nexamples:").next().unwrap()
}

fn between(old: &str, new: &str, more: &[&str]) -> Run {
    let bench = Bench::empty();
    bench.put("old/adapter.yaml", old);
    bench.put("new/adapter.yaml", new);
    bench.run(&[&["diff", "old", "new"], more].concat())
}

/// A planted change: what is replaced by what, whom it breaks, and a line of what is told.
const PLANTED: [(&str, &str, &[&str], &str); 18] = [
    ("route: POST /reader/find", "route: POST /reader/search", &["callers"], "endpoints: find: route"),
    ("max: 8", "max: 6", &["callers"], "payloads: FindRequest: userId: max: 8 -> 6"),
    ("max: 8", "max: 9", &[], "payloads: FindRequest: userId: max: 8 -> 9"),
    ("max: userId.long", "max: userId.tooLong", &["callers"], "userId.long -> userId.tooLong"),
    (
        "shelf: { as: Shelf, optional: true,",
        "shelf: { as: Shelf,",
        &["bank", "callers"],
        "payloads: FindRequest: shelf",
    ),
    ("    pages: {", "    floor: { as: integer, optional: true }\n    pages: {", &[], "+ payloads: FindRequest: floor"),
    ("    pages: {", "    floor: integer\n    pages: {", &["callers"], "+ payloads: FindRequest: floor"),
    ("    name: optional user.given_name\n", "", &["bank", "callers"], "- payloads: FindResponse: name"),
    (
        "    id: user.id\n",
        "    id: user.id\n    family: optional user.family_name\n",
        &[],
        "+ payloads: FindResponse: family",
    ),
    ("[FICTION, SCIENCE]", "[FICTION]", &["callers"], "- enums: Shelf: SCIENCE"),
    ("[FICTION, SCIENCE]", "[FICTION, SCIENCE, ART]", &[], "+ enums: Shelf: ART"),
    (
        "status: 404, for: [user.unknown]",
        "status: 410, for: [user.unknown]",
        &["callers"],
        "errors: UNKNOWN: status: 404 -> 410",
    ),
    // Whoever calls, hooks are told no more who it is.
    ("callers: bearer", "callers: { none: a test }", &["bank"], "callers: bearer -> none: a test"),
    ("nulls: send", "nulls: omit", &["callers"], "wire: nulls: send -> omit"),
    ("body_limit: 2KiB", "body_limit: 1KiB", &["callers"], "wire: body_limit: 2048 -> 1024"),
    ("title: Library Card", "title: Reader's Card", &[], "title: Library Card"),
    ("adapter: library-card", "adapter: reader-card", &["state"], "adapter: library-card -> reader-card"),
    ("\nerrors:", "\nsettings: { opening.hour: 9 }\nerrors:", &[], "+ settings: opening.hour: 9"),
];

#[test]
fn planted_changes_are_found_and_judged() {
    for (from, to, whom, told) in PLANTED {
        assert!(old().contains(from), "{from}");
        let new = old().replacen(from, to, 1);
        let run = between(old(), &new, &["--format", "json"]);
        assert_eq!(run.code, if whom.is_empty() { 0 } else { 5 }, "{told}: {}{}", run.out, run.err);
        let diff: Json = serde_json::from_str(&run.out).unwrap();
        let changes = diff["changes"].as_array().unwrap();
        assert!(changes.iter().any(|change| change["change"].as_str().unwrap().contains(told)), "{told}: {}", run.out);
        let mut broken: Vec<&str> = changes
            .iter()
            .flat_map(|change| change["breaks"].as_array().unwrap())
            .map(|breaks| breaks["who"].as_str().unwrap())
            .collect();
        broken.sort_unstable();
        broken.dedup();
        assert_eq!(broken, whom, "{told}: {}", run.out);
    }
}

#[test]
fn nothing_changed_where_nothing_did() {
    let run = between(old(), old(), &[]);
    assert_eq!((run.code, run.out.lines().next().unwrap()), (0, "nothing changed"), "{run:?}");
}

#[test]
fn old_and_new_value_stand_with_their_places() {
    let run = between(old(), &old().replacen("max: 8", "max: 6", 1), &[]);
    assert!(run.out.contains("~ payloads: FindRequest: userId: max: 8 -> 6 (new/adapter.yaml:"), "{}", run.out);
    assert!(run.out.contains("before at old/adapter.yaml:"), "{}", run.out);
    assert!(run.out.contains("callers: values that were taken may be refused"), "{}", run.out);
    assert!(
        run.out.ends_with("1 breaking (1 for callers, 0 for bank, 0 for state), 0 accepted, 0 not breaking\n"),
        "{}",
        run.out
    );
}

#[test]
fn a_change_that_is_accepted_with_a_reason_breaks_nothing() {
    let bench = Bench::empty();
    bench.put("old/adapter.yaml", old());
    bench.put("new/adapter.yaml", &old().replacen("max: 8", "max: 6", 1));
    let line = "~ payloads: FindRequest: userId: max: 8 -> 6";
    bench.put("new/accepted-changes.yaml", &format!("- change: \"{line}\"\n  reason: all numbers have six digits\n"));
    let run = bench.run(&["diff", "old", "new"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("accepted: all numbers have six digits"), "{}", run.out);
    // It is good for this change alone.
    bench.put("new/adapter.yaml", &old().replacen("max: 8", "max: 5", 1));
    let run = bench.run(&["diff", "old", "new"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.out.contains(&format!("accepted, and no change any more: {line}")), "{}", run.out);
    bench.put("new/accepted-changes.yaml", &format!("- change: \"{line}\"\n  reason: \"\"\n"));
    let run = bench.run(&["diff", "old", "new"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("has no reason"), "{}", run.err);
}

#[test]
fn built_in_definitions_are_compared_by_their_names() {
    let run = Bench::empty().run(&["diff", "powerauth-data-adapter", "powerauth-data-adapter-1"]);
    assert_eq!(run.code, 5, "{run:?}");
    for told in ["+ endpoints: init_method", "endpoints: lookup_user: when", "endpoints: verify_sms: does"] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
}

#[test]
fn a_revision_is_compared_with_the_folder_as_it_is() {
    let bench = Bench::empty();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(bench.root())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    bench.put("bank/adapter.yaml", old());
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    bench.put("bank/adapter.yaml", &old().replacen("max: 8", "max: 6", 1));
    for old in ["HEAD", "HEAD:bank"] {
        let run = bench.run(&["diff", old, "bank"]);
        assert_eq!(run.code, 5, "{run:?}");
        assert!(run.out.contains("max: 8 -> 6 (bank/adapter.yaml:"), "{}", run.out);
        assert!(run.out.contains("before at HEAD:bank/adapter.yaml:"), "{}", run.out);
    }
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "two"]);
    let run = bench.run(&["diff", "HEAD~1:bank", "HEAD:bank"]);
    assert_eq!(run.code, 5, "{run:?}");
    let run = bench.run(&["diff", "no-such-entity", "bank"]);
    assert_eq!(run.code, 2, "{run:?}");
    // Neither the files nor the index were touched.
    let status = Command::new("git").args(["status", "--short"]).current_dir(bench.root()).output().unwrap();
    assert_eq!(String::from_utf8(status.stdout).unwrap(), "");
}
