//! The bank's side of a start: settings of its own, hooks that are made, and how the adapter ends where they are not.

use std::time::Duration;

use countersign_runtime::{BankError, BankStart, DynHooks, HookError, Secret, Settings, Start};

use crate::child::{refused, started};
use crate::edge_support::{NoBank, shared};

#[derive(Debug, Settings)]
pub struct BankSettings {
    #[setting("core.url")]
    url: String,
    #[setting("core.password")]
    password: Option<Secret>,
    #[setting("core.timeout", default = "2s")]
    timeout: Duration,
    #[setting("core.connections", default = 8)]
    connections: u16,
}

async fn make(start: Start<BankSettings>) -> Result<NoBank, BankError> {
    let BankSettings { url, password, timeout, connections } = start.settings;
    let known = password.is_some_and(|password| password.expose() == "of the core system");
    match url.as_str() {
        "misconfigured" => Err(BankError::Misconfigured("`core.url` is no address".to_owned())),
        "unavailable" => Err(std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "nobody listens").into()),
        "panics" => panic!("in the start"),
        "hangs" => std::future::pending().await,
        _ if known && timeout == Duration::from_secs(2) && connections == 8 && start.dev => Ok(NoBank),
        _ => Err(BankError::Misconfigured("other settings came".to_owned())),
    }
}

/// The bank that is made as the settings say.
pub fn bank() -> BankStart<dyn DynHooks> {
    BankStart::by(&[], make, shared)
}

const GOOD: [(&str, &str); 4] = [
    ("PROCESS_TEST_BANK", "1"),
    ("COUNTERSIGN_CORE__URL", "http://core"),
    ("COUNTERSIGN_CORE__PASSWORD", "env:CORE_PASSWORD"),
    ("CORE_PASSWORD", "of the core system"),
];

fn with_url(url: &'static str) -> Vec<(&'static str, &'static str)> {
    GOOD.into_iter().map(|(name, text)| (name, if name.ends_with("URL") { url } else { text })).collect()
}

#[test]
fn hooks_are_made_from_settings_of_the_banks_own() {
    let adapter = started("--dev", &GOOD);
    assert!(adapter.get(&adapter.address, "/api/status").ends_with("\"up\""));
}

#[test]
fn what_a_bank_lacks_is_told_with_all_other_mistakes() {
    let (output, log) = refused("--dev", &[("PROCESS_TEST_BANK", "1"), ("COUNTERSIGN_CORE__CONNECTIONS", "70000")]);
    assert_eq!(output.status.code(), Some(78), "{log}");
    assert!(log.contains("setting `core.url`: it is missing"), "{log}");
    assert!(log.contains("setting `core.connections` (environment variable COUNTERSIGN_CORE__CONNECTIONS)"), "{log}");
    let (output, log) = refused("--dev", &[GOOD.as_slice(), &[("COUNTERSIGN_CORE__TIMOUT", "1s")]].concat());
    assert_eq!(output.status.code(), Some(78), "{log}");
    assert!(log.contains("`core.timout`") && log.contains("did you mean `core.timeout`?"), "{log}");
    let literal = [&GOOD[..2], &[("COUNTERSIGN_CORE__PASSWORD", "s3cret")]].concat();
    let (_, log) = refused("--dev", &literal);
    assert!(log.contains("write `env:NAME` or `file:PATH`") && !log.contains("s3cret"), "{log}");
}

#[test]
fn an_adapter_ends_as_the_start_of_its_bank_says() {
    for (url, code, says) in [
        ("misconfigured", 78, "`core.url` is no address"),
        ("unavailable", 75, "nobody listens"),
        ("panics", 75, "their start panicked"),
    ] {
        let (output, log) = refused("--dev", &with_url(url));
        assert_eq!(output.status.code(), Some(code), "{log}");
        assert!(log.contains("the bank's hooks cannot be made") && log.contains(says), "{log}");
    }
    let hanging = [with_url("hangs").as_slice(), &[("COUNTERSIGN_HOOKS__START_DEADLINE", "2s")]].concat();
    let (output, log) = refused("--dev", &hanging);
    assert_eq!(output.status.code(), Some(75), "{log}");
    assert!(log.contains("waiting for the bank's hooks") && log.contains("hooks.start_deadline"), "{log}");
}

#[test]
fn what_needs_no_hooks_works_without_the_banks_systems() {
    let (output, log) = refused("--dev --check-settings", &with_url("panics"));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{log}");
    let line = |path: &str| printed.lines().find(|line| line.starts_with(&format!("{path} "))).unwrap_or_default();
    for (path, value, origin) in [
        ("core.url", "panics", "environment variable COUNTERSIGN_CORE__URL"),
        ("core.password", "env:CORE_PASSWORD", "environment variable COUNTERSIGN_CORE__PASSWORD"),
        ("core.timeout", "2s", "default"),
        ("hooks.lookup.deadline", "2s", "default"),
        ("sms.no_budget", "true", "defaults of --dev"),
        ("store", "memory", "default"),
    ] {
        let shown: Vec<&str> = line(path).split_whitespace().collect();
        assert_eq!(shown[..2], [path, value], "{printed}");
        assert_eq!(shown[2..].join(" "), origin, "{printed}");
    }
    assert!(!printed.contains("of the core system"), "{printed}");
    assert_eq!(refused("--help", &with_url("panics")).0.status.code(), Some(0));
}

#[test]
fn an_error_of_others_has_what_caused_it() {
    #[derive(Debug, thiserror::Error)]
    #[error("the pool is empty")]
    struct Pool(#[source] std::io::Error);
    let error = BankError::from(Pool(std::io::Error::other("no route")));
    assert_eq!(error.to_string(), "the pool is empty: no route");
    assert!(matches!(error, BankError::Unavailable(_)));
    let _ = HookError::from(std::io::Error::other("x"));
}
