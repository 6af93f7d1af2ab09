//! The sample settings file is one that an adapter starts with.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::process::Command;

const SECRETS: [&str; 6] = [
    "ADAPTER_KEY_CODES",
    "ADAPTER_KEY_COUNTERS",
    "ADAPTER_KEY_PEPPER",
    "ADAPTER_KEY_AUDIT",
    "SHOP_TOKEN",
    "SHOP_NEXT_TOKEN",
];

#[test]
fn the_sample_is_good() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-walley-identify-buyer"));
    command.args(["--settings", concat!(env!("CARGO_MANIFEST_DIR"), "/settings.yaml"), "--check-settings"]);
    for (at, name) in SECRETS.into_iter().enumerate() {
        command.env(name, format!("q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0-{at}Rk2Wq9Xv"));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
