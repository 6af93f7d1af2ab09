//! What `explain` says of the shipped definition and of a tailoring. `BLESS=1 cargo test` accepts what comes out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::fs;
use std::path::Path;

use countersign::check::check;
use countersign::explain;
use countersign::load::{BuiltIn, Loaded, built_in, definition};
use countersign::model::Adapter;
use countersign::vocabulary::Vocabulary;

#[test]
fn the_adapter_as_a_whole() {
    same("powerauth", &explain::adapter(&powerauth()));
}

#[test]
fn every_endpoint_is_explained_whole() {
    let adapter = powerauth();
    for endpoint in &adapter.endpoints {
        let text = explain::endpoint(&adapter, &endpoint.name);
        let plan = &endpoint.plan;
        let faults =
            plan.answers.iter().flat_map(|answer| &answer.faults).chain(plan.shown.iter().map(|(fault, _)| fault));
        for fault in faults {
            assert!(text.contains(fault.as_str()), "{}: {fault}", endpoint.name);
        }
        for input in plan.steps.iter().flat_map(|step| &step.inputs) {
            let meaning = &adapter.meanings[input.meaning].name;
            assert!(text.contains(meaning.as_str()), "{}: {meaning}", endpoint.name);
        }
    }
}

#[test]
fn a_behaviour_that_looks_up() {
    same("lookup_user", &explain::endpoint(&powerauth(), "lookup_user"));
}

#[test]
fn a_behaviour_that_sends() {
    same("create_sms", &explain::endpoint(&powerauth(), "create_sms"));
}

#[test]
fn a_behaviour_that_checks() {
    same("authenticate_user", &explain::endpoint(&powerauth(), "authenticate_user"));
}

#[test]
fn a_hook_of_the_bank() {
    let adapter = checked(definition(Path::new("tests/tailorings/own-hook"), &library()).unwrap());
    same("block_card", &explain::endpoint(&adapter, "block_card"));
}

#[test]
fn an_operation_that_says_when_it_ends() {
    let adapter = checked(definition(Path::new("tests/tailorings/operation-ends"), &library()).unwrap());
    let text = explain::endpoint(&adapter, "create_sms");
    let columns = |word: &str| {
        let line = text.lines().find(|line| line.contains(word)).unwrap_or_default();
        line.split("  ").map(str::trim).filter(|column| !column.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(columns("operation.expires"), ["operation.expires", "<-", "operationContext.validTo, if sent"]);
    assert_eq!(columns("operation.expired").last(), Some(&"the operation has ended"));
    // Without the value there is no such fault, so that no definition needs an answer for it.
    assert!(!explain::endpoint(&powerauth(), "create_sms").contains("operation.expired"));
    assert!(!explain::endpoint(&adapter, "verify_sms").contains("operation.expired"));
}

#[test]
fn every_behaviour_and_thing_is_listed_and_every_word_explained() {
    let listed = explain::word("words").unwrap();
    let words = Vocabulary::shipped().unwrap();
    for (name, behaviour) in words.behaviours.iter() {
        assert!(listed.contains(name.as_str()), "{name}");
        let text = explain::word(name).unwrap();
        let parts = [&behaviour.needs, &behaviour.gives, &behaviour.refuses, &behaviour.fails];
        for part in parts.into_iter().flatten().filter(|part| part.contains('.') && !part.contains(" | ")) {
            assert!(text.contains(part.as_str()), "{name}: {part}\n{text}");
        }
    }
    for name in words.faults.names().chain(words.meanings.names()) {
        assert!(explain::word(name).unwrap().starts_with(&format!("{name}: ")), "{name}");
        let entity = name.split('.').next().unwrap();
        assert!(!words.meanings.has(name) || explain::word(entity).unwrap().contains(name), "{name}");
    }
}

#[test]
fn a_word_tells_who_uses_it() {
    assert!(explain::word("otp.wrong").unwrap().contains("refused by  verify_otp"));
    assert!(explain::word("otp.code").unwrap().contains("needed by  send_sms, verify_otp"));
    assert_eq!(explain::word("verify_opt"), Err(Some("verify_otp".to_owned())));
    assert_eq!(explain::word("something else entirely"), Err(None));
}

#[test]
fn every_key_and_rule_is_explained_and_so_is_what_others_call_them() {
    use countersign::language::{about, keys, rules, synonyms};
    for row in &keys::SECTIONS {
        for key in row.keys {
            let text = explain::word(key).unwrap();
            assert!(text.contains(about::of(row.section, key).unwrap()), "{key}: {text}");
            assert!(text.contains(row.what), "{key}: {text}");
        }
    }
    for rule in rules::words() {
        assert!(explain::word(rule).unwrap().contains("a rule of a field"), "{rule}");
    }
    for (word, meant) in synonyms::SYNONYMS.iter().filter(|(_, meant)| *meant != "+") {
        assert!(explain::word(word).unwrap().contains(meant), "{word}");
    }
    assert!(explain::word("max_length").unwrap().contains("called `max` here"));
    assert!(explain::word("checks by").unwrap().contains("expects"));
    assert!(explain::word("passes to hooks").unwrap().contains("facts"));
    assert_eq!(explain::word("ruote"), Err(Some("route".to_owned())));
}

fn library() -> BuiltIn {
    BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn powerauth() -> Adapter {
    checked(built_in("powerauth-data-adapter", &library()).unwrap())
}

fn checked(loaded: Loaded) -> Adapter {
    check(&loaded).adapter.unwrap()
}

/// Compares with the accepted text, or accepts.
fn same(name: &str, now: &str) {
    let file = Path::new("tests/explain").join(name).with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, now).unwrap();
    }
    let before = fs::read_to_string(&file).unwrap_or_default();
    assert!(before == now, "{} is no longer so; BLESS=1 accepts:\n{now}", file.display());
}

/// Web Flow 0.23 to 1.0 speaks the words of 1.x, and still reads what 1.1 took away.
#[test]
fn a_tailoring_gives_back_what_its_base_took_away() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/powerauth-data-adapter-0-23");
    let adapter = checked(definition(&folder, &library()).unwrap());
    let answer = explain::endpoint(&adapter, "authenticate_user");
    for line in ["userDetail.id ", "userDetail.accountStatus ", "accountStatus ", "authenticationResult "] {
        assert!(answer.lines().any(|one| one.trim_start().starts_with(line)), "{line}\n{answer}");
    }
    let asked = explain::endpoint(&adapter, "create_sms");
    let line = asked.lines().find(|line| line.trim_start().starts_with("userId ")).unwrap();
    assert!(line.contains("user.id, optional"), "{line}");
    let instruments = adapter.enums.iter().find(|one| one.name == "AuthInstrument").unwrap();
    let names: Vec<&str> = instruments.members.iter().map(|member| member.wire.as_str()).collect();
    assert!(["CREDENTIAL", "PASSWORD", "SMS_KEY"].iter().all(|name| names.contains(name)), "{names:?}");
}
