//! What a bank gets to read stays short.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::fs;
use std::path::Path;

/// Lines of generated Rust that are not blank, for the fourteen endpoints of PowerAuth. It was 1,500 until a body over the
/// limit got a row of its own, which each of the fourteen tables answers in two or three lines.
const MOST_GENERATED: usize = 1_580;

#[test]
fn generated_rust_stays_within_its_budget() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/powerauth-data-adapter/src/generated");
    let mut lines = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            lines += fs::read_to_string(path).unwrap().lines().filter(|line| !line.trim().is_empty()).count();
        }
    }
    assert!(lines > 500, "there is something to count");
    assert!(lines <= MOST_GENERATED, "{lines} lines of generated Rust");
}
