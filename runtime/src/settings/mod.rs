//! What may be set without generating again: read at start from one file and the environment, typed, checked at
//! once with every error reported. What the values do is decided by the parts that they are given to.
//!
//! The environment wins over the file, the file over the defaults of `--dev`, those over the definition. A path such
//! as `otps.sms.digits` is nested or dotted in the file, and `COUNTERSIGN_OTPS__SMS__DIGITS` in the environment.
//! Lengths of time are written `90s`, `5m`, `1h`; lists have commas in the environment.
//!
//! | path | what it is | where nothing is set |
//! | --- | --- | --- |
//! | `listen` | where the API is served | `127.0.0.1:8080` |
//! | `ops.listen` (also `COUNTERSIGN_OPS_LISTEN`) | where health and figures are served | `127.0.0.1:8081` |
//! | `private_network` | `true` if the network lets nobody but the caller through; waives TLS and callers off loopback | `false` |
//! | `public_api` | `true` if anybody may call, as the definition says; needed off loopback where callers show nothing | `false` |
//! | `tls.certificate`, `.key` | the certificate's file, and a reference to its private key | TLS is off |
//! | `tls.client_ca`, `.client_crl` | the files of the authorities whose certificates callers show, and of those that were revoked | nobody is asked for one |
//! | `tls.client_certificate` | `required` or `optional` | `required` |
//! | `http2` | `true` if HTTP/2 is offered by TLS | `false` |
//! | `ops.tls`, `ops.private_network` | whether health and metrics have TLS, or need none off loopback | `false` |
//! | `docs` | `true`: the API's page is served, at `<base>/swagger-ui.html` and `/docs` (feature `page`) | `false`; `true` with `--dev` |
//! | `proxies` | whose word on the source of a call is believed | nobody's |
//! | `proxy_header` | where they say it: `x_forwarded_for` or `forwarded` | the first of the two that a request has |
//! | `proxy_protocol` | `true` if connections from them begin with a header of the PROXY protocol, version 1 or 2 | `false` |
//! | `shutdown_delay` | how long answers go on after SIGTERM, each ending its connection | `5s`; `0s` with `--dev` |
//! | `store` | `memory`, `embedded:PATH` or, with the feature `postgres`, `postgres://…` | `embedded:./data/<adapter>.db`; `memory` with `--dev` |
//! | `store_needs_standby` | `true` if readiness turns red while commits of PostgreSQL wait for no standby | `false` |
//! | `default_language` | of those who ask for none that there is | the definition's |
//! | `time_zone` | in which days are counted, such as `Europe/Prague` | `UTC` |
//! | `body_limit` | the largest body, up to `1MiB` | the definition's |
//! | `body_values` | the most JSON values of a body | 10,000 |
//! | `memory.requests` | what bodies, their values and large answers of all requests take together | `96MiB` |
//! | `connections.limit`, `.per_source`, `.reserved` | connections at once, those of one source, those for callers who showed a credential | 1,024, a half, an eighth |
//! | `ops.connections` | connections at once to health and figures | 64 |
//! | `form_may_differ` | `true` if a form may name another amount, currency or payee than `operation.data` | `false` |
//! | `error_detail` | what `{{ request.id }}` in a message is: `request_id` or `time` | `request_id` |
//! | `otps.<kind>.digits`, `.life`, `.attempts`, `.per_phone` | of a kind of code | the definition's |
//! | `sessions.<kind>.idle`, `.life` | how long a session may rest, and last | the definition's, for ever |
//! | `tables.<name>` | the rows of a table of the definition, each a mapping from columns to values | must have rows, if the table is not optional |
//! | `callers.<name>.token` | a reference to the token that a caller shows, or two of them while it is exchanged | must be set |
//! | `callers.<name>.access_id`, `.key` | the same where callers show an id and a key | its name; must be set |
//! | `callers.<name>.certificate` | the names of the certificates that a caller shows | none is asked of it |
//! | `callers.<name>.endpoints`, `.countries`, `.partners` | what the caller may call, and for whom | everything |
//! | `credentials.per_source`, `.per_access_id` | how often credentials may be wrong | `20 in 1m` |
//! | `limits.*`, `sms.countries`, `sms.service_numbers`, `sms.plain_signs`, `sms.budget_per_hour`, `sms.conversion_alarm` | how often codes are sent and tried | see [`OtpLimits`] |
//! | `sms.delivery_failed_message` | the key that tells the caller of a code that was refused or limited | none is sent |
//! | `questions.acknowledge_weak` | `true` if security questions may be asked although their answers are weak | `false` |
//! | `sms.any_country`, `sms.no_budget` | `true` waives what must otherwise be set | `false` |
//! | `keys.codes`, `.counters`, `.pepper`, `.audit` | a reference to a secret, or several, the newest first | must be set |
//! | `password_encryption.key` | a reference to the key that passwords are decrypted with, in Base64 | passwords come as they are |
//! | `password_encryption.transformation` | its transformation | `AES/CBC/PKCS7Padding` |
//! | `password_encryption.required` | `true` if passwords that do not come encrypted are refused | `false` |
//! | `audit.node`, `audit.keep` | the node's name in audit entries, and how old those get in the embedded store | the host's name, `400d` |
//! | `hooks.threads` | threads for the timers, sockets and tasks of hooks; each call has one of its own beside them | 16 |
//! | `hooks.<lookup, sms, other>.slots`, `.deadline` | calls at once, and how long each may take | 64; `2s`, `5s`, `5s` |
//! | `hooks.breaker.failures`, `.pause` | failures in a row that open a hook's circuit breaker, and for how long | 10; `5s` |
//! | `hooks.readiness` | `true` if an open breaker or a full pool turns readiness red | `false` |
//!
//! A reference is `env:NAME` or `file:PATH`; the secret has at least 32 bytes, and a file is for its owner only,
//! or root's and for a group of the process, as platforms mount secrets. With
//! `--dev` there are `COUNTERSIGN_DEV_OUTBOX` (a file for messages), `COUNTERSIGN_DEV_SMS=real` and
//! `COUNTERSIGN_DEV_LIMITS=off` too. `COUNTERSIGN_SETTINGS` names the file, `COUNTERSIGN_LOG` filters the log.
//!
//! [`OtpLimits`]: crate::behaviours::codes::OtpLimits

