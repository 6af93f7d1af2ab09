//! Each mistake alone, then all at once; and which place wins.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::store::StoreSpec;
use crate::testing::ADAPTER;

#[derive(Debug, PartialEq)]
pub(super) struct Own {
    name: String,
    shown: bool,
    most: i64,
}

impl Settings for Own {
    const PATHS: &'static [&'static str] = &["application.name", "shown", "most"];
    const DEFAULTS: &'static [(&'static str, &'static str)] =
        &[("application.name", "the adapter"), ("shown", "false"), ("most", "5")];

    fn read(from: &SettingsTree) -> Result<Self, Vec<SettingError>> {
        let one = |error| vec![error];
        Ok(Own {
            name: from.text("application.name", "").map_err(one)?,
            shown: from.boolean("shown", false).map_err(one)?,
            most: from.integer("most", 0).map_err(one)?,
        })
    }
}

pub(super) struct Case {
    folder: tempfile::TempDir,
    sources: Sources,
}

const KEYS: [&str; 4] = ["CODES", "COUNTERS", "PEPPER", "AUDIT"];

/// Settings that are good for serving a bank on loopback.
pub(super) fn good() -> Case {
    let mut environment = BTreeMap::new();
    for key in KEYS {
        environment.insert(format!("COUNTERSIGN_KEYS__{key}"), format!("env:{key}"));
        environment.insert(key.to_owned(), format!("{key}-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ"));
    }
    environment.insert("COUNTERSIGN_SMS__COUNTRIES".to_owned(), "CZ, SK".to_owned());
    environment.insert("COUNTERSIGN_SMS__BUDGET_PER_HOUR".to_owned(), "1000".to_owned());
    environment.insert("COUNTERSIGN_SMS__ANY_SOURCE".to_owned(), "true".to_owned());
    Case { folder: tempfile::tempdir().unwrap(), sources: Sources { file: None, environment, dev: false } }
}

pub(super) fn dev() -> Case {
    Case { folder: tempfile::tempdir().unwrap(), sources: Sources { dev: true, ..Sources::default() } }
}

impl Case {
    pub(super) fn file(mut self, yaml: &str) -> Self {
        self.sources.file = Some(self.write("settings.yaml", yaml, 0o644));
        self
    }

