//! Secrets that are easy to find again: passwords, codes and phones go through every flow that takes them, with every
//! log line switched on; then nothing of them may stand in the log, in the store's files, or in an answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use std::path::Path;

use example_test_support::{Answer, Server};
use serde_json::{Value, json};
use support::{create_code, create_request, payment, post, wrong};

const PASSWORD: &str = "kanarek-Heslo-7Qx";
/// The sample of the API's documentation, and what stands in it.
const KEY: &str = "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=";
const PROTECTED: &str = "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCw==";
const DECRYPTED: &str = "passw0rd";
const USERS: [&str; 6] = ["12345678", "20000001", "30000001", "30000002", "40000001", "99999999"];
/// The numbers of those users, without their country.
const PHONES: [&str; 4] = ["601234567", "601000001", "600000000", "601000012"];

struct Hunt {
    server: Server,
    secrets: Vec<String>,
    answers: Vec<String>,
}

impl Hunt {
    fn keep(&mut self, answer: &Answer) {
        self.answers.push(answer.text.clone());
    }

    fn post(&mut self, path: &str, payload: Value) {
        let answer = post(&self.server, path, payload);
        self.keep(&answer);
    }

    fn passwords(&mut self, user: &str) {
        let protected =
            [("NO_PROTECTION", "", PASSWORD), ("PASSWORD_ENCRYPTION_AES", "AES/CBC/PKCS7Padding", PROTECTED)];
        for (protection, transformation, password) in protected {
            let context = json!({ "passwordProtection": protection, "cipherTransformation": transformation });
            self.post(
                "/api/auth/user/authenticate",
                json!({
                    "userId": user, "organizationId": "RETAIL", "password": password, "authenticationContext": context,
                    "operationContext": payment("canary-password")
                }),
            );
        }
    }

    fn codes(&mut self, user: &str) {
        let operation = payment(&format!("canary-{user}"));
        let created = post(&self.server, "/api/auth/sms/create", create_request(user, &operation));
        self.keep(&created);
        let id = created.at("/responseObject/messageId").as_str().unwrap_or("none").to_owned();
        let code =
            self.server.message(&id).map_or("31415926".to_owned(), |sms| sms["code"].as_str().unwrap().to_owned());
        let check = |code: &str| {
            json!({
                "messageId": id, "authorizationCode": code, "userId": user, "organizationId": "RETAIL",
                "operationContext": operation
            })
        };
        for typed in [wrong(&code), code.clone(), code.clone()] {
            self.post("/api/auth/sms/verify", check(&typed));
        }
        let mut both = check(&code);
        both["password"] = json!(PASSWORD);
        both["authenticationContext"] = json!({ "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" });
        self.post("/api/auth/sms/password/verify", both);
        // A code in a place where none belongs.
        let mut misplaced = check(&code);
        misplaced["authorizationCode"] = json!({ "code": code });
        misplaced["operationContext"] = json!(PASSWORD);
        self.post("/api/auth/sms/verify", misplaced);
        self.secrets.push(code);
    }

    /// Bodies that no parser likes, each with a secret where it breaks.
    fn broken_bodies(&mut self) {
        for body in [
            format!("{{\"requestObject\":{{\"password\":\"{PASSWORD}\""),
            format!("{{\"requestObject\":{{\"password\":{PASSWORD}}}}}"),
            format!("{{\"requestObject\":\"{PASSWORD}\"}}"),
            format!("{{\"requestObject\":{{\"{PASSWORD}\":1,\"{PASSWORD}\":2}}}}"),
            format!("{{\"requestObject\":{{\"userId\":[\"{PASSWORD}\"],\"password\":{{\"{PASSWORD}\":true}}}}}}"),
        ] {
            for path in ["/api/auth/user/authenticate", "/api/auth/sms/verify"] {
                let answer = self.server.send("POST", path, "application/json", &[], Some(&body));
                self.keep(&answer);
            }
        }
        let asked = format!("/api/{PASSWORD}?password={PASSWORD}");
        let answer = self.server.get(&asked);
        self.keep(&answer);
    }

    /// Where the secrets stand that should not.
    fn found(&self, folder: &Path) -> Vec<String> {
        let mut places = vec![("the answers".to_owned(), self.answers.join("\n").into_bytes())];
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The outbox stands for the gateway, which is told codes and phones.
            if !path.ends_with("outbox.jsonl") {
                places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
        let fixed = [PASSWORD, PROTECTED, DECRYPTED, KEY].into_iter().chain(PHONES);
        let secrets: Vec<&str> = fixed.chain(self.secrets.iter().map(String::as_str)).collect();
        let holds = |bytes: &[u8], secret: &str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        let found = |(place, bytes): &(String, Vec<u8>)| {
            let inside = secrets.iter().filter(|secret| holds(bytes, secret));
            inside.map(|secret| format!("{secret} in {place}")).collect::<Vec<_>>()
        };
        places.iter().flat_map(found).collect()
    }
}

fn start(folder: &Path) -> Server {
    let store = format!("embedded:{}", folder.join("state.db").display());
    let environment = [
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_STORE", store.as_str()),
        ("COUNTERSIGN_LOG", "trace"),
        ("RUST_LOG", "trace"),
        ("CANARY_KEY", KEY),
        ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:CANARY_KEY"),
    ];
    Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment)
}

#[test]
fn no_secret_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut hunt = Hunt { server: start(folder.path()), secrets: Vec::new(), answers: Vec::new() };
    for user in USERS {
        hunt.passwords(user);
        hunt.codes(user);
    }
    hunt.broken_bodies();
    let used = create_code(&hunt.server, "20000002", &payment("canary-in-the-log"));
    hunt.secrets.push(hunt.server.code(&used));
    assert!(hunt.secrets.iter().filter(|code| *code != "31415926").count() >= 3, "codes were sent: {:?}", hunt.secrets);
    assert_eq!(hunt.found(folder.path()), Vec::<String>::new());
    assert!(hunt.server.log().lines().count() > 50, "there is a log to look into");
    assert!(std::fs::metadata(folder.path().join("state.db-wal")).unwrap().len() > 0, "and a store");
}