mod callers;
mod capacity;
mod file;
mod injected;
mod keys;
mod lines;
mod options;
mod read;
mod rows;
mod rules;
mod secrets;
mod strength;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(test)]
#[cfg(feature = "tls")]
mod tls_tests;
mod tree;
mod values;

pub use crate::tls::{CertificateName, TlsOptions};
pub(crate) use callers::hash as hash_of_token;
pub use options::{
    AuditOptions, Caller, Capacity, CodeOptions, CredentialLimits, ErrorDetail, Options, Partner, PasswordEncryption,
    ProxyHeader, SessionOptions,
};
pub use read::{DevOptions, Loaded, Sources, load};
pub(crate) use read::{load_for_command, load_store, load_tls};
pub use rows::{Cell, Cells, Column};
pub(crate) use secrets::{SecretBytes, read as read_secret};
pub use tree::{Place, SettingError, SettingsTree};

/// The settings that a definition declares; derived by `Settings`.
pub trait Settings: Sized + Send + Sync + 'static {
    /// The paths that it reads, such as `application.name`.
    const PATHS: &'static [&'static str];

    /// What the definition sets, by path, as texts; a path of the runtime may be among them.
    const DEFAULTS: &'static [(&'static str, &'static str)] = &[];

    /// The paths of the tables that must have rows.
    const TABLES: &'static [&'static str] = &[];

    /// Reads them.
    ///
    /// # Errors
    /// Every value that is not of its type.
    fn read(from: &SettingsTree) -> Result<Self, Vec<SettingError>>;
}

/// For an API without settings of its own.
impl Settings for () {
    const PATHS: &'static [&'static str] = &[];

    fn read(_from: &SettingsTree) -> Result<Self, Vec<SettingError>> {
        Ok(())
    }
}
