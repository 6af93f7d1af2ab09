//! The sample settings file is one that an adapter starts with, and what is missing is told line by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

use std::process::{Command, Output};

use example_test_support::Server;

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
fn every_missing_secret_is_reported() {
    let output = check(false);
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    for name in SECRETS.into_iter().chain(["ADAPTER_PASSWORD_KEY"]) {
        assert!(said.contains(name), "{name} is not told: {said}");
    }
}

const WARNING: &str = "passwords may come encrypted, and `password_encryption.key` is not set";

#[test]
fn a_start_without_a_key_for_encrypted_passwords_warns_of_it() {
    let binary = env!("CARGO_BIN_EXE_example-powerauth-data-adapter");
    let server = Server::start(binary, &[]);
    // Lines of the log come a little late.
    example_test_support::wait_until("it warns", || server.log().contains(WARNING));
    assert_eq!(server.log().matches(WARNING).count(), 1);
    let key = [
        ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:ADAPTER_PASSWORD_KEY"),
        ("ADAPTER_PASSWORD_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c="),
    ];
    assert!(!Server::start(binary, &key).log().contains(WARNING), "with a key there is nothing to warn of");
}
