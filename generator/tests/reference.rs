//! The references of everything that ships: all that a definition says is there, tables are tables, and diagrams have
//! lines that Mermaid reads.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::path::Path;

use bench::{Bench, TINY};
use countersign::check::check;
use countersign::load::{BuiltIn, Library as _, built_in, definition};
use countersign::model::Adapter;
use countersign::reference::reference;

fn shipped() -> Vec<Adapter> {
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    let names = library.names().into_iter();
    let mut all: Vec<Adapter> = names.map(|name| check(&built_in(&name, &library).unwrap()).adapter.unwrap()).collect();
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/acme-bank");
    all.push(check(&definition(&acme, &library).unwrap()).adapter.unwrap());
    all
}

/// A section with everything below it.
fn section<'t>(text: &'t str, title: &str) -> &'t str {
    let start = text.find(&format!("\n## {title}\n")).unwrap_or_else(|| panic!("no section {title}"));
    let rest = &text[start + 4..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

#[test]
fn everything_that_a_definition_says_is_in_its_reference() {
    for adapter in &shipped() {
        let text = reference(adapter);
        let errors = section(&text, "Errors");
        for (_, row) in adapter.used_rows() {
            let line = errors.lines().find(|line| line.contains(&format!("| `{}` |", row.name))).unwrap();
            assert!(line.starts_with(&format!("| {} |", row.status)), "{line}");
        }
        for endpoint in &adapter.endpoints {
            let own = section(&text, &endpoint.name);
            assert!(own.contains(&format!("`{} {}{}`", endpoint.method, adapter.base, endpoint.path)), "{own}");
            for answer in &endpoint.plan.answers {
                for fault in &answer.faults {
                    assert!(
                        own.contains(&format!("| `{}` | `{fault}` |", adapter.rows[answer.row].name)),
                        "{}: {fault}",
                        endpoint.name
                    );
                }
            }
            if let Some(request) = endpoint.request {
                for field in &adapter.payloads[request].fields {
                    assert!(own.contains(&format!("\n| `{}` |", field.wire)), "{}.{}", endpoint.name, field.wire);
                }
            }
        }
        for setting in &adapter.settings {
            assert!(section(&text, "Settings").contains(&format!("| `{}` |", setting.path)));
        }
        for hook in &adapter.hooks {
            assert!(section(&text, "Hooks").contains(&format!("| `{}` |", hook.name)));
        }
        for one in &adapter.texts {
            assert!(section(&text, "Texts").contains(&format!("| `{}` |", one.key)), "{}", one.key);
        }
        let several = adapter.examples.iter().filter(|example| example.calls.len() > 1).count();
        if several > 0 {
            assert_eq!(section(&text, "Flows").matches("sequenceDiagram").count(), several);
        }
    }
}

#[test]
fn the_rows_of_a_table_have_as_many_cells_as_its_head() {
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for adapter in &shipped() {
        let text = reference(adapter);
        let mut head = None;
        for line in text.lines() {
            head = match (line.starts_with('|'), head) {
                (true, None) => Some(cells(line)),
                (true, Some(wanted)) => {
                    assert_eq!(cells(line), wanted, "{}: {line}", adapter.name);
                    Some(wanted)
                }
                (false, _) => None,
            };
        }
    }
}

#[test]
fn a_diagram_has_parties_and_messages_between_them() {
    for adapter in &shipped() {
        let text = reference(adapter);
        for block in text.split("```mermaid\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let mut lines = block.lines();
            assert_eq!(lines.next(), Some("sequenceDiagram"));
            let mut parties = Vec::new();
            for line in lines.map(str::trim) {
                if let Some(party) = line.strip_prefix("participant ") {
                    parties.push(party.split(' ').next().unwrap());
                    continue;
                }
                let (head, said) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", adapter.name));
                assert!(!said.is_empty());
                let who: Vec<&str> = match head.strip_prefix("Note over ") {
                    Some(party) => vec![party],
                    None => head.split(if head.contains("-->>") { "-->>" } else { "->>" }).collect(),
                };
                assert!(who.iter().all(|one| parties.contains(one)), "{}: {line} with {parties:?}", adapter.name);
            }
        }
    }
}

#[test]
fn the_command_line_writes_it_and_no_word_of_a_definition_is_markup() {
    let bench = Bench::with(&TINY.replace("Finds a user.", "Finds <b>users</b> | `all`.\\n# Not a heading"));
    let run = bench.run(&["docs", "."]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.starts_with("# Tiny 1\n"), "{}", run.out);
    assert!(!run.out.contains("<b>") && !run.out.contains("\n# Not"), "{}", run.out);
    assert_eq!(bench.run(&["docs", ".", "--output", "api.md"]).code, 0);
    assert_eq!(bench.read("api.md"), run.out);
}
