//! Proxies over real sockets: connections that begin with the PROXY protocol, and those that should and do not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(missing_docs, dead_code, reason = "tests are named for what they show")]

mod edge_support;

use std::time::Duration;

use countersign_runtime::start::{StartOptions, start};
use edge_support::{parts, quick};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const ASK: &str = "GET /api/language HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// Serves an adapter whose proxies speak the PROXY protocol; gives what it answers to these bytes, at most one of them
/// every now and then.
async fn answer(proxies: &str, bytes: &[u8]) -> String {
    let settings = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(settings.path(), format!("proxies: [{proxies}]\nproxy_protocol: true\n")).unwrap();
    let path = Some(settings.path().to_owned());
    let options = StartOptions { limits: Some(quick()), settings: path, ..StartOptions::dev() };
    let app = start(parts(std::sync::Arc::default()), options).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(async move { app.serve(listener, stopped).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    for piece in bytes.chunks(7) {
        // The other side may have closed it already.
        let _ = stream.write_all(piece).await;
        tokio::task::yield_now().await;
    }
    let mut text = String::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut text)).await;
    assert!(read.is_ok(), "the connection is neither answered nor closed");
    stop.send(true).unwrap();
    serving.await.unwrap();
    text
}

#[tokio::test]
async fn a_request_behind_the_header_is_answered() {
    let text = format!("PROXY TCP4 198.51.100.7 127.0.0.1 50000 8080\r\n{ASK}");
    assert!(answer("127.0.0.1", text.as_bytes()).await.starts_with("HTTP/1.1 200"));
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c".to_vec();
    binary.extend([198, 51, 100, 7, 127, 0, 0, 1, 0xc3, 0x50, 0x1f, 0x90]);
    binary.extend(ASK.as_bytes());
    assert!(answer("127.0.0.1", &binary).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_proxy_that_does_not_say_whom_it_speaks_for_is_not_answered() {
    for bytes in [ASK, "PROXY TCP4 here there 1 2\r\n", "PROXY"] {
        assert_eq!(answer("127.0.0.1", bytes.as_bytes()).await, "", "{bytes}");
    }
}

#[tokio::test]
async fn who_is_no_proxy_speaks_for_nobody_else() {
    assert!(answer("192.0.2.1", ASK.as_bytes()).await.starts_with("HTTP/1.1 200"));
    let text = format!("PROXY TCP4 198.51.100.7 127.0.0.1 50000 8080\r\n{ASK}");
    assert!(answer("192.0.2.1", text.as_bytes()).await.starts_with("HTTP/1.1 400"));
}
