//! The table of rules in `docs/security.md`: every rule stands there once, and the files and tests that are named are there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]

use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A row: its rule's number, where it is built, what holds it, and what differs.
struct Row {
    number: usize,
    built: Vec<String>,
    held: Vec<String>,
    differs: String,
}

/// What stands between backticks.
fn named(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows(document: &str) -> Vec<Row> {
    let table = document.split("## Rules and their tests").nth(1).unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| S")?.trim_end_matches('|').split(" | ").collect();
        let number = cells[0].trim().parse().ok()?;
        let differs = cells.get(4).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        Some(Row { number, built: named(cells[2]), held: named(cells[3]), differs })
    });
    rows.collect()
}

/// What is wrong with a table.
fn mistakes(document: &str) -> Vec<String> {
    let (rows, mut mistakes) = (rows(document), Vec::new());
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    if numbers != (1..=55).collect::<Vec<_>>() {
        mistakes.push(format!("the rules are {numbers:?}"));
    }
    for Row { number, built, held, differs } in rows {
        if built.is_empty() || (held.is_empty() && differs.is_empty()) {
            mistakes.push(format!("S{number} says neither what holds it nor why nothing does"));
        }
        for file in built.iter().filter(|file| !root().join(file).is_file()) {
            mistakes.push(format!("S{number}: there is no `{file}`"));
        }
        for test in &held {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
            if name.is_empty() || !is_test(&text, name) {
                mistakes.push(format!("S{number}: there is no test `{test}`"));
            }
        }
    }
    mistakes
}

/// True if a file has a test of this name.
fn is_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.contains(&format!("fn {name}(")));
    at.is_some_and(|at| {
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|line| line.contains("test"))
    })
}

fn document() -> String {
    std::fs::read_to_string(root().join("docs/security.md")).unwrap()
}

#[test]
fn every_rule_names_files_and_tests_that_are_there() {
    assert_eq!(mistakes(&document()), Vec::<String>::new());
}

#[test]
fn a_rule_a_file_or_a_test_that_is_not_there_would_be_found() {
    let document = document();
    let left_out: String = document.lines().filter(|line| !line.starts_with("| S7 |")).collect::<Vec<_>>().join("\n");
    for (changed, found) in [
        (left_out, "the rules are"),
        (document.replace("src/edge/routes.rs", "src/edge/ways.rs"), "S38: there is no `runtime/src/edge/ways.rs`"),
        (document.replace("::panics_are_caught", "::panics_are_not"), "S31: there is no test"),
        (document.replace("::panics_are_caught", "::is_no_test"), "S31: there is no test"),
    ] {
        let mistakes = mistakes(&changed);
        assert!(mistakes.len() == 1 && mistakes[0].starts_with(found), "{mistakes:?}");
    }
}
