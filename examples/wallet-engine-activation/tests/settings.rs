//! The sample settings file is one that the adapter starts with, and what is wrong with rows is told line by line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::path::Path;
use std::process::{Command, Output};

const SECRETS: [&str; 4] = ["ADAPTER_KEY_CODES", "ADAPTER_KEY_COUNTERS", "ADAPTER_KEY_PEPPER", "ADAPTER_KEY_AUDIT"];

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/settings.yaml");

fn check(settings: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-wallet-engine-activation"));
    command.arg("--settings").arg(settings).arg("--check-settings");
    for (at, name) in SECRETS.into_iter().enumerate() {
        command.env(name, format!("q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0-{at}Rk2Wq9Xv"));
    }
    command.output().unwrap()
}

/// What is said of the sample with this change.
fn said_of(old: &str, new: &str) -> String {
    let sample = std::fs::read_to_string(SAMPLE).unwrap();
    assert!(sample.contains(old), "{old}");
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("settings.yaml");
    std::fs::write(&changed, sample.replace(old, new)).unwrap();
    let output = check(&changed);
    assert_eq!(output.status.code(), Some(78), "{new}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_sample_is_good() {
    let output = check(Path::new(SAMPLE));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn sessions_rest_and_last_from_a_minute_to_a_year() {
    for (setting, wrong) in [("idle", "idle: 59s, life: 90d"), ("life", "idle: 7d, life: 366d")] {
        let told = said_of("idle: 7d, life: 90d", wrong);
        let path = format!("sessions.wallet.{setting}");
        assert!(told.contains(&path) && told.contains("is not between `1m` and `365d`"), "{told}");
    }
}

#[test]
fn rows_are_checked_at_start() {
    for (old, new, told) in [
        ("currency: SGD, ", "", "row 1: `app.currency` is missing"),
        ("\"850\"", "850", "row 3: `phone.dial_code`: a text is wanted, this is an integer; put it in quotes"),
        ("\"850\"", "\"65\"", "row 3: it has the key of row 2: 65"),
        (
            "user.residence: MY",
            "user.resident: MY",
            "row 2: there is no column `user.resident`; did you mean `user.residence`?",
        ),
        ("2021-09-15", "yesterday", "row 1: `document.updated`: a day such as `2021-09-15` is wanted"),
        ("app_residences:", "app_residence:", "there is no such setting; did you mean `tables.app_residences`?"),
        ("app_countries:", "app_nationalities:", "setting `tables.app_countries`: it has no rows"),
        ("idle: 7d", "idle: 10s", "`10s` is not between `1m` and `365d`"),
    ] {
        let said = said_of(old, new);
        assert!(said.contains(told), "{new}: {said}");
    }
}
