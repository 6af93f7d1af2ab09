//! Mistakes as people make them: each one change of a good tailoring, and all that is told of it.
//!
//! The verdicts are those of somebody who had written neither the messages nor this table, on 2026-11-29: of each case the
//! input and what is printed were read (place, message, labels, help), no source, and it was asked whether that alone says
//! what to write, in YAML that is then good. 92 of 103 were `Mended`. The messages of the other 11 were written anew after
//! what was asked for then, and are `Reworded`: they have not been judged a second time by somebody else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use countersign::check::check;
use countersign::diagnostic::{Diagnostic, render, total};
use countersign::load::{BuiltIn, definition};
use countersign::source::Sources;

#[path = "common_mistakes/pairs.rs"]
mod pairs;

use Input::{Change, Files, Whole};
use Verdict::{Mended, Reworded};

const GOOD: &str = include_str!("common_mistakes/adapter.yaml");

/// What was written.
enum Input {
    /// The good one with this text in place of that one.
    Change(&'static str, &'static str),
    /// Another one.
    Whole(&'static str),
    /// These files in place of the good one: path, text.
    Files(&'static [(&'static str, &'static str)]),
}

/// Id, line, message, the first line of the help, and how many more have the same cause.
type Told = (&'static str, usize, &'static str, &'static str, usize);

struct Case {
    name: &'static str,
    input: Input,
    /// Everything that is told; nothing for what is no mistake.
    told: &'static [Told],
    verdict: Verdict,
}

/// What a stranger said of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Mended from the message alone.
    Mended,
    /// Not mended by the message that there was; it was written anew.
    Reworded,
    /// Not mended by the message that there is.
    NotMended,
}

#[test]
fn every_common_mistake_is_reported_once_at_its_line() {
    let mut wrong = Vec::new();
    for (case, Found { told, .. }) in CASES.iter().zip(FOUND.iter()) {
        let expected: Vec<_> = case.told.iter().map(owned).collect();
        if *told != expected {
            wrong.push(format!("{}: {told:#?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that is printed of every case, labels, other places and totals included. `BLESS=1 cargo test` accepts it.
#[test]
fn every_common_mistake_has_its_picture() {
    let pictures: Vec<String> =
        CASES.iter().zip(FOUND.iter()).map(|(case, one)| format!("==== {}\n\n{}", case.name, one.picture)).collect();
    let (now, file) = (pictures.join("\n"), Path::new("tests/common_mistakes/pictures.txt"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, &now).unwrap();
    }
    let before = fs::read_to_string(file).unwrap_or_default();
    let changed = |(was, is): &(&str, &str)| was != is;
    let first = before.lines().zip(now.lines()).find(changed);
    assert!(before == now, "{} is no longer so ({first:?}); BLESS=1 accepts", file.display());
}

/// Of the cases that are mistakes, nearly all are one line of one file.
#[test]
fn hardly_any_needs_more_than_its_message() {
    let not = |verdict| CASES.iter().filter(|case| case.verdict == verdict).map(|case| case.name).collect::<Vec<_>>();
    assert!(not(Verdict::NotMended).len() <= 3, "{:?}", not(Verdict::NotMended));
    assert_eq!((CASES.len(), not(Verdict::Reworded).len()), (103, 1));
    let several = CASES.iter().filter(|case| case.told.len() > 1).count();
    assert_eq!(several, 0, "a cause is told once");
}

fn owned(told: &Told) -> (String, usize, String, String, usize) {
    (told.0.to_owned(), told.1, told.2.to_owned(), told.3.to_owned(), told.4)
}

/// What is told of a case.
struct Found {
    told: Vec<(String, usize, String, String, usize)>,
    /// Lines of the bank's own that are shown beside.
    beside: Vec<usize>,
    picture: String,
}

/// What is told of each case.
static FOUND: LazyLock<Vec<Found>> = LazyLock::new(|| CASES.iter().map(found).collect());

fn found(case: &Case) -> Found {
    match case.input {
        Change(from, to) => {
            assert_eq!(GOOD.matches(from).count(), 1, "{}", case.name);
            look(&[("adapter.yaml", &GOOD.replace(from, to))])
        }
        Whole(text) => look(&[("adapter.yaml", text)]),
        Files(files) => look(files),
    }
}

fn look(files: &[(&str, &str)]) -> Found {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (all, sources) = match definition(folder.path(), &BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")))) {
        Err(error) => (error.diagnostics, error.sources),
        Ok(loaded) => (check(&loaded).diagnostics, loaded.sources),
    };
    let picture = render(&all, &sources, false) + &total(&all) + "\n";
    let picture = picture.replace(&format!("{}/", folder.path().display()), "");
    let beside = all.iter().flat_map(|one| &one.related).filter(|(place, _)| sources.is_own(*place));
    let beside = beside.map(|(place, _)| sources.position(*place).0).collect();
    Found { beside, told: all.iter().map(|one| row(one, &sources)).collect(), picture }
}

/// Every mistake stands in the bank's own file, or in one that it extends and that closes a circle; in line 0, if the
/// file is missing.
fn row(one: &Diagnostic, sources: &Sources) -> (String, usize, String, String, usize) {
    let is_circle = one.id == "extends-itself";
    assert!(is_circle || one.place.is_none_or(|place| sources.is_own(place)), "{}", one.message);
    let line = one.place.map_or(0, |place| sources.position(place).0);
    let help = one.help.as_deref().unwrap_or_default().lines().next().unwrap_or_default();
    (one.id.to_owned(), line, one.message.clone(), help.to_owned(), one.more)
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "cyclic extends two",
        input: Files(&[("adapter.yaml", "extends: ./b\nadapter: my-bank\n"), ("b/adapter.yaml", "extends: ..\n")]),
        told: &[("extends-itself", 1, "definitions extend each other in a circle", "name in one of them a definition that is not in the circle: b2b-customer-verification, powerauth-data-adapter, powerauth-data-adapter-1, wallet-engine-activation, walley-identify-buyer, or another one by its path", 0)],
        verdict: Reworded,
    },
    Case {
        name: "adapter.yml",
        input: Files(&[("adapter.yml", GOOD)]),
        told: &[("missing-file", 0, "there is no `adapter.yaml`, but an `adapter.yml`", "call it `adapter.yaml`", 0)],
        verdict: Mended,
    },
    Case {
        name: "mess. file beside",
        input: Files(&[("adapter.yaml", GOOD), ("messages/fr.yaml", "login.smsTextt: \"Code {{ otp.code }}\"\n")]),
        told: &[("misspelt", 1, "nothing uses the text `login.smsTextt`", "did you mean `login.smsText`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "key typo: endponts",
        input: Change("endpoints:\n", "endponts:\n"),
        told: &[("unknown-key", 20, "a definition has no key `endponts`", "did you mean `endpoints`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "otp kind typo: smss (adds a new kind)",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  smss: { digits: 6, life: 3m }\n"),
        told: &[("misspelt", 7, "`smss` is new in `otps`, and almost `sms`, which is there", "did you mean `sms`?", 2)],
        verdict: Mended,
    },
    Case {
        name: "meaning typo",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", "    deviceName: { is: device.nmae, max: 64, says: device.name.* }\n"),
        told: &[("unknown-meaning", 40, "no meaning `device.nmae`", "did you mean `device.name`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "message key typo (error key)",
        input: Change("      says: { required: login.branchCode.empty, pattern: login.branchCode.invalid }\n", "      says: { required: login.branchCode.empty, pattern: login.brnachCode.invalid }\n"),
        told: &[("similar-key", 37, "the message key `login.brnachCode.invalid` is new, and almost `login.branchCode`", "did you mean `login.branchCode.invalid`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "settings default wrong type",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsettings:\n  show_remaining_attempts: maybe\n"),
        told: &[("wrong-kind", 57, "the setting `show_remaining_attempts` is true or false in what is extended, and here is a text", "write `true` or `false`", 1)],
        verdict: Mended,
    },
    Case {
        name: "settings default \"true\" quoted",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsettings:\n  show_remaining_attempts: \"true\"\n"),
        told: &[("wrong-kind", 57, "the setting `show_remaining_attempts` is true or false in what is extended, and here is a text", "take the quotes away: `true`", 1)],
        verdict: Mended,
    },
    Case {
        name: "wrong indentation (endpoint body at endpoint level)",
        input: Change("    about: Registers a device of the user.\n    route: POST /api/device/register\n", "  about: Registers a device of the user.\n  route: POST /api/device/register\n"),
        told: &[("syntax", 23, "`about` stands beside `register_device`, which has nothing behind it, and `does` stands deeper", "indent `about` and `route` like `does`, below `register_device:`", 0)],
        verdict: Mended,
    },
    Case {
        name: "duplicate key",
        input: Change("endpoints:\n", "endpoints:\n  form_data_change: null\n"),
        told: &[("duplicate-key", 22, "`form_data_change` stands twice in one map", "YAML would silently keep one of them", 0)],
        verdict: Mended,
    },
    Case {
        name: "anchor",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: &s { digits: 6, life: 3m }\n"),
        told: &[("anchor", 7, "`&s` is an anchor, and a definition has none", "take `&s` out", 0)],
        verdict: Mended,
    },
    Case {
        name: "wrong type: digits six",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: { digits: six, life: 3m }\n"),
        told: &[("wrong-kind", 7, "`digits` is a number, and here is a text", "write it in digits", 0)],
        verdict: Mended,
    },
    Case {
        name: "digits 12",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: { digits: 12, life: 3m }\n"),
        told: &[("below-floor", 7, "a code of 12 characters is outside 6 to 9", "a shorter code can be guessed, a longer one is mistyped", 0)],
        verdict: Mended,
    },
    Case {
        name: "life: 180 unquoted s",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: { digits: 6, life: 180 s }\n"),
        told: &[("wrong-value", 7, "`180 s` is no length of time", "write `180s`", 0)],
        verdict: Mended,
    },
    Case {
        name: "life: 1h too long",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: { digits: 6, life: 1h }\n"),
        told: &[("below-floor", 7, "a life of 1h is longer than 10 minutes", "the longer a code is good, the more often it can be tried", 0)],
        verdict: Mended,
    },
    Case {
        name: "yes as optional",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", "    deviceName: { is: device.name, optional: yes, max: 64, says: device.name.* }\n"),
        told: &[("bare-word", 40, "`yes` is a text to some readers of YAML and a boolean to others", "write `true`", 0)],
        verdict: Mended,
    },
    Case {
        name: "language no (norwegian)",
        input: Change("  de:\n", "  no:\n"),
        told: &[("bare-word", 45, "`no` is a text to some readers of YAML and a boolean to others", "quote it: \"no\"; true or false is written `false`", 0)],
        verdict: Mended,
    },
    Case {
        name: "language german",
        input: Change("  de:\n", "  german:\n"),
        told: &[("bad-name", 45, "`german` is no code of a language", "write the code of two or three small letters, with a region if it matters: `de`, `pt-BR`", 0)],
        verdict: Mended,
    },
    Case {
        name: "remove error used elsewhere",
        input: Change("errors:\n", "errors:\n  INPUT_INVALID: null\n"),
        told: &[("unknown-error", 29, "`INPUT_INVALID` is taken away here, and named 13 times in what stays", "take this line out, or take the name out there, too", 12)],
        verdict: Mended,
    },
    Case {
        name: "remove endpoint that does not exist",
        input: Change("  form_data_change: null\n", "  form_data_changed: null\n"),
        told: &[("nothing-removed", 21, "`endpoints.form_data_changed` is not there, so it cannot be removed", "did you mean `form_data_change`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "field twice with same meaning",
        input: Change("    userId: { is: user.id, max: 40, says: login.userId.* }\n", "    userId: { is: user.id, max: 40, says: login.userId.* }\n    userNumber: user.id\n"),
        told: &[("meant-twice", 40, "`requestObject.userId` and `requestObject.userNumber` both mean `user.id`", "take the meaning from one of them, or give it one of your own", 0)],
        verdict: Mended,
    },
    Case {
        name: "wrong path: no slash",
        input: Change("    route: POST /api/device/register\n", "    route: POST api/device/register\n"),
        told: &[("bad-route", 24, "`POST api/device/register` is no route: its path does not begin with `/`", "write `POST /api/device/register`", 0)],
        verdict: Mended,
    },
    Case {
        name: "path with space",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/device register\n"),
        told: &[("bad-route", 24, "`POST /api/device register` is no route: there is a blank in its path", "write `POST /api/device-register`", 0)],
        verdict: Mended,
    },
    Case {
        name: "lower-case method",
        input: Change("    route: POST /api/device/register\n", "    route: post /api/device/register\n"),
        told: &[("bad-route", 24, "`post /api/device/register` is no route: methods are written in capital letters", "write `POST /api/device/register`", 0)],
        verdict: Mended,
    },
    Case {
        name: "path param with no field",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/device/{id}/register\n"),
        told: &[("bad-route", 24, "`{id}` is no field of `RegisterDeviceRequest`", "add `id` to `RegisterDeviceRequest`", 0)],
        verdict: Mended,
    },
    Case {
        name: "route differs by case",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/auth/sms/Create\n"),
        told: &[("similar-route", 24, "`POST /api/auth/sms/Create` of `register_device` and that of `create_sms` differ in capital letters alone", "paths are compared letter by letter; write it like `POST /api/auth/sms/create`, or call it something else", 0)],
        verdict: Mended,
    },
    Case {
        name: "error without a row",
        input: Change("    errors: [INPUT_INVALID, DEVICE_REFUSED, REMOTE_ERROR]\n", "    errors: [INPUT_INVALID, DEVICE_REFUSE, REMOTE_ERROR]\n"),
        told: &[("unknown-error", 26, "no error `DEVICE_REFUSE`", "did you mean `DEVICE_REFUSED`? Or declare it under `errors:`", 0)],
        verdict: Mended,
    },
    Case {
        name: "row that nothing uses",
        input: Change("errors:\n", "errors:\n  ACCOUNT_FROZEN: { status: 403, for: [] }\n"),
        told: &[("unused", 29, "nothing uses the error `ACCOUNT_FROZEN`", "declare it in the `errors` of an endpoint, or take it out", 0)],
        verdict: Mended,
    },
    Case {
        name: "status 4004",
        input: Change("  DEVICE_REFUSED: { status: 409, for: [device.refused], says: device.refused }\n", "  DEVICE_REFUSED: { status: 4004, for: [device.refused], says: device.refused }\n"),
        told: &[("wrong-value", 30, "`status` is a whole number from 200 to 599, and not `4004`", "write a whole number from 200 to 599", 0)],
        verdict: Mended,
    },
    Case {
        name: "status \"409\" quoted",
        input: Change("  DEVICE_REFUSED: { status: 409, for: [device.refused], says: device.refused }\n", "  DEVICE_REFUSED: { status: \"409\", for: [device.refused], says: device.refused }\n"),
        told: &[("wrong-kind", 30, "`status` is a number, and here is a text", "take the quotes away: `409`", 0)],
        verdict: Mended,
    },
    Case {
        name: "template variable that does not exist",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.kode }}.\"\n"),
        told: &[("unknown-value", 46, "`login.smsText` (de) shows `otp.kode`, which is not at hand there", "did you mean `otp.code`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "template syntax error",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }.\"\n"),
        told: &[("bad-template", 46, "`login.smsText` (de) is no template: `{{ otp.code }` lacks a brace at its end", "write `{{ otp.code }}`", 0)],
        verdict: Mended,
    },
    Case {
        name: "template with filter upper",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code|upper }}.\"\n"),
        told: &[],
        verdict: Mended,
    },
    Case {
        name: "sms without code",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: \"Ihr Code für die Anmeldung lautet geheim.\"\n"),
        told: &[("text-lacks-value", 46, "the SMS `login.smsText` (de) does not show `otp.code`", "add `{{ otp.code }}`: who reads the message must see what the code is for", 0)],
        verdict: Mended,
    },
    Case {
        name: "sms too long",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: \"Ihr Code xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx für die Anmeldung lautet {{ otp.code }}.\"\n"),
        told: &[("sms-too-long", 46, "the SMS `login.smsText` (de) can have 442 characters, and two messages hold 306", "shorten it", 0)],
        verdict: Mended,
    },
    Case {
        name: "extends typo",
        input: Change("extends: powerauth-data-adapter\n", "extends: poweruth-data-adapter\n"),
        told: &[("unknown-definition", 2, "there is no definition `poweruth-data-adapter`", "did you mean `powerauth-data-adapter`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "no extends",
        input: Change("extends: powerauth-data-adapter\n", ""),
        told: &[("missing-extends", 2, "the definition has no `extends`, and neither `version` nor `callers` nor `envelope`", "add `extends: powerauth-data-adapter`, which has what is named here", 0)],
        verdict: Mended,
    },
    Case {
        name: "merge conflict",
        input: Change("title: My Bank Data Adapter\n\n", "title: My Bank Data Adapter\n\n<<<<<<< HEAD\n"),
        told: &[("conflict-marker", 6, "a conflict of version control stands here", "keep the lines that are right, and take out those with `<<<<<<<`, `=======` and `>>>>>>>`", 0)],
        verdict: Mended,
    },
    Case {
        name: "wrong case of key: Optional",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", "    deviceName: { is: device.name, Optional: true, max: 64, says: device.name.* }\n"),
        told: &[("unknown-key", 40, "a field has no key `Optional`", "did you mean `optional`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "key of another level: status at endpoint",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/device/register\n    status: 201\n"),
        told: &[("unknown-key", 25, "an endpoint has no key `status`", "did you mean `success`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "key of other level: digits at otps",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  digits: 6\n"),
        told: &[("wrong-kind", 7, "`digits` is a key of a kind of code, and stands where the name of one is meant", "write `sms: { digits: 6 }`", 0)],
        verdict: Mended,
    },
    Case {
        name: "payload wrong case: lookupUserRequest",
        input: Change("  LookupUserRequest:\n", "  lookupUserRequest:\n"),
        told: &[("misspelt", 33, "`lookupUserRequest` is new in `payloads`, and almost `LookupUserRequest`, which is there", "did you mean `LookupUserRequest`?", 2)],
        verdict: Mended,
    },
    Case {
        name: "field tailored: username max",
        input: Change("  LookupUserRequest:\n", "  LookupUserRequest:\n    username: { max: 20 }\n"),
        told: &[],
        verdict: Mended,
    },
    Case {
        name: "rule max text",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", "    deviceName: { is: device.name, max: \"64\", says: device.name.* }\n"),
        told: &[("wrong-value", 40, "the rule `max` of `deviceName` is a number, and here is a text", "take the quotes away: `64`", 0)],
        verdict: Mended,
    },
    Case {
        name: "pattern invalid regex",
        input: Change("      pattern: \"[0-9]{4}\"\n", "      pattern: \"[0-9{4}\"\n"),
        told: &[("wrong-value", 36, "the pattern of `branchCode` cannot be run: unclosed character class", "every `[` has a `]` behind it; `\\[` is the sign itself", 0)],
        verdict: Mended,
    },
    Case {
        name: "says for rule that does not exist",
        input: Change("      says: { required: login.branchCode.empty, pattern: login.branchCode.invalid }\n", "      says: { required: login.branchCode.empty, max: login.branchCode.long }\n"),
        told: &[("rule-without-key", 37, "`branchCode` has no rule `max`; it has the rule `pattern`, and says nothing when it is broken", "write `pattern: login.branchCode.long` in place of `max: login.branchCode.long`", 0)],
        verdict: Mended,
    },
    Case {
        name: "no says at all (rule without key)",
        input: Change("      says: { required: login.branchCode.empty, pattern: login.branchCode.invalid }\n", ""),
        told: &[("rule-without-key", 34, "`branchCode` has the rules `pattern` and `required`, and says nothing when they are broken", "add message keys, such as `says: { pattern: branchCode.invalid, required: branchCode.empty }`", 0)],
        verdict: Mended,
    },
    Case {
        name: "optional required word: \"optonal user.id\"",
        input: Change("    userId: { is: user.id, max: 40, says: login.userId.* }\n", "    userId: { is: user.id, max: 40, says: login.userId.* }\n    x: optonal user.id\n"),
        told: &[("wrong-value", 40, "`optonal user.id` is no short form of a field", "did you mean `optional user.id`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "type String",
        input: Change("  device.name: text\n", "  device.name: String\n"),
        told: &[("unknown-type", 11, "`String` is no type that a meaning of your own may have", "did you mean `text`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "response given by nothing (need)",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", ""),
        told: &[("unbound-need", 25, "`register_device` needs `device.name`, and nothing in `RegisterDeviceRequest` means it", "say `is: device.name` on a field, or let an earlier behaviour give it", 0)],
        verdict: Mended,
    },
    Case {
        name: "example unquoted 0800",
        input: Change("    user account exists: { request: { branchCode: \"0800\" } }\n", "    user account exists: { request: { branchCode: 0800 } }\n"),
        told: &[("bare-word", 53, "`0800` is a text to some readers of YAML and a number without its zeros to others", "quote it: \"0800\"", 0)],
        verdict: Mended,
    },
    Case {
        name: "example unknown title (typo)",
        input: Change("    user account exists: { request: { branchCode: \"0800\" } }\n", "    user acount exists: { request: { branchCode: \"0800\" } }\n"),
        told: &[("misspelt", 53, "`user acount exists` is new in `lookup-user`, and almost `user account exists`, which is there", "did you mean `user account exists`?", 1)],
        verdict: Mended,
    },
    Case {
        name: "secret written out",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsettings:\n  core.password: hunter2\n"),
        told: &[("secret-written-out", 57, "`core.password` has a secret written out", "write `core.password: \"\"`; the settings file of the running adapter says what it is", 0)],
        verdict: Mended,
    },
    Case {
        name: "sms countries in adapter.yaml (settings in definition)",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsms: { countries: [CZ] }\n"),
        told: &[("unknown-key", 56, "`sms.countries` is a setting of the running adapter, and this is its definition", "move these lines as they are into the settings file, which `--settings FILE` names", 0)],
        verdict: Mended,
    },
    Case {
        name: "behaviour unused",
        input: Change("behaviours:\n", "behaviours:\n  block_card:\n    needs: [user.id]\n"),
        told: &[("unused", 15, "nothing uses the behaviour `block_card`", "let an endpoint do it, or take it out", 0)],
        verdict: Mended,
    },
    Case {
        name: "meaning redefines shipped",
        input: Change("  user.branch: text\n", "  user.branch: text\n  user.id: integer\n"),
        told: &[("shipped-meaning", 11, "`user.id` is a meaning that is shipped", "use it as it is, or take another name", 0)],
        verdict: Mended,
    },
    Case {
        name: "does list as string",
        input: Change("    does: register_device\n", "    does: find_user, register_device\n"),
        told: &[("unknown-behaviour", 25, "no behaviour `find_user, register_device`", "several are a list: write `[find_user, register_device]`", 0)],
        verdict: Mended,
    },
    Case {
        name: "binds unknown",
        input: Change("  sms: { digits: 6, life: 3m }\n", "  sms: { digits: 6, life: 3m, binds: [user.branch] }\n"),
        told: &[("unbound-value", 7, "the code that `create_sms` makes binds `user.branch`, and nothing in `CreateSmsRequest` means it", "say `is: user.branch` on a field, or take it out of `otps`", 2)],
        verdict: Mended,
    },
    Case {
        name: "unquoted colon",
        input: Change("title: My Bank Data Adapter\n", "title: My Bank: Data Adapter\n"),
        told: &[("unquoted", 4, "the text of `title` has to stand in quotes: there is a colon with a blank behind it in it", "write `title: \"My Bank: Data Adapter\"`", 0)],
        verdict: Mended,
    },
    Case {
        name: "unquoted %",
        input: Change("    login.smsText: \"Ihr Code für die Anmeldung lautet {{ otp.code }}.\"\n", "    login.smsText: %code {{ otp.code }}\n"),
        told: &[("unquoted", 46, "the text of `login.smsText` has to stand in quotes: it begins with `%`", "write `login.smsText: \"%code {{ otp.code }}\"`", 0)],
        verdict: Mended,
    },
    Case {
        name: "missing space after colon",
        input: Change("adapter: my-bank\n", "adapter:my-bank\n"),
        told: &[("missing-blank", 3, "a blank is missing after the colon of `adapter`", "write `adapter: my-bank`", 0)],
        verdict: Mended,
    },
    Case {
        name: "BOM",
        input: Change("# Our bank\n", "\u{feff}# Our bank\n"),
        told: &[],
        verdict: Mended,
    },
    Case {
        name: "two documents",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\n---\nfoo: 1\n"),
        told: &[("two-documents", 56, "a file holds one document", "make it a file of its own", 0)],
        verdict: Mended,
    },
    Case {
        name: "base without slash",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nbase: api\n"),
        told: &[("bad-route", 56, "`api` is no path prefix: one begins with `/` and does not end with it", "write `/api`", 0)],
        verdict: Mended,
    },
    Case {
        name: "wire typo",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nwire:\n  unknown_field: reject\n"),
        told: &[("unknown-key", 57, "`wire` has no key `unknown_field`", "did you mean `unknown_fields`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "success 2001",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/device/register\n    success: 2001\n"),
        told: &[("wrong-value", 25, "`success` is a whole number from 200 to 299, and not `2001`", "write a whole number from 200 to 299", 0)],
        verdict: Mended,
    },
    Case {
        name: "rust keyword field",
        input: Change("    userId: { is: user.id, max: 40, says: login.userId.* }\n", "    userId: { is: user.id, max: 40, says: login.userId.* }\n    type: optional text\n"),
        told: &[],
        verdict: Mended,
    },
    Case {
        name: "optional: \"yes\" (as the help says)",
        input: Change("    deviceName: { is: device.name, max: 64, says: device.name.* }\n", "    deviceName: { is: device.name, optional: \"yes\", max: 64, says: device.name.* }\n"),
        told: &[("wrong-kind", 40, "`optional` is true or false, and here is a text", "write `true`, without quotes", 0)],
        verdict: Mended,
    },
    Case {
        name: "settings typo in a text? application.nam",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsettings:\n  application.nam: Bank\n"),
        told: &[("misspelt", 57, "the setting `application.nam` is new, and almost one that is there", "did you mean `application.name`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "operation tailored: needs typo",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\noperations:\n  authorize_payment: { needs: [operation.amout] }\n"),
        told: &[("unknown-meaning", 57, "no meaning `operation.amout`", "did you mean `operation.amount`?", 3)],
        verdict: Mended,
    },
    Case {
        name: "operation unknown_user: hidden",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\noperations:\n  authorize_payment: { unknown_user: hidden }\n"),
        told: &[("wrong-value", 57, "`unknown_user` is silent or error, and not `hidden`", "write one of these words", 0)],
        verdict: Mended,
    },
    Case {
        name: "says text key typo value (any key)",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nsays:\n  otp.expired: smsAuthorization.expierd\n"),
        told: &[("similar-key", 57, "the message key `smsAuthorization.expierd` is new, and almost `smsAuthorization.expired`", "did you mean `smsAuthorization.expired`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "enum typo name",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nenums:\n  VerificationResutl: { VERIFIED_OK: passed }\n"),
        told: &[("misspelt", 57, "nothing uses the enum `VerificationResutl`", "did you mean `VerificationResult`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "error for two rows same fault",
        input: Change("errors:\n", "errors:\n  OTHER: { status: 403, for: [user.unknown] }\n"),
        told: &[("unused", 29, "nothing uses the error `OTHER`", "declare it in the `errors` of an endpoint, or take it out", 0)],
        verdict: Mended,
    },
    Case {
        name: "endpoint adds own error not raised",
        input: Change("endpoints:\n", "endpoints:\n  create_sms: { errors: [DEVICE_REFUSED] }\n"),
        told: &[("unused", 21, "`create_sms` never answers `DEVICE_REFUSED`: nothing in it ends with `device.refused`", "take it out here, or add what ends so to its `does`: `register_device`", 0)],
        verdict: Mended,
    },
    Case {
        name: "request: other payload typo",
        input: Change("    route: POST /api/device/register\n", "    route: POST /api/device/register\n    request: RegisterDeviceReq\n"),
        told: &[("unknown-type", 25, "no payload `RegisterDeviceReq`", "did you mean `RegisterDeviceRequest`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "deep indentation list",
        input: Change("    errors: [INPUT_INVALID, DEVICE_REFUSED, REMOTE_ERROR]\n", "    errors: INPUT_INVALID, DEVICE_REFUSED\n"),
        told: &[("unknown-error", 26, "no error `INPUT_INVALID, DEVICE_REFUSED`", "several are a list: write `[INPUT_INVALID, DEVICE_REFUSED]`", 0)],
        verdict: Mended,
    },
    Case {
        name: "behaviour needs typo",
        input: Change("    needs: [user.id, device.name]\n", "    needs: [user.id, device.nam]\n"),
        told: &[("unknown-meaning", 16, "no meaning `device.nam`", "did you mean `device.name`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "pattern anchored double-quoted \\d",
        input: Change("      pattern: \"[0-9]{4}\"\n", "      pattern: \"\\d{4}\"\n"),
        told: &[("syntax", 36, "in double quotes a backslash begins an escape, and this is none", "write it in single quotes, which know no escapes: `'\\d{4}'`", 0)],
        verdict: Mended,
    },
    Case {
        name: "body_limit 10MB",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nwire:\n  body_limit: 10MB\n"),
        told: &[("wrong-value", 57, "`10MB` is no size from 1KiB to 16MiB", "write `10MiB`", 0)],
        verdict: Mended,
    },
    Case {
        name: "callers none",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\ncallers: none\n"),
        told: &[("missing-key", 56, "`callers: none` does not say why anybody may call", "write `callers: { none: <reason> }`: why nobody else can reach the port", 0)],
        verdict: Mended,
    },
    Case {
        name: "const + optional",
        input: Change("    userId: { is: user.id, max: 40, says: login.userId.* }\n", "    userId: { is: user.id, max: 40, says: login.userId.* }\n    flag: { as: boolean, default: \"maybe\" }\n"),
        told: &[("wrong-value", 40, "the default of `flag` is true or false, and here is a text", "write `true` or `false`", 0)],
        verdict: Mended,
    },
    Case {
        name: "date unquoted default",
        input: Change("    userId: { is: user.id, max: 40, says: login.userId.* }\n", "    userId: { is: user.id, max: 40, says: login.userId.* }\n    since: { as: date, default: 2024-01-01 }\n"),
        told: &[("wrong-value", 40, "`since` has a default, and its type, `date`, can have none", "write `optional: true` in place of the default", 0)],
        verdict: Mended,
    },
    Case {
        name: "version 1.10 unquoted",
        input: Change("    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n", "    an operation that hides unknown users gets an empty answer: { request: { branchCode: \"0800\" } }\n\nversion: 1.10\n"),
        told: &[("wrong-kind", 56, "`version` is a text, and here is a number", "put it in quotes", 0)],
        verdict: Mended,
    },
    Case {
        name: "text null: ~",
        input: Change("title: My Bank Data Adapter\n", "title: ~\n"),
        told: &[("missing-key", 4, "`title` has nothing behind it here, and every definition needs it", "write what it is, or take the line out to keep that of the definition that is extended", 0)],
        verdict: Mended,
    },
    Case {
        name: "empty endpoints:",
        input: Change("  form_data_change: null\n", "  form_data_change:\n"),
        told: &[("null-not-written", 21, "`endpoints: form_data_change` has nothing behind it, which would take away what is extended", "indent the lines that belong to it, or write `form_data_change: null` to take it away", 0)],
        verdict: Mended,
    },
    Case {
        name: "meaning capital User.branch",
        input: Change("  user.branch: text\n", "  User.Branch: text\n"),
        told: &[("bad-name", 10, "`User.Branch` is no name of a meaning", "write `user.branch`", 0)],
        verdict: Mended,
    },
    Case {
        name: "verify_sms drops does",
        input: Whole("extends: powerauth-data-adapter\nendpoints: { verify_sms: { does: null } }\n"),
        told: &[("unfilled-field", 2, "`smsAuthorizationResult` is `otp.outcome`, and nothing in `verify_sms` gives it", "take this line out, or let a behaviour of `verify_sms` give it, under `does:`", 0)],
        verdict: Mended,
    },
    Case {
        name: "verify_sms without user.id and field gone",
        input: Whole("extends: powerauth-data-adapter\nendpoints: { verify_sms: { without: [user.id] } }\npayloads: { VerifySmsRequest: { userId: null } }\n"),
        told: &[("unbound-value", 3, "the code that `verify_sms` checks binds `user.id`, and nothing in `VerifySmsRequest` means it", "take this line out, or say `is: user.id` on a field, or take it out of `otps`; `without` has no effect on it: take it out there, too", 0)],
        verdict: Mended,
    },
    Case {
        name: "attempts 50",
        input: Whole("extends: powerauth-data-adapter\notps: { sms: { attempts: 50 } }\n"),
        told: &[("below-floor", 2, "50 attempts are outside 1 to 5", "every try is a guess", 0)],
        verdict: Mended,
    },
    Case {
        name: "operation without sms",
        input: Whole("extends: powerauth-data-adapter\noperations: { authorize_card: { needs: [operation.amount] } }\n"),
        told: &[("missing-text", 2, "the operation `authorize_card` has no SMS text", "add `sms: <message key>`, or a `text` to the kind of code", 0)],
        verdict: Mended,
    },
    Case {
        name: "notify name typo",
        input: Whole("extends: powerauth-data-adapter\nendpoints: { operation_change: { does: { notify: operation_chnged } } }\n"),
        told: &[("misspelt", 2, "`notify: operation_chnged` is new, and almost one that is there", "did you mean `operation_changed`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "field with is and as mismatch",
        input: Whole("extends: powerauth-data-adapter\npayloads: { LookupUserRequest: { organizationId: { as: integer } } }\n"),
        told: &[("type-clash", 2, "`organization.id` is of the type `text`, and `integer` cannot carry it", "leave the type out, or take one that carries the meaning", 1)],
        verdict: Mended,
    },
    Case {
        name: "base with trailing slash",
        input: Whole("extends: powerauth-data-adapter\nbase: /powerauth-data-adapter/\n"),
        told: &[("bad-route", 2, "`/powerauth-data-adapter/` is no path prefix: one begins with `/` and does not end with it", "write `/powerauth-data-adapter`", 0)],
        verdict: Mended,
    },
    Case {
        name: "error says misspelt key with text",
        input: Whole("extends: powerauth-data-adapter\nerrors: { USER_NOT_FOUND: { says: \"User {{ user.idd }} not found\" } }\n"),
        told: &[("unknown-value", 2, "the message shows `user.idd`, which an error does not have", "it has `build.time`, `build.version`, `error.code`, `error.status`, `request.id`, `request.language`, `request.time`, `otp.attempts`, `otp.attempts_left`, `otp.id`", 0)],
        verdict: Mended,
    },
    Case {
        name: "html text with unknown var",
        input: Whole("extends: powerauth-data-adapter\nmessages: { en: { login.consent: \"Hello {{ user.nam }}\" } }\n"),
        told: &[("unknown-value", 2, "`login.consent` (en) shows `user.nam`, which is not at hand there", "at hand there are `user.id`, `build.time`, `build.version`, `operation.account`, `operation.amount`, `operation.currency`, `operation.data`, `operation.id`, `operation.name`, `organization.id`, `request.id`, `request.language`, `request.time`, `settings.*`", 0)],
        verdict: Mended,
    },
    Case {
        name: "html text with script",
        input: Whole("extends: powerauth-data-adapter\nmessages: { en: { login.consent: \"<script>alert(1)</script>\" } }\n"),
        told: &[("tag-not-allowed", 2, "the consent `login.consent` (en) has the tag `<script>`", "allowed are, without attributes: b, br, div, em, h1, h2, h3, i, li, ol, p, span, strong, ul", 0)],
        verdict: Mended,
    },
    Case {
        name: "option required typo",
        input: Whole("extends: powerauth-data-adapter\noperations: { login: { consent: { options: { CONSENT_LOGIN: { requird: true } } } } }\n"),
        told: &[("unknown-key", 2, "an option has no key `requird`", "did you mean `required`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "settings nested instead of dotted",
        input: Whole("extends: powerauth-data-adapter\nsettings:\n  application:\n    name: Bank\n"),
        told: &[("wrong-kind", 3, "the name of a setting is written with dots, and `application` is a map", "write `application.name: Bank`", 0)],
        verdict: Mended,
    },
    Case {
        name: "field means an entity attribute with wrong capital",
        input: Whole("extends: powerauth-data-adapter\npayloads: { LookupUserRequest: { username: { is: User.username } } }\n"),
        told: &[("unknown-meaning", 2, "no meaning `User.username`", "did you mean `user.username`?", 0)],
        verdict: Mended,
    },
    Case {
        name: "otp life 30s ok-ish",
        input: Whole("extends: powerauth-data-adapter\notps: { sms: { life: 5s } }\n"),
        told: &[("hardly-usable", 2, "the code `sms` lives for 5s, and nobody reads and types it so fast", "write `5m`, or another life of at least `30s`", 0)],
        verdict: Mended,
    },
    Case {
        name: "extends other api",
        input: Whole("extends: powerauth-data-adapter\nadapter: x\n"),
        told: &[],
        verdict: Mended,
    },
];
