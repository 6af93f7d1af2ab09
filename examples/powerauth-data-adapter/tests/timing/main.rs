//! Whether the duration of an answer tells what its body does not: codes of users who exist against decoys and ids that
//! never were, wrong passwords of users who exist against users who do not. The requests take turns at random.
//! `COUNTERSIGN_TIMING` sets how many of each; what is printed is the chance that one of the first takes longer than one
//! of the second, where 0.5 means that nothing can be told. See `docs/figures.md` for the full count.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod gateways;
#[rustfmt::skip]
#[allow(dead_code, reason = "the adapter of these tests has hooks of its own")]
#[path = "../../src/generated/mod.rs"]
mod generated;
#[path = "../support/mod.rs"]
mod support;
mod watch;

use serde_json::{Value, json};
use support::{create_request, operation, wrong};
use watch::{WARM_UP, Watch, each};

fn check(user: &str, number: &str, id: &str, code: &str) -> Value {
    json!({
        "messageId": id, "authorizationCode": code, "userId": user, "organizationId": "RETAIL",
        "operationContext": operation(number, "login_sca")
    })
}

fn codes(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::begin(folder.path(), store);
    for turn in 0..each() + WARM_UP {
        let (real, decoy) = (format!("real-{turn}"), format!("decoy-{turn}"));
        let nobody = format!("9{turn:07}");
        let mut made = |user: &str, number: &str| {
            let request = create_request(user, &operation(number, "login_sca"));
            let (_, body) = watch.post("/api/auth/sms/create", &request);
            let body: Value = serde_json::from_str(&body).unwrap();
            body["responseObject"]["messageId"].as_str().unwrap().to_owned()
        };
        let (id, decoys) = (made("20000001", &real), made(&nobody, &decoy));
        let code = watch.server.code(&id);
        let mistyped = wrong(&code);
        let requests = vec![
            ("known", check("20000001", &real, &id, &mistyped)),
            ("decoy", check(&nobody, &decoy, &decoys, &mistyped)),
            ("unknown", check("20000001", &real, &format!("00000000-0000-4000-8000-{turn:012}"), &mistyped)),
        ];
        watch.round("/api/auth/sms/verify", requests, turn >= WARM_UP);
        // So that nobody is blocked.
        watch.post("/api/auth/sms/verify", &check("20000001", &real, &id, &code));
    }
    assert_eq!(watch.sorts["known"].bodies, watch.sorts["decoy"].bodies, "decoys are answered as codes are");
    for sort in ["decoy", "unknown"] {
        watch.must_be_alike(&format!("verify_sms, {store}"), "known", sort);
    }
}

#[test]
fn a_decoy_is_answered_as_a_code_is() {
    codes("memory");
    codes("embedded");
}

fn passwords(store: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::begin(folder.path(), store);
    let path = "/api/auth/user/authenticate";
    let ask = |user: &str, password: &str, protection: &str, transformation: &str| {
        json!({
            "userId": user, "organizationId": "RETAIL", "password": password,
            "authenticationContext": { "passwordProtection": protection, "cipherTransformation": transformation },
            "operationContext": operation("timing", "login")
        })
    };
    let plain = |user: &str, password: &str| ask(user, password, "NO_PROTECTION", "");
    // The last letter breaks the padding of a password that would be right.
    let broken = "AAECAwQFBgcICQoLDA0ODw==:0wlMMMFXcMMnwR9Lr+OVQA==";
    for _ in 0..5 {
        watch.post(path, &plain("20000003", "mistyped"));
    }
    for turn in 0..each() + WARM_UP {
        let requests = vec![
            ("known", plain("20000001", "mistyped")),
            ("unknown", plain(&format!("9{turn:07}"), "mistyped")),
            ("padding", ask("20000001", broken, "PASSWORD_ENCRYPTION_AES", "AES/CBC/PKCS7Padding")),
            ("blocked", plain("20000003", "mistyped")),
        ];
        watch.round(path, requests, turn >= WARM_UP);
        // So that nobody else is blocked.
        watch.post(path, &plain("20000001", "s3cret"));
    }
    for sort in ["unknown", "padding"] {
        assert_eq!(watch.sorts["known"].bodies, watch.sorts[sort].bodies, "{sort}");
    }
    // The contract tells who is blocked.
    assert_eq!(watch.sorts["blocked"].bodies.len(), 1);
    for sort in ["unknown", "padding", "blocked"] {
        watch.must_be_alike(&format!("authenticate_user, {store}"), "known", sort);
    }
}

#[test]
fn a_user_who_does_not_exist_is_answered_as_one_who_mistyped() {
    passwords("memory");
    passwords("embedded");
}
