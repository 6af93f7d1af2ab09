//! The way to the collector: HTTP with bodies of protobuf, by TLS wherever that is not this machine. Whether a failure matters
//! is decided by the sender.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::OtlpOptions;

/// How long one export may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Metrics,
}

impl Signal {
    /// Its name, in paths and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Traces => "traces",
            Signal::Metrics => "metrics",
        }
    }
}

/// A client of one collector.
pub(super) struct Client {
    agent: Agent,
    endpoint: String,
}

/// Whether these settings can be used.
///
/// # Errors
/// The setting that cannot, and why.
pub(crate) fn check(options: &OtlpOptions) -> Result<(), (&'static str, String)> {
    Client::new(options).map(drop)
}

impl Client {
    /// Reads the authority's file.
    ///
    /// # Errors
    /// The setting that cannot be used, and why.
    pub fn new(options: &OtlpOptions) -> Result<Self, (&'static str, String)> {
        let is_secure = is_secure(&options.endpoint).map_err(|why| ("otlp.endpoint", why))?;
        let roots = match (&options.ca, is_secure) {
            (Some(path), true) => {
                let pem =
                    std::fs::read(path).map_err(|why| ("otlp.ca", format!("cannot read {}: {why}", path.display())))?;
                roots(&pem).ok_or_else(|| ("otlp.ca", format!("{} holds no certificate in PEM", path.display())))?
            }
            (None, true) => {
                return Err((
                    "otlp.ca",
                    "it is missing; name the authorities that the collector's certificate is by".to_owned(),
                ));
            }
            (Some(_), false) => return Err(("otlp.ca", "it is for a collector by `https://`".to_owned())),
            (None, false) => RootCerts::new_with_certs(&[]),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(true)
            .user_agent("countersign")
            .build()
            .new_agent();
        Ok(Client { agent, endpoint: options.endpoint.trim_end_matches('/').to_owned() })
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the collector or the way to it says.
    pub fn send(&self, signal: Signal, body: &[u8]) -> Result<(), String> {
        let address = format!("{}/v1/{}", self.endpoint, signal.name());
        let request = self.agent.post(&address).header("content-type", "application/x-protobuf");
        let mut answer = request.send(body).map_err(|error| error.to_string())?;
        // Read to its end, so that the connection is used again.
        answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec().map(drop).map_err(|error| error.to_string())
    }
}

/// Whether an address is by TLS; without it none leads off this machine.
fn is_secure(endpoint: &str) -> Result<bool, String> {
    const WANTED: &str =
        "an address such as `http://127.0.0.1:4318` or `https://collector.bank.example:4318` is wanted";
    let address: Uri = endpoint.parse().map_err(|_| WANTED.to_owned())?;
    let is_plain = address.path().trim_matches('/').is_empty() && address.query().is_none();
    let no_user = address.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    match (address.scheme_str(), address.host()) {
        (Some("https"), Some(_)) if is_plain && no_user => Ok(true),
        (Some("http"), Some(host)) if is_plain && no_user => match is_loopback(host) {
            true => Ok(false),
            false => Err("off this machine it must be `https://…`".to_owned()),
        },
        _ => Err(WANTED.to_owned()),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn roots(pem: &[u8]) -> Option<RootCerts> {
    let certificates: Vec<_> = parse_pem(pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    (!certificates.is_empty()).then(|| RootCerts::new_with_certs(&certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leads_off_this_machine_without_tls() {
        for good in ["http://127.0.0.1:4318", "http://localhost:4318/", "http://[::1]:4318"] {
            assert_eq!(is_secure(good), Ok(false), "{good}");
        }
        assert_eq!(is_secure("https://collector.bank.example"), Ok(true));
        for bad in
            ["http://10.0.0.5:4318", "127.0.0.1:4318", "grpc://localhost", "https://a/v1/traces", "https://u:p@a", ""]
        {
            assert!(is_secure(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_collector_elsewhere_is_known_by_its_authority() {
        let options = |ca: Option<&str>| OtlpOptions {
            endpoint: "https://collector.bank.example".to_owned(),
            ca: ca.map(Into::into),
            interval: Duration::from_secs(15),
        };
        assert_eq!(check(&options(None)).unwrap_err().0, "otlp.ca");
        assert_eq!(check(&options(Some("/nowhere"))).unwrap_err().0, "otlp.ca");
        assert_eq!(check(&options(Some(file!()))).unwrap_err().0, "otlp.ca");
    }
}
