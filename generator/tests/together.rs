//! What two lines of a tailoring break together: told once, at one of them, and the other one is named.
#![allow(clippy::unwrap_used, reason = "a test may break")]

mod bench;

use std::path::Path;

use countersign::check::check;
use countersign::diagnostic::Diagnostic;
use countersign::load::{BuiltIn, Loaded, definition};

use bench::{Bench, TINY};

fn loaded(tailoring: &str) -> Loaded {
    let bench = Bench::empty();
    bench.put("base/adapter.yaml", TINY);
    bench.put("adapter.yaml", tailoring);
    definition(bench.root(), &BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap()
}

/// Id, line and message, the lines that have a part in it, and how many more have the same cause.
type Told = (&'static str, usize, String, Vec<usize>, usize);

fn told(tailoring: &str) -> Vec<Told> {
    let loaded = loaded(tailoring);
    let line = |place| loaded.sources.position(place).0;
    let row = |one: &Diagnostic| {
        let with = one.related.iter().filter(|(_, label)| label == "together with this line");
        let with = with.map(|(place, _)| line(*place)).collect();
        (one.id, one.place.map_or(0, line), one.message.clone(), with, one.more)
    };
    check(&loaded).diagnostics.iter().map(row).collect()
}

/// Each of them is harmless alone, so either may be taken back.
#[test]
fn two_lines_of_which_either_mends_it() {
    let all = told(
        "extends: powerauth-data-adapter\n\
         settings:\n  default_language: cs\n\
         messages:\n  cs:\n    login.smsText: null\n",
    );
    assert_eq!(all, [("missing-text", 6, "`cs` has no text `login.smsText`".to_owned(), vec![3], 0)]);
}

/// Each of them is enough to cause it, so both must be taken back.
#[test]
fn two_lines_of_which_neither_mends_it_alone() {
    let all = told(
        "extends: ./base\nadapter: own\n\
         envelope:\n  failure:\n    hint: error.hint\n    advice: error.hint\n",
    );
    let expected = "`WRONG` has no `hint`, and failures show it".to_owned();
    assert_eq!(all, [("missing-column", 5, expected, vec![6], 2)]);
}

/// A line beside them that has no part in it is not named.
#[test]
fn a_line_without_a_part_is_not_named() {
    let all = told(
        "extends: ./base\nadapter: own\ntitle: Another\n\
         every_endpoint:\n  errors: [BROKEN]\n\
         envelope:\n  failure:\n    hint: error.hint\n    advice: error.hint\n",
    );
    let lines: Vec<(usize, Vec<usize>)> = all.into_iter().map(|(_, line, _, with, _)| (line, with)).collect();
    assert_eq!(lines, [(8, vec![9])]);
}
