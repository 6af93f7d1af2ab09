//! The page of the API: where it stands, what it loads, and what it leaves to the API.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

use example_test_support::Server;
use serde_json::{Value, json};

fn start(environment: &[(&str, &str)]) -> Server {
    Server::start(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), environment)
}

#[test]
fn with_dev_the_page_is_served_with_and_without_the_base() {
    let server = start(&[]);
    for path in ["/docs", "/swagger-ui.html", "/powerauth-data-adapter/docs", "/powerauth-data-adapter/swagger-ui.html"]
    {
        let page = server.get(path);
        assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=utf-8"), "{path}");
        // Whatever it loads stands beside it.
        for asset in ["swagger-ui/swagger-ui.css", "swagger-ui/swagger-ui-bundle.js", "swagger-ui/start.js"] {
            assert!(page.text.contains(&format!("\"{asset}\"")), "{path}: {asset}");
            let beside = format!("{}{asset}", path.trim_end_matches(|letter| letter != '/'));
            assert_eq!(server.get(&beside).status, 200, "{beside}");
        }
        assert!(!page.text.contains("http"), "nothing comes from elsewhere: {}", page.text);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert_eq!(page.header("x-content-type-options").unwrap(), "nosniff");
    }
}

#[test]
fn the_document_is_that_of_the_generated_module() {
    let server = start(&[]);
    let written: Value = serde_json::from_str(include_str!("../src/generated/openapi.json")).unwrap();
    for path in ["/openapi.json", "/powerauth-data-adapter/openapi.json"] {
        let served = server.get(path);
        assert_eq!((served.status, served.content_type.as_str()), (200, "application/json"));
        assert_eq!(served.json(), written);
    }
    // Every path that it tells of is one that the adapter serves.
    for (path, methods) in written["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let answer = server.send(&method.to_uppercase(), path, "application/json", &[], None);
            assert!(![404, 405].contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
}

#[test]
fn what_is_not_the_pages_is_the_apis() {
    let server = start(&[]);
    for (method, path) in
        [("POST", "/docs"), ("GET", "/swagger-ui/index.html"), ("GET", "/swagger-ui/"), ("GET", "/docs/")]
    {
        let answer = server.send(method, path, "application/json", &[], None);
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(answer.json()["status"], "ERROR", "{method} {path}");
    }
}

#[test]
fn whoever_says_no_has_no_page() {
    let server = start(&[("COUNTERSIGN_DOCS", "false")]);
    for path in ["/docs", "/powerauth-data-adapter/swagger-ui.html", "/openapi.json", "/swagger-ui/start.js"] {
        let answer = server.get(path);
        assert_eq!((answer.status, &answer.json()["status"]), (404, &json!("ERROR")), "{path}");
    }
}
