//! When an adapter says that it is not ready: while its disk is full, and while a hook is left alone, if the settings want
//! that. It answers what it can meanwhile, and is ready again by itself.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may break")]

use example_test_support::disk::Disk;
use example_test_support::{Answer, Server, send, wait_until};
use serde_json::json;

fn health(server: &Server, path: &str) -> u16 {
    send(server.operations_address(), "GET", path, "text/plain", &[], None).unwrap().status
}

fn create(server: &Server, operation: usize) -> Answer {
    server.post(
        "/api/auth/sms/create",
        &json!({ "requestObject": {
            "userId": "12345678", "organizationId": "RETAIL", "lang": "en",
            "operationContext": { "id": operation.to_string(), "name": "login", "data": "A2" },
        } }),
    )
}

fn look_up(server: &Server, name: &str) -> Answer {
    let context = json!({ "id": "1", "name": "login", "data": "A2" });
    let body = json!({ "username": name, "organizationId": "RETAIL", "operationContext": context });
    server.post("/api/auth/user/lookup", &json!({ "requestObject": body }))
}

#[test]
fn an_adapter_on_a_full_disk_says_so_lives_on_and_is_ready_again_when_there_is_room() {
    let Some(disk) = Disk::in_memory(4) else { return };
    let store = format!("embedded:{}", disk.path().join("state.db").display());
    let binary = env!("CARGO_BIN_EXE_example-powerauth-data-adapter");
    let server = Server::start(binary, &[("COUNTERSIGN_STORE", &store), ("COUNTERSIGN_DEV_LIMITS", "off")]);
    assert_eq!((create(&server, 0).status, health(&server, "/health/ready")), (200, 200));
    let (mut operation, mut refused) = (0, None);
    wait_until("a write fails", || {
        disk.fill();
        operation += 1;
        refused = Some(create(&server, operation)).filter(|answer| answer.status != 200);
        refused.is_some()
    });
    let refused = refused.unwrap();
    assert_eq!((refused.status, refused.at("/responseObject/code")), (500, json!("ERROR_GENERIC")), "{}", refused.text);
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"), "the contract's status does not say so");
    wait_until("it is not ready", || health(&server, "/health/ready") == 503);
    assert_eq!(
        (health(&server, "/health/live"), server.get("/api/service/status").status),
        (200, 200),
        "what needs no write goes on"
    );
    disk.make_room();
    wait_until("it is ready again, though nobody asks for a write", || health(&server, "/health/ready") == 200);
    assert_eq!(create(&server, operation + 1).status, 200);
}

#[test]
fn a_hook_that_is_left_alone_turns_readiness_red_where_the_settings_say_so() {
    for (says_so, ready) in [("true", 503), ("false", 200)] {
        let server = Server::start(
            env!("CARGO_BIN_EXE_example-powerauth-data-adapter"),
            &[
                ("COUNTERSIGN_HOOKS__READINESS", says_so),
                ("COUNTERSIGN_HOOKS__LOOKUP__DEADLINE", "1s"),
                ("COUNTERSIGN_HOOKS__BREAKER__FAILURES", "2"),
                ("COUNTERSIGN_HOOKS__BREAKER__PAUSE", "2s"),
            ],
        );
        assert_eq!(health(&server, "/health/ready"), 200);
        let hung = [look_up(&server, "hangs"), look_up(&server, "hangs")];
        assert!(hung.iter().all(|answer| answer.header("retry-after").is_none()), "it was called, and it failed");
        let refused = look_up(&server, "user1234");
        assert_eq!((refused.status, refused.at("/responseObject/code")), (400, json!("REMOTE_ERROR")), "{says_so}");
        assert_eq!(refused.header("retry-after").as_deref(), Some("1"), "it was not called");
        assert_eq!(health(&server, "/health/ready"), ready, "{says_so}");
        wait_until("it is called again", || look_up(&server, "user1234").status == 200);
        assert_eq!(health(&server, "/health/ready"), 200, "{says_so}");
    }
}