    fn env(mut self, name: &str, text: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), text.to_owned());
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    pub(super) fn load(&self) -> Loaded<Own> {
        load::<Own>(&ADAPTER, &self.sources).unwrap_or_else(|errors| panic!("{errors:#?}"))
    }

    pub(super) fn errors(&self) -> Vec<String> {
        match load::<Own>(&ADAPTER, &self.sources) {
            Ok(_) => panic!("nothing is wrong"),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    #[track_caller]
    pub(super) fn check_mistake(&self, path: &str, says: &str) {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert!(errors[0].starts_with(&format!("setting `{path}`")) && errors[0].contains(says), "{errors:#?}");
    }
}

#[test]
fn without_settings_the_definition_and_the_runtime_say_what_holds() {
    let loaded = good().load();
    assert_eq!(loaded.own, Own { name: "the adapter".to_owned(), shown: false, most: 5 });
    assert_eq!(loaded.options.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(loaded.options.ops_listen.to_string(), "127.0.0.1:8081");
    assert_eq!(loaded.options.store, StoreSpec::Embedded(PathBuf::from("./data/test-adapter.db")));
    assert_eq!(loaded.options.otps["sms"], CodeOptions { digits: 8, life_seconds: 300, attempts: 5, per_phone: None });
    assert_eq!((loaded.options.body_limit, loaded.options.default_language.as_str()), (64 * 1024, "en"));
    assert_eq!(loaded.options.hooks.lookup.deadline, Duration::from_secs(2));
    assert_eq!(loaded.options.limits.countries, Some(vec!["CZ".to_owned(), "SK".to_owned()]));
    assert!(loaded.dev.is_none() && loaded.opt_outs.len() == 1 && !loaded.keys.is_demo());
}

#[test]
fn the_file_may_nest_or_dot_and_every_kind_of_value_is_read() {
    let yaml = "
application: { name: Bank }
shown: true
most: 7
listen: 127.0.0.1:0
ops.listen: 127.0.0.1:0
store: embedded:./bank.db
default_language: cs
body_limit: 1MiB
error_detail: time
otps: { sms: { digits: 6, life: 3m, attempts: 3 } }
hooks:
  threads: 4
  sms: { slots: 8, deadline: 3s }
limits: { resend_interval: 90s }
";
    let loaded = good().file(yaml).load();
    assert_eq!(loaded.own, Own { name: "Bank".to_owned(), shown: true, most: 7 });
    assert_eq!(loaded.options.store, StoreSpec::Embedded("./bank.db".into()));
    assert_eq!(loaded.options.otps["sms"], CodeOptions { digits: 6, life_seconds: 180, attempts: 3, per_phone: None });
    assert_eq!((loaded.options.body_limit, loaded.options.error_detail), (1024 * 1024, ErrorDetail::Time));
    assert_eq!((loaded.options.hooks.threads, loaded.options.hooks.sms.slots), (4, 8));
    assert_eq!(loaded.options.limits.resend_interval_seconds, 90);
    assert_eq!((loaded.options.default_language.as_str(), loaded.options.listen.port()), ("cs", 0));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_file() {
    assert_eq!(good().file("\u{feff}most: 7\r\n").load().own.most, 7);
    good().file("\u{feff}mst: 7\n").check_mistake("mst", "");
}

#[test]
fn the_environment_wins_over_the_file_over_dev_over_the_definition() {
    let file = "application.name: file\nstore: embedded:x.db\nsms.no_budget: false\nsms.budget_per_hour: 5";
    let all = dev().file(file).env("COUNTERSIGN_APPLICATION__NAME", "environment");
    let loaded = all.load();
    assert_eq!((loaded.own.name.as_str(), loaded.options.store), ("environment", StoreSpec::Embedded("x.db".into())));
    assert_eq!(loaded.options.limits.budget_per_hour, Some(5));
    assert_eq!(dev().file(file).load().own.name, "file");
    assert_eq!(dev().load().options.store, StoreSpec::Memory);
}

#[test]
fn dev_needs_nothing_and_has_its_own_names() {
    let loaded = dev()
        .env("COUNTERSIGN_DEV_OUTBOX", "/tmp/x")
        .env("COUNTERSIGN_DEV_SMS", "real")
        .env("COUNTERSIGN_DEV_LIMITS", "off")
        .env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_LOG", "debug")
        .load();
    assert_eq!(loaded.dev, Some(DevOptions { outbox: Some("/tmp/x".into()), sms_real: true, limits_off: true }));
    assert!(loaded.keys.is_demo() && loaded.options.limits.dev_limits_off && loaded.options.ops_listen.port() == 0);
}

#[test]
fn unknown_keys_are_refused_with_the_one_that_was_meant() {
    good().file("otps: { sms: { digit: 6 } }").check_mistake("otps.sms.digit", "did you mean `otps.sms.digits`?");
    good().env("COUNTERSIGN_LISTENS", "x").check_mistake("listens", "did you mean `listen`?");
    good().file("zzz: 1").check_mistake("zzz", "there is no such setting");
}

#[test]
fn a_key_that_nothing_is_made_with_is_no_setting() {
    good().file("keys: { decoy: env:CODES }").check_mistake("keys.decoy", "there is no such setting");
}

#[test]
fn a_mapping_with_nothing_in_it_is_no_setting() {
    good().file("zzz: {}").check_mistake("zzz", "there is no such setting");
    good().file("otps: { zzz: {} }").check_mistake("otps.zzz", "there is no such setting");
    good().file("body_limit: {}").check_mistake("body_limit", "a size from `1KiB`");
    good().file("otps: {}").check_mistake("otps", "it holds settings, and is no setting itself; take it out");
}

#[test]
fn mistakes_name_their_place() {
    let case = good().file("most: many");
    assert!(case.errors()[0].contains("settings.yaml): an integer is wanted"), "{:?}", case.errors());
    let case = good().env("COUNTERSIGN_MOST", "many");
    assert!(case.errors()[0].contains("(environment variable COUNTERSIGN_MOST)"), "{:?}", case.errors());
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    good().file("application.name: 5").check_mistake("application.name", "a text is wanted");
    good().file("application.name:").check_mistake("application.name", "this is nothing");
    good().file("shown: 'yes'").check_mistake("shown", "`true` or `false` is wanted");
    good().env("COUNTERSIGN_SHOWN", "yes").check_mistake("shown", "`true` or `false` is wanted");
    good().file("listen: here").check_mistake("listen", "an address such as");
    good().file("store: memory").check_mistake("store", "it is for --dev alone");
    good().file("store: redis://x").check_mistake("store", "a store is `memory`");
    good().file("body_limit: 2MiB").check_mistake("body_limit", "from `1KiB` to `1MiB`");
    good().file("error_detail: all").check_mistake("error_detail", "`request_id` or `time`");
    good().file("default_language: de").check_mistake("default_language", "texts in en, cs only");
    good().file("otps.sms.life: 5").check_mistake("otps.sms.life", "a length of time such as");
    good().file("hooks.sms.deadline: 30s").check_mistake("hooks.sms.deadline", "`30s` is not between `1s` and `8s`");
    good().file("hooks.threads: 0").check_mistake("hooks.threads", "0 is not between");
    good().file("hooks.breaker.failures: -1").check_mistake("hooks.breaker.failures", "-1 is not between");
    good().file("hooks.breaker.pause: 0s").check_mistake("hooks.breaker.pause", "`0s` is not between `1s` and `5m`");
    good().file("hooks.readiness: perhaps").check_mistake("hooks.readiness", "");
    good()
        .file("listen: 127.0.0.1:80\nlisten: 127.0.0.1:81")
        .check_mistake("settings", "line 2, column 1: a key stands here a second time: `listen`, first in line 1");
    good()
        .file("application: { name: a }\napplication.name: b")
        .check_mistake("application.name", "set twice, in lines 1 and 2");
}

#[test]
fn codes_cannot_be_made_weaker_than_the_rules() {
    good().file("otps.sms.digits: 5").check_mistake("otps.sms.digits", "5 is not between 6 and 12");
    good().file("otps.sms.digits: 13").check_mistake("otps.sms.digits", "13 is not between 6 and 12");
    good().file("otps.sms.attempts: 6").check_mistake("otps.sms.attempts", "6 is not between 1 and 5");
    good().file("otps.sms.life: 11m").check_mistake("otps.sms.life", "660s is not between");
    good().file("limits.failures: 6").check_mistake("limits.failures", "between 1 and 5");
}

#[test]
fn every_limit_has_its_bounds_and_is_named_with_them() {
    let window = "it must be from 1 to 1000 in 60s to 7d";
    for (path, value, says) in [
        ("limits.failures", "0", "0 is not between 1 and 5"),
        ("limits.block", "14m", "`14m` is not between `15m` and `1d`"),
        ("limits.longest_block", "8d", "`8d` is not between `15m` and `7d`"),
        ("limits.hard_cap", "101", "101 is not between 1 and 100"),
        ("limits.hard_cap", "4", "it is 4, it must be from 5 to 100"),
        ("limits.resend_interval", "29s", "`29s` is not between `30s` and `10m`"),
        ("limits.resends_per_operation", "11", "11 is not between 0 and 10"),
        ("limits.per_phone_and_user", "[1001 in 1h]", window),
        ("limits.per_phone_and_user", "[]", "it is empty"),
        ("limits.per_prefix", "[5 in 59s]", window),
        ("limits.per_source", "[5 in 169h]", window),
        ("limits.per_source", "[0 in 1h]", window),
        ("limits.wrong_codes_per_minute", "0", "0 is not between 1 and 100"),
        ("limits.wrong_deposits", "6", "6 is not between 1 and 5"),
        ("sms.conversion_alarm", "0", "0 is not between 1 and 90"),
        ("sms.conversion_alarm", "91", "91 is not between 1 and 90"),
        ("sms.countries", "[XX]", "it is XX, it must be a country such as `CZ`"),
        (
            "sms.countries",
            "[FI, AX]",
            "it is AX, it must be a country that has mobile numbers: those of `AX` are numbers of `FI`",
        ),
        ("sms.service_numbers", "maybe", "`true` or `false`"),
        ("otps.sms.per_phone", "1001 in 1h", window),
        ("otps.sms.per_phone", "often", "a limit such as `10 in 1h`"),
        ("otps.sms.life", "9s", "9s is not between 10s and 600s"),
        ("proxies", "[here]", "`here` is no address"),
        ("proxies", "[0.0.0.0/0]", "`0.0.0.0/0` is no address"),
        ("proxies", "[10.0.0.5/8]", "`10.0.0.5/8` is an address in a network: write `10.0.0.5` or `10.0.0.0/8`"),
        ("proxies", "['fd00::1/8']", "write `fd00::1` or `fd00::/8`"),
        ("sms.countries", "[CZ, +421]", "a list of texts is wanted, and element 2 is an integer: write it in quotes"),
        ("sms.countries", "[no]", "it is no, it must be a country"),
        ("sms.countries", "[true]", "element 1 is true or false: write it in quotes"),
        ("sms.countries", "[CZ, [SK]]", "element 2 is a list"),
        ("sms.countries", "[{ CZ: SK }]", "element 1 is a mapping"),
    ] {
        let mut case = good();
        // The environment would win over the file.
        case.sources.environment.remove("COUNTERSIGN_SMS__COUNTRIES");
        let countries = if path == "sms.countries" { "" } else { "sms.countries: [CZ]\n" };
        case.file(&format!("{countries}{path}: {value}")).check_mistake(path, says);
    }
    let longest = good().file("limits.per_source: [5 in 168h, 1 in 60s, 1000 in 1h]").load();
    assert_eq!(longest.options.limits.per_source.len(), 3);
    let budget = "COUNTERSIGN_SMS__BUDGET_PER_HOUR";
    good().env(budget, "0").check_mistake("sms.budget_per_hour", "0 is not between 1 and 10000000");
}

#[test]
fn proxies_are_addresses_or_networks() {
    let loaded = good().file("proxies: [10.0.0.5, 10.1.0.0/16, 'fd00::/8']").load();
    assert_eq!(loaded.options.proxies.len(), 3);
    assert!(good().load().options.proxies.is_empty());
}

#[test]
fn how_proxies_say_where_a_call_comes_from_is_a_setting() {
    let loaded = good().file("proxies: [10.0.0.5]\nproxy_header: forwarded\nproxy_protocol: true").load();
    assert_eq!((loaded.options.proxy_header, loaded.options.proxy_protocol), (ProxyHeader::Forwarded, true));
    let usual = good().load().options;
    assert_eq!((usual.proxy_header, usual.proxy_protocol), (ProxyHeader::Either, false));
    good().file("proxy_header: x-real-ip").check_mistake("proxy_header", "`x_forwarded_for` or `forwarded`");
    good().file("proxy_protocol: true").check_mistake("proxy_protocol", "name them in `proxies`");
    good().file("proxies: [10.0.0.5]\nproxy_protocol: v2").check_mistake("proxy_protocol", "`true` or `false`");
}

#[test]
fn files_that_cannot_be_read_are_refused() {
    let mut missing = good();
    missing.sources.file = Some("/nowhere/settings.yaml".into());
    missing.check_mistake("settings", "cannot be read");
    good().file("- a").check_mistake("settings", "must hold a mapping");
    good().file("a: [s3cret").check_mistake("settings", "line");
    assert!(!good().file("a: [s3cret").errors()[0].contains("s3cret"));
}

#[test]
fn a_key_or_a_line_that_cannot_be_read_is_reported_with_its_place() {
    good().file("store: embedded:a.db\nlimits:\n  block: 15m\n  block: 16m\n").check_mistake(
        "settings",
        "line 4, column 3: a key stands here a second time: `limits.block`, first in line 3",
    );
    good()
        .file("store: embedded:a.db\nhooks:\n  sms: { slots: 4\n  lookup: {}\n")
        .check_mistake("settings", "this is no YAML; the last key before it is `hooks.sms");
    let both = good().file("most: 1\nmost: 2\nshown: true\nshown: false\n").errors();
    assert_eq!(both.len(), 2, "{both:#?}");
}

#[test]
fn what_an_orchestrator_injects_for_a_service_of_this_name_is_no_setting() {
    let mut case = good();
    for (name, value) in [
        ("COUNTERSIGN_PORT", "tcp://10.96.0.12:8080"),
        ("COUNTERSIGN_SERVICE_HOST", "10.96.0.12"),
        ("COUNTERSIGN_SERVICE_PORT", "8080"),
        ("COUNTERSIGN_SERVICE_PORT_HTTP", "8080"),
        ("COUNTERSIGN_PORT_8080_TCP", "tcp://10.96.0.12:8080"),
        ("COUNTERSIGN_PORT_8080_TCP_PROTO", "tcp"),
        ("COUNTERSIGN_PORT_8080_TCP_PORT", "8080"),
        ("COUNTERSIGN_PORT_8080_TCP_ADDR", "10.96.0.12"),
        ("COUNTERSIGN_BANK_B_SERVICE_HOST", "10.96.0.13"),
        ("COUNTERSIGN_BANK_B_PORT_53_UDP_ADDR", "10.96.0.13"),
    ] {
        case = case.env(name, value);
    }
    assert_eq!(case.load().digest, good().load().digest, "they change nothing, whatever addresses they have");
    good().env("COUNTERSIGN_PORTS", "1").check_mistake("ports", "there is no such setting");
    good().env("COUNTERSIGN_SERVICE_HOSTS", "x").check_mistake("service_hosts", "there is no such setting");
    good().file("port: tcp://10.96.0.12:8080").check_mistake("port", "there is no such setting");
}

#[test]
fn secrets_are_references_to_good_secrets() {
    let key = "COUNTERSIGN_KEYS__CODES";
    good().env(key, "literal-secret-of-more-than-32-bytes").check_mistake("keys.codes", "write `env:NAME`");
    assert!(!good().env(key, "literal-secret").errors()[0].contains("literal-secret"));
    good().env(key, "env:NOT_THERE").check_mistake("keys.codes", "no variable `NOT_THERE`");
    good().env("CODES", "short").check_mistake("keys.codes", "it needs at least 32");
    good().env("CODES", "changeme-changeme-changeme-changeme").check_mistake("keys.codes", "looks like a placeholder");
    good().env("CODES", &"a".repeat(64)).check_mistake("keys.codes", "looks like a placeholder");
    good().env(key, "file:/nowhere").check_mistake("keys.codes", "cannot read");
    let shared = good().sources.environment["AUDIT"].clone();
    good().env("CODES", &shared).check_mistake("keys.audit", "have the same secret");
}

#[test]
fn a_secret_file_must_be_private() {
    let case = good();
    let open = case.write("open", "5oC0nZk9uWq2RrT8yBv1LxMdPfHgJsKa", 0o644);
    let closed = case.write("closed", "5oC0nZk9uWq2RrT8yBv1LxMdPfHgJsKa\n", 0o600);
    let case = case.env("COUNTERSIGN_KEYS__CODES", &format!("file:{}", open.display()));
    case.check_mistake("keys.codes", "has mode 644");
    let case = case.env("COUNTERSIGN_KEYS__CODES", &format!("file:{}, env:CODES", closed.display()));
    let keys = case.load().keys;
    let older = good().load().keys.current(crate::crypto::KeyName::Codes).unwrap();
    assert_ne!(keys.current(crate::crypto::KeyName::Codes).unwrap().id(), older.id());
    assert!(keys.by_id(crate::crypto::KeyName::Codes, older.id()).is_some(), "the second one still knows what it made");
}

#[test]
fn passwords_are_decrypted_only_with_a_key() {
    let case = || good().env("PASSWORD_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=");
    let key = "password_encryption.key: env:PASSWORD_KEY\n";
    let typed = good().env("PASSWORD_KEY", "MDEyMzQ1Njc4OUFCQ0RFRg==").file(key);
    typed.check_mistake("password_encryption.key", "is a pattern");
    let name = "password_encryption.transformation: AES/CBC/PKCS5Padding";
    assert!(case().file(&format!("{key}{name}")).load().options.password_encryption.is_some());
    assert_eq!(case().file(key).load().options.password_encryption.unwrap().transformation, "AES/CBC/PKCS7Padding");
    case().file(name).check_mistake("password_encryption.key", "it is missing");
    let required = "password_encryption.required: true";
    assert!(case().file(&format!("{key}{required}")).load().options.password_encryption.unwrap().required);
    assert!(!case().file(key).load().options.password_encryption.unwrap().required);
    case().file(required).check_mistake("password_encryption.key", "encrypted passwords are required");
    let ecb = "password_encryption.transformation: AES/ECB/PKCS5Padding";
    assert_eq!(case().file(&format!("{key}{ecb}")).errors().len(), 1);
}

#[test]
fn the_message_of_a_code_that_was_not_sent_is_none_or_the_one_that_is_set() {
    let key = |case: Case| case.load().options.delivery_failed_message;
    assert_eq!(key(good()), None);
    let set = "sms.delivery_failed_message: smsAuthorization.deliveryFailed";
    assert_eq!(key(good().file(set)).as_deref(), Some("smsAuthorization.deliveryFailed"));
    assert_eq!(key(good().file("sms.delivery_failed_message: ''")), None);
    good().file("sms.delivery_failed_message: 5").check_mistake("sms.delivery_failed_message", "a text is wanted");
}

#[test]
fn what_is_unsafe_is_refused_unless_opted_out_by_name() {
    let public = || good().env("COUNTERSIGN_LISTEN", "0.0.0.0:8080");
    assert_eq!(public().errors().len(), 2, "neither TLS nor callers");
    let loaded = public().env("COUNTERSIGN_PRIVATE_NETWORK", "true").load();
    assert_eq!(loaded.opt_outs.len(), 2);
    dev().env("COUNTERSIGN_LISTEN", "0.0.0.0:0").check_mistake("listen", "loopback only");
    dev().env("COUNTERSIGN_OPS_LISTEN", "0.0.0.0:0").check_mistake("ops.listen", "loopback only");
    good().env("COUNTERSIGN_DEV_OUTBOX", "x").check_mistake("dev.outbox", "--dev only");
    let mut missing = good();
    missing.sources.environment.remove("COUNTERSIGN_SMS__COUNTRIES");
    missing.check_mistake("sms.countries", "`sms.any_country: true`");
    assert_eq!(missing.env("COUNTERSIGN_SMS__ANY_COUNTRY", "true").load().opt_outs.len(), 2);
    let mut missing = good();
    missing.sources.environment.remove("COUNTERSIGN_SMS__BUDGET_PER_HOUR");
    missing.check_mistake("sms.budget_per_hour", "`sms.no_budget: true`");
    let mut missing = good();
    missing.sources.environment.remove("COUNTERSIGN_SMS__ANY_SOURCE");
    missing.check_mistake("proxies", "`sms.any_source: true`");
    assert!(missing.env("COUNTERSIGN_PROXIES", "192.0.2.1").load().opt_outs.is_empty());
    good()
        .file("sms.countries: []")
        .env("COUNTERSIGN_SMS__COUNTRIES", "")
        .check_mistake("sms.countries", "at least one country");
}

#[test]
fn a_limit_and_that_there_is_none_are_not_both_set() {
    for (opt_out, limit) in [("sms.any_country", "sms.countries"), ("sms.no_budget", "sms.budget_per_hour")] {
        good().file(&format!("{opt_out}: true")).check_mistake(opt_out, &format!("it is `true`, and `{limit}` is set"));
        good().file(&format!("{opt_out}: false")).load();
    }
    // What `--dev` sets for a demo gives way to what is said.
    let said = dev().file("sms: { countries: [CZ], budget_per_hour: 5 }").load();
    assert_eq!(said.options.limits.budget_per_hour, Some(5));
    dev()
        .file("sms: { countries: [CZ], any_country: true }")
        .check_mistake("sms.any_country", "`sms.countries` is set");
}

#[test]
fn weak_questions_are_asked_only_by_who_says_that_they_know() {
    let asks = |asks: bool| format!("tables.partners: [{{ issuer.id: a, questions: {{ enabled: {asks} }} }}]");
    let refused =
        |case: Case| case.errors().iter().any(|error| error.starts_with("setting `questions.acknowledge_weak`"));
    assert!(refused(good().file(&asks(true))));
    assert!(!refused(good().file(&asks(false))));
    assert!(!refused(good().file(&asks(true)).env("COUNTERSIGN_QUESTIONS__ACKNOWLEDGE_WEAK", "true")));
    assert!(!refused(dev().file(&asks(true))));
    assert_eq!(good().file("questions.acknowledge_weak: true").load().opt_outs.len(), 2);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let case = Case { sources: Sources::default(), ..dev() };
    let errors = case.file("most: x\nlisten: y\nzzz: 1\nhooks.threads: 0").errors();
    let paths =
        ["zzz", "listen", "hooks.threads", "keys.codes", "keys.audit", "most", "sms.countries", "sms.budget_per_hour"];
    for path in paths {
        assert!(errors.iter().any(|error| error.starts_with(&format!("setting `{path}`"))), "{path}: {errors:#?}");
    }
    assert_eq!(errors.len(), 11, "{errors:#?}");
}

#[test]
fn memory_and_connections_are_read_and_follow_each_other() {
    let capacity = |yaml: &str| good().file(yaml).load().options.capacity;
    let usual = good().load().options;
    assert_eq!((usual.body_values, usual.capacity), (10_000, Capacity::default()));
    let few = capacity("connections.limit: 80");
    assert_eq!((few.connections, few.per_source, few.reserved, few.operations), (80, 40, 10, 64));
    let set = capacity(
        "{ connections: { limit: 80, per_source: 80, reserved: 0 }, ops.connections: 4, memory.requests: 32MiB }",
    );
    assert_eq!((set.per_source, set.reserved, set.operations, set.memory), (80, 0, 4, 32 * 1024 * 1024));
}

#[test]
fn memory_and_connections_have_bounds() {
    good().file("connections.limit: 15").check_mistake("connections.limit", "not between 16 and 65536");
    good()
        .file("connections: { limit: 80, per_source: 81 }")
        .check_mistake("connections.per_source", "between 1 and 80");
    good().file("connections: { limit: 80, reserved: 41 }").check_mistake("connections.reserved", "between 0 and 40");
    good().file("ops.connections: 3").check_mistake("ops.connections", "between 4 and 1024");
    good().file("body_values: 99").check_mistake("body_values", "between 100 and 1000000");
    good().file("memory.requests: 15MiB").check_mistake("memory.requests", "from `16MiB`");
    good().file("body_values: 200000").check_mistake("memory.requests", "two thirds of this must be as much");
    good().file("{ body_values: 200000, memory.requests: 192MiB }").load();
}

#[test]
fn every_value_of_the_table_can_be_set() {
    use countersign_engine::settings::{SETTINGS, Section};
    let special = |path: &str| {
        path.contains('<')
            || path.starts_with("tls.")
            || path.starts_with("otlp.")
            || ["http2", "ops.tls", "store_needs_standby", "audit.node"].contains(&path)
            || ["proxies", "sms.countries", "sms.budget_per_hour"].contains(&path)
            || path.starts_with("keys.")
            || path.starts_with("password_encryption.")
    };
    for setting in SETTINGS.iter().filter(|setting| setting.section != Section::Development && !special(setting.path)) {
        let yaml = format!("{}: {}", setting.path, setting.example());
        good().file(&yaml).load();
    }
}

#[test]
fn what_holds_of_every_setting_is_listed_with_its_origin() {
    let loaded = good().file("hooks.sms.slots: 8\nstore: embedded:x.db").load();
    let shown = |path: &str| {
        let found = loaded.effective.iter().find(|setting| setting.path == path);
        found.map(|setting| (setting.value.as_str(), setting.origin.as_str())).unwrap()
    };
    assert_eq!(shown("hooks.sms.slots").0, "8");
    assert!(shown("hooks.sms.slots").1.ends_with("settings.yaml"));
    assert_eq!(shown("hooks.other.slots"), ("64", "default"));
    assert_eq!(shown("otps.sms.life"), ("5m", "default"));
    assert_eq!(shown("application.name"), ("the adapter", "definition"));
    assert_eq!(shown("keys.codes"), ("env:CODES", "environment variable COUNTERSIGN_KEYS__CODES"));
    assert_eq!(shown("tls.certificate"), ("-", "no TLS"));
    assert_eq!(shown("limits.per_prefix"), ("[100 in 1h]", "default"));
    assert!(!format!("{:?}", loaded.effective).contains("4fzXk0q"), "a secret is in it");
}

#[test]
fn two_ports_are_two() {
    let case = good().file("listen: 127.0.0.1:8081");
    case.check_mistake("ops.listen", "it is the port of the API");
    good().file("listen: 127.0.0.1:0\nops.listen: 127.0.0.1:0").load();
}
