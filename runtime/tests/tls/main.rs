//! TLS of the adapter's own ports: who is served, how HTTP/2 keeps to the limits, and how certificates are exchanged.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]
#![cfg(unix)]

mod authority;
mod client;
#[path = "../edge_support/mod.rs"]
mod edge_support;
mod exchange;
mod http2;
mod served;

use std::path::Path;

use authority::{Authority, Identity, write};

/// The settings of TLS with this certificate, by their names in the environment, with the files in a folder.
pub fn settings(folder: &Path, server: &Identity, clients: Option<&Authority>) -> Vec<(String, String)> {
    let certificate = write(folder, "server.pem", &server.certificate);
    let key = write(folder, "server.key", &server.key);
    let mut settings = vec![
        ("COUNTERSIGN_TLS__CERTIFICATE".to_owned(), certificate.display().to_string()),
        ("COUNTERSIGN_TLS__KEY".to_owned(), format!("file:{}", key.display())),
    ];
    if let Some(clients) = clients {
        let authorities = write(folder, "clients.pem", &clients.pem());
        settings.push(("COUNTERSIGN_TLS__CLIENT_CA".to_owned(), authorities.display().to_string()));
        settings.push(("COUNTERSIGN_CALLERS__SHOP__CERTIFICATE".to_owned(), "dns:shop.bank.example".to_owned()));
    }
    settings
}
