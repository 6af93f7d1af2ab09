//! The sample settings are some that an adapter starts with; what is missing stops the start.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::process::{Command, Output};

const SECRETS: [&str; 6] = [
    "ADAPTER_KEY_CODES",
    "ADAPTER_KEY_COUNTERS",
    "ADAPTER_KEY_PEPPER",
    "ADAPTER_KEY_AUDIT",
    "CARE_KEY",
    "CARE_NEXT_KEY",
];

fn check(more: &[(&str, &str)], secrets: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-b2b-customer-verification"));
    command.args(["--settings", concat!(env!("CARGO_MANIFEST_DIR"), "/settings.yaml"), "--check-settings"]);
    for (at, name) in secrets.iter().enumerate() {
        command.env(name, format!("q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0-{at}Rk2Wq9Xv"));
    }
    command.envs(more.iter().copied()).output().unwrap()
}

#[test]
fn the_sample_is_good() {
    let output = check(&[], &SECRETS);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn nobody_starts_without_knowing_that_questions_are_weak() {
    let output = check(&[("COUNTERSIGN_QUESTIONS__ACKNOWLEDGE_WEAK", "false")], &SECRETS);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("questions.acknowledge_weak") && said.contains("can be guessed"), "{said}");
}

#[test]
fn every_missing_secret_is_reported() {
    let output = check(&[], &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("ADAPTER_KEY_CODES") && said.contains("CARE_KEY"), "{said}");
}

#[test]
fn a_caller_has_one_key_or_two() {
    for wrong in ["", "env:CARE_KEY, env:CARE_NEXT_KEY, env:ADAPTER_KEY_CODES"] {
        let output = check(&[("COUNTERSIGN_CALLERS__CARE__KEY", wrong)], &SECRETS);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(78), "{said}");
        assert!(said.contains("one reference to a key is wanted, or two"), "{said}");
    }
    let nameless = check(&[("COUNTERSIGN_CALLERS____KEY", "env:CARE_KEY")], &SECRETS);
    assert_eq!(nameless.status.code(), Some(78));
}

#[test]
fn an_access_id_is_a_word_without_a_colon() {
    for wrong in ["", "two words", "a:b", "k\u{e4}fer"] {
        let output = check(&[("COUNTERSIGN_CALLERS__CARE__ACCESS_ID", wrong)], &SECRETS);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(78), "{wrong:?}: {said}");
        assert!(said.contains("no colon"), "{said}");
    }
    assert_eq!(check(&[("COUNTERSIGN_CALLERS__CARE__ACCESS_ID", "care-7")], &SECRETS).status.code(), Some(0));
}
