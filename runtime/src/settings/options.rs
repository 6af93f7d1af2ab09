//! What the settings say of the runtime itself, typed and with its floors and ceilings. Who reads a value decides
//! what it does.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::adapter::{Adapter, OtpKind, SendWindow, SessionKind};
use crate::behaviours::codes::OtpLimits;
use crate::crypto::aes_cbc::PasswordCipher;
use crate::edge::EdgeLimits;
use crate::hooks::HookLimits;
use crate::store::StoreSpec;
use crate::telemetry::OtlpOptions;
use crate::tls::{CertificateName, TlsOptions};
use crate::values::Zone;

/// What the settings say of the runtime.
#[derive(Clone)]
pub struct Options {
    /// Where the API is served.
    pub listen: SocketAddr,
    /// Where health and metrics are served.
    pub ops_listen: SocketAddr,
    /// Whether the network in front lets nobody but the caller through.
    pub private_network: bool,
    /// TLS of the adapter's own ports, if it is on.
    pub tls: Option<TlsOptions>,
    /// Whether health and metrics have TLS.
    pub ops_tls: bool,
    /// Proxies that are believed when they say where a call comes from. Where there are any, calls of nobody in
    /// particular are limited by where they come from.
    pub proxies: Vec<IpNet>,
    /// Where those proxies say it.
    pub proxy_header: ProxyHeader,
    /// Whether connections from those proxies begin with a header of the PROXY protocol.
    pub proxy_protocol: bool,
    /// Whether the API's page is served, and the document that it shows.
    pub docs: bool,
    /// For how long the adapter goes on answering after it was told to stop, while callers are sent elsewhere.
    pub shutdown_delay: Duration,
    /// Where state is kept.
    pub store: StoreSpec,
    /// Whether the adapter is ready only while what it commits is at a second place too.
    pub store_needs_standby: bool,
    /// The language of those who ask for none, or for one that the definition does not have.
    pub default_language: String,
    /// Where days are counted: on which day somebody is how old.
    pub time_zone: Zone,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// The most JSON values that a body may hold.
    pub body_values: usize,
    /// How much is taken in at once.
    pub capacity: Capacity,
    /// What a failure of ours tells the caller.
    pub error_detail: ErrorDetail,
    /// The kinds of codes, by name.
    pub otps: BTreeMap<String, CodeOptions>,
    /// The kinds of sessions, by name.
    pub sessions: BTreeMap<String, SessionOptions>,
    /// How often codes may be sent and tried.
    pub limits: OtpLimits,
    /// Whether a form may name another amount, currency or account than the operation's data.
    pub form_may_differ: bool,
    /// The key of the message that tells a caller that a code was not sent, where the definition has none.
    pub delivery_failed_message: Option<String>,
    /// How passwords are decrypted, if they may come encrypted.
    pub password_encryption: Option<PasswordEncryption>,
    /// Where hooks run.
    pub hooks: HookLimits,
    /// Who may call, where callers show who they are.
    pub callers: Vec<Caller>,
    /// How often credentials may be wrong.
    pub credentials: CredentialLimits,
    /// How the audit is kept.
    pub audit: AuditOptions,
    /// Where traces and metrics are exported to, if anywhere.
    pub otlp: Option<OtlpOptions>,
}

/// How much is taken in at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// What bodies, their values and large answers of all requests take together, in bytes.
    pub memory: usize,
    /// Connections.
    pub connections: usize,
    /// Of these, those of one source.
    pub per_source: usize,
    /// Of these, those that only callers have who showed a credential.
    pub reserved: usize,
    /// Connections to the port of health and metrics.
    pub operations: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        let EdgeLimits { connections, per_source, reserved, operations, .. } = EdgeLimits::default();
        Capacity { memory: crate::budget::USUAL_LIMIT, connections, per_source, reserved, operations }
    }
}

/// How the audit is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOptions {
    /// The name of this node, which every record has.
    pub node: String,
    /// How old records get in the embedded store, in seconds.
    pub keep_seconds: u64,
}

impl Default for AuditOptions {
    fn default() -> Self {
        AuditOptions { node: "node".to_owned(), keep_seconds: 400 * 86_400 }
    }
}

/// What may be set of a kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeOptions {
    /// How many characters it has.
    pub digits: u32,
    /// How long it is good, in seconds.
    pub life_seconds: u64,
    /// How often it may be tried.
    pub attempts: u32,
    /// How many may be sent to one phone, in place of the usual limits.
    pub per_phone: Option<SendWindow>,
}

