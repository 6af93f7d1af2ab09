//! For programs: one document.

use serde_json::{Value as Json, json};

use super::super::{Case, Outcome};
use super::count;

/// The report as JSON.
pub fn json(cases: &[Case]) -> String {
    let all: Vec<Json> = cases
        .iter()
        .map(|case| match &case.outcome {
            Outcome::Conforms => json!({ "endpoint": case.endpoint, "case": case.name, "outcome": "conforms" }),
            Outcome::Deviates(differences) => {
                json!({ "endpoint": case.endpoint, "case": case.name, "outcome": "deviates", "differences": differences })
            }
            Outcome::NotRun(why) => {
                json!({ "endpoint": case.endpoint, "case": case.name, "outcome": "not_run", "because": why })
            }
        })
        .collect();
    let (conform, deviate, not_run) = count(cases);
    let sums = json!({ "conforms": conform, "deviates": deviate, "not_run": not_run });
    format!("{:#}\n", json!({ "sums": sums, "cases": all }))
}
