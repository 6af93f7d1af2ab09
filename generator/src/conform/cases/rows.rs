//! The rows of the error table that no case has seen, each with why: what is not tried is reported, too.

use super::super::Run;
use super::needs_state;

/// Notes every row of every endpoint that was not seen.
pub fn all(run: &mut Run<'_>) {
    let of = run.of;
    for endpoint in &of.endpoints {
        for answer in &endpoint.plan.answers {
            let row = &of.rows[answer.row].name;
            if run.seen.contains(&(endpoint.name.clone(), row.clone())) {
                continue;
            }
            let why = if answer.faults.is_empty() {
                "only the server's own code answers it".to_owned()
            } else if answer.faults.iter().all(|fault| needs_state(of, fault)) {
                format!("{} cannot be provoked by a request alone", answer.faults.join(", "))
            } else {
                format!("no case provoked {}", answer.faults.join(", "))
            };
            run.not_run(&endpoint.name, format!("error `{row}`"), why);
        }
    }
}
