//! The sample settings file is one that an adapter starts with, and what is missing is told line by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

use std::process::{Command, Output};

const SECRETS: [&str; 4] = ["ADAPTER_KEY_CODES", "ADAPTER_KEY_COUNTERS", "ADAPTER_KEY_PEPPER", "ADAPTER_KEY_AUDIT"];

fn check(with_secrets: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"));
    command.args(["--settings", concat!(env!("CARGO_MANIFEST_DIR"), "/settings.yaml"), "--check-settings"]);
    if with_secrets {
        for (at, name) in SECRETS.into_iter().enumerate() {
            command.env(name, format!("q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0-{at}Rk2Wq9Xv"));
        }
        command.env("ADAPTER_PASSWORD_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=");
    }
    command.output().unwrap()
}

#[test]
fn the_sample_is_good() {
    let output = check(true);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_missing_secret_is_told() {
    let output = check(false);
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    for name in SECRETS.into_iter().chain(["ADAPTER_PASSWORD_KEY"]) {
        assert!(said.contains(name), "{name} is not told: {said}");
    }
}
