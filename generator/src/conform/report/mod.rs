//! What came of the cases, for people, for pipelines and for programs.

mod json;
mod junit;
mod text;

pub use json::json;
pub use junit::junit;
pub use text::text;

use super::{Case, Outcome};

/// How many cases conform, deviate and were not run.
pub fn count(cases: &[Case]) -> (usize, usize, usize) {
    let of = |test: fn(&Outcome) -> bool| cases.iter().filter(|case| test(&case.outcome)).count();
    (
        of(|outcome| *outcome == Outcome::Conforms),
        of(|outcome| matches!(outcome, Outcome::Deviates(_))),
        of(|outcome| matches!(outcome, Outcome::NotRun(_))),
    )
}

/// The endpoints of the cases, in the order in which they came.
fn endpoints(cases: &[Case]) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for case in cases {
        if !all.contains(&case.endpoint.as_str()) {
            all.push(&case.endpoint);
        }
    }
    all
}
