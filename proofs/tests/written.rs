//! A few hundred written definitions: what is called good compiles, starts and answers, what is refused is so for a reason
//! that somebody looked at. More of them: `scripts/proofs.sh`.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::collections::BTreeSet;

use countersign_proofs::cells::{self, Cell};
use countersign_proofs::judge::Judge;
use countersign_proofs::report::{Report, class, listed};
use countersign_proofs::run;
use countersign_proofs::typed::Compiler;

const REFUSALS: &str = include_str!("../refusals.txt");
const KNOWN: &str = include_str!("../known.txt");

/// Every ninth cell, and some mixtures.
fn sample(cells: &[Cell]) -> Vec<u64> {
    let end = u64::try_from(cells.len()).unwrap();
    (0..end).step_by(9).chain(end..end + 60).collect()
}

fn assert_known(report: &Report) {
    let known = listed(KNOWN);
    let new = report.failures.iter().filter(|(_, why)| !known.contains(class(why).as_str()));
    let new: Vec<String> = new.map(|(seed, why)| format!("seed {seed}: {why}\n  class: {}", class(why))).collect();
    assert!(new.is_empty(), "{}", new.join("\n"));
}

#[test]
fn what_is_good_compiles_and_what_is_refused_is_so_for_a_reason() {
    let judge = Judge::new().unwrap();
    let cells = cells::all(judge.words());
    let (mut report, good) = run::judged(&judge, &cells, sample(&cells));
    assert!(good.len() > 100, "only {} are good", good.len());
    run::compile(&mut report, &good, &Compiler::built().unwrap()).unwrap();
    assert_known(&report);
    let listed = listed(REFUSALS);
    let ids: BTreeSet<&str> = listed.iter().filter_map(|class| class.rsplit(' ').next()).collect();
    let strange = report.refusals.iter().filter(|((kind, id), _)| match kind.as_str() {
        "mixture" => !ids.contains(id),
        kind => !listed.contains(format!("{kind}: {id}").as_str()),
    });
    let strange: Vec<String> = strange.map(|((kind, id), (_, seed))| format!("{kind}: {id} (seed {seed})")).collect();
    assert!(strange.is_empty(), "say why in refusals.txt:\n{}", strange.join("\n"));
}

/// Of all cells, since a sample has too few of some features to say a share.
#[test]
fn most_of_what_is_written_of_each_feature_is_good() {
    let judge = Judge::new().unwrap();
    let cells = cells::all(judge.words());
    let report = run::check(&judge, &cells, 0..u64::try_from(cells.len()).unwrap());
    assert_eq!(report.low(), [] as [String; 0], "refusing is no way out");
}

#[test]
fn what_is_good_starts_and_answers_as_explained() {
    let judge = Judge::new().unwrap();
    let cells = cells::all(judge.words());
    let seeds = sample(&cells).into_iter().step_by(6);
    let answered = run::serve(&judge, &cells, &Compiler::built().unwrap(), seeds).unwrap();
    assert!(answered.served > 20 && answered.calls.1 > 10, "{answered:?}");
    assert_known(&answered.report);
}