impl CodeOptions {
    /// What the definition says.
    pub fn of(kind: &OtpKind) -> Self {
        let OtpKind { digits, life_seconds, attempts, per_phone, .. } = *kind;
        CodeOptions { digits, life_seconds, attempts, per_phone }
    }
}

/// What may be set of a kind of session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOptions {
    /// For how long it may rest, in seconds.
    pub idle_seconds: u64,
    /// When it ends even if it is used, in seconds after it was opened; never if nothing is set.
    pub life_seconds: Option<u64>,
}

impl SessionOptions {
    /// What the definition says.
    pub fn of(kind: &SessionKind) -> Self {
        SessionOptions { idle_seconds: kind.idle_seconds, life_seconds: None }
    }
}

/// A system that may call, by the name that the settings give it.
#[derive(Clone)]
pub struct Caller {
    /// Its name.
    pub name: String,
    /// The hashes of its credentials: the one in use, and the next.
    pub tokens: Vec<[u8; 32]>,
    /// The names of the certificates that it shows, any one of them; it shows none if there are none. Who has tokens and
    /// names shows both.
    pub certificates: Vec<CertificateName>,
    /// The endpoints that it may call; all of them if nothing is set.
    pub endpoints: Option<Vec<String>>,
    /// The countries that it may call for; all of them if nothing is set.
    pub countries: Option<Vec<String>>,
    /// The partners that it may act for; all of them if nothing is set.
    pub partners: Option<Vec<Partner>>,
}

/// A partner of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// The issuer.
    pub issuer: String,
    /// The partner.
    pub partner: String,
}

/// How often credentials may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialLimits {
    /// From one source.
    pub per_source: SendWindow,
    /// For one access id.
    pub per_access_id: SendWindow,
}

impl Default for CredentialLimits {
    fn default() -> Self {
        let window = SendWindow { seconds: 60, most: 20 };
        CredentialLimits { per_source: window, per_access_id: window }
    }
}

/// How passwords are decrypted.
#[derive(Clone)]
pub struct PasswordEncryption {
    /// Key and transformation, ready for use.
    pub cipher: PasswordCipher,
    /// The transformation's name, which a request must repeat.
    pub transformation: String,
    /// Whether passwords that do not come encrypted are refused.
    pub required: bool,
}

/// In which header of a request proxies say where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`; where a request has none, `Forwarded`.
    Either,
    /// `X-Forwarded-For` alone.
    XForwardedFor,
    /// `Forwarded` alone.
    Forwarded,
}

/// What a failure of ours tells the caller, in place of `{{ request.id }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorDetail {
    /// The request's id, which the log has.
    RequestId,
    /// The time.
    Time,
}

impl Options {
    /// What holds where nothing is set.
    pub fn of(adapter: &Adapter) -> Self {
        let otps = adapter.otps.iter().map(|kind| (kind.name.to_owned(), CodeOptions::of(kind)));
        Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            ops_listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            private_network: false,
            tls: None,
            ops_tls: false,
            proxies: Vec::new(),
            proxy_header: ProxyHeader::Either,
            proxy_protocol: false,
            docs: false,
            shutdown_delay: Duration::from_secs(5),
            store: StoreSpec::Embedded(PathBuf::from(format!("./data/{}.db", adapter.name))),
            store_needs_standby: false,
            default_language: first_language(adapter),
            time_zone: Zone::UTC,
            body_limit: adapter.wire.body_limit,
            body_values: 10_000,
            capacity: Capacity::default(),
            error_detail: ErrorDetail::RequestId,
            otps: otps.collect(),
            sessions: adapter.sessions.iter().map(|kind| (kind.name.to_owned(), SessionOptions::of(kind))).collect(),
            limits: OtpLimits::default(),
            form_may_differ: false,
            delivery_failed_message: None,
            password_encryption: None,
            hooks: HookLimits::default(),
            otlp: None,
            callers: Vec::new(),
            audit: AuditOptions::default(),
            credentials: CredentialLimits::default(),
        }
    }
}

fn first_language(adapter: &Adapter) -> String {
    let has = |language: &str| adapter.texts.iter().any(|text| text.language == language);
    match adapter.texts.first() {
        Some(text) if !has("en") => text.language.to_owned(),
        _ => "en".to_owned(),
    }
}
