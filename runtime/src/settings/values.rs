//! The typed values of the runtime, each read from its path within its bounds. Which settings may not stand together is
//! decided by `rules`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::callers::read_callers;
use super::keys::read_keys;
use super::options::{
    AuditOptions, Caller, CodeOptions, CredentialLimits, ErrorDetail, Options, PasswordEncryption, ProxyHeader,
    SessionOptions,
};
use super::read::{DevOptions, Sources};
use super::tree::{SettingError, SettingsTree};
use super::{secrets, strength};
use crate::adapter::{Adapter, Alphabet, OtpKind, SendWindow, SessionKind};
use crate::behaviours::codes::OtpLimits;
use crate::crypto::aes_cbc::PasswordCipher;
use crate::crypto::{KeyName, Keyring};
use crate::hooks::{BreakerLimits, CallLimits, HookLimits};
use crate::store::{StoreError, StoreSpec};
use crate::values::Zone;

/// How passwords are encrypted where only a key is set.
const USUAL_TRANSFORMATION: &str = "AES/CBC/PKCS7Padding";

/// Reads values; what cannot be used becomes a mistake, and the default goes on.
pub(super) struct Reader<'a> {
    pub tree: &'a SettingsTree,
    pub sources: &'a Sources,
    pub errors: &'a mut Vec<SettingError>,
}

impl Reader<'_> {
    pub fn options(&mut self, adapter: &Adapter) -> Options {
        let defaults = Options::of(adapter);
        let mut limits = self.all(OtpLimits::read(self.tree)).unwrap_or(defaults.limits);
        limits.dev_limits_off = self.sources.dev && self.tree.text("dev.limits", "on").is_ok_and(|word| word == "off");
        let options = Options {
            listen: self.address("listen", defaults.listen),
            ops_listen: self.address("ops.listen", defaults.ops_listen),
            private_network: self.flag("private_network"),
            tls: self.tls(),
            ops_tls: self.flag("ops.tls"),
            proxies: self.proxies(),
            proxy_header: self.proxy_header(),
            proxy_protocol: self.proxy_protocol(),
            docs: self.docs(),
            shutdown_delay: self.shutdown_delay(defaults.shutdown_delay),
            store: self.store(defaults.store),
            store_needs_standby: self.store_needs_standby(),
            default_language: self.language(adapter, defaults.default_language),
            time_zone: self.time_zone(),
            body_limit: self.size("body_limit", defaults.body_limit),
            body_values: self.number("body_values"),
            capacity: self.capacity(defaults.capacity),
            error_detail: self.error_detail(),
            otps: adapter.otps.iter().map(|kind| (kind.name.to_owned(), self.code(kind))).collect(),
            sessions: adapter.sessions.iter().map(|kind| (kind.name.to_owned(), self.session(kind))).collect(),
            limits,
            form_may_differ: self.flag("form_may_differ"),
            delivery_failed_message: self.delivery_failed_message(),
            password_encryption: self.password_encryption(),
            hooks: self.hooks(),
            callers: self.callers(adapter),
            audit: self.audit(),
            credentials: self.credentials(),
            otlp: self.otlp(),
        };
        self.check_fits(&options);
        options
    }

    pub(super) fn one<T>(&mut self, value: Result<T, SettingError>) -> Option<T> {
        value.map_err(|error| self.errors.push(error)).ok()
    }

    pub fn all<T>(&mut self, value: Result<T, Vec<SettingError>>) -> Option<T> {
        value.map_err(|errors| self.errors.extend(errors)).ok()
    }

    pub(super) fn refuse(&mut self, path: &str, what: impl Into<String>) {
        self.errors.push(self.tree.error(path, what));
    }

    /// `true` or `false`; what cannot be used becomes `false`.
    pub(super) fn flag(&mut self, path: &str) -> bool {
        self.one(self.tree.flag(path)).unwrap_or(false)
    }

    /// True if this word is set.
    pub(super) fn says(&mut self, path: &str, word: &str) -> bool {
        self.one(self.tree.word(path)).flatten() == Some(word)
    }

    /// An integer by its row.
    pub(super) fn number(&mut self, path: &str) -> usize {
        self.one(self.tree.number(path)).map_or(1, |number| number as usize)
    }

    /// A length of time by its row.
    pub(super) fn time(&mut self, path: &str) -> Duration {
        Duration::from_secs(self.one(self.tree.time(path)).unwrap_or(1))
    }

    fn address(&mut self, path: &str, default: SocketAddr) -> SocketAddr {
        let Some(Some(text)) = self.one(self.tree.text_if_set(path)) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.refuse(path, "an address such as `127.0.0.1:8080` is wanted");
            default
        })
    }

    /// Addresses such as `10.0.0.5` and networks such as `10.0.0.0/24`.
    fn proxies(&mut self) -> Vec<IpNet> {
        let texts = self.one(self.tree.list("proxies")).flatten().unwrap_or_default();
        let mut proxies = Vec::with_capacity(texts.len());
        for text in texts {
            let network = text.parse::<IpNet>().ok();
            match network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)) {
                Some(network) if network.addr() != network.network() => {
                    let (one, all) = (network.addr(), network.trunc());
                    self.refuse("proxies", format!("`{text}` is an address in a network: write `{one}` or `{all}`"));
                }
                Some(network) if network.prefix_len() > 0 => proxies.push(network),
                _ => self.refuse("proxies", format!("`{text}` is no address such as `10.0.0.5` or `10.0.0.0/24`")),
            }
        }
        proxies
    }

    /// The name of a zone, such as `Europe/Prague`.
    fn time_zone(&mut self) -> Zone {
        let Some(Some(name)) = self.one(self.tree.text_if_set("time_zone")) else { return Zone::UTC };
        Zone::named(&name).unwrap_or_else(|| {
            self.refuse("time_zone", "the name of a time zone is wanted, such as `Europe/Prague` or `UTC`");
            Zone::UTC
        })
    }

    fn proxy_header(&mut self) -> ProxyHeader {
        match self.one(self.tree.word("proxy_header")).flatten() {
            Some("x_forwarded_for") => ProxyHeader::XForwardedFor,
            Some(_) => ProxyHeader::Forwarded,
            None => ProxyHeader::Either,
        }
    }

    fn proxy_protocol(&mut self) -> bool {
        let spoken = self.flag("proxy_protocol");
        if spoken && self.tree.place("proxies").is_none() {
            self.refuse("proxy_protocol", "only proxies are believed; name them in `proxies`");
        }
        spoken
    }

    /// With `--dev` the page is served unless it is said otherwise.
    fn docs(&mut self) -> bool {
        let asked = self.one(self.tree.boolean("docs", self.sources.dev)).unwrap_or(false);
        if asked && !cfg!(feature = "page") && self.tree.place("docs").is_some() {
            self.refuse(
                "docs",
                "this program is built without the page; switch on the feature `page` of `countersign-runtime`",
            );
        }
        asked
    }

    /// With `--dev` nobody has to be sent elsewhere.
    fn shutdown_delay(&mut self, default: Duration) -> Duration {
        let (path, default) = ("shutdown_delay", if self.sources.dev { 0 } else { default.as_secs() });
        Duration::from_secs(self.one(self.tree.time_or(path, default)).unwrap_or(default))
    }

    pub fn store(&mut self, default: StoreSpec) -> StoreSpec {
        let default = if self.sources.dev { StoreSpec::Memory } else { default };
        let Some(Some(text)) = self.one(self.tree.text_if_set("store")) else { return default };
        let secret = |reference: &str| secrets::read(reference, &|name| self.sources.environment.get(name).cloned());
        let spec = text.parse::<StoreSpec>().and_then(|spec| spec.resolve(&secret));
        spec.unwrap_or_else(|error: StoreError| {
            self.refuse("store", error.to_string());
            default
        })
    }

    fn store_needs_standby(&mut self) -> bool {
        let path = "store_needs_standby";
        let needs = self.flag(path);
        let has_none = matches!(self.tree.text("store", ""), Ok(text) if !text.starts_with("postgres"));
        if needs && has_none {
            self.refuse(path, "a store `postgres://…` alone has standbys");
        }
        needs
    }

    fn language(&mut self, adapter: &Adapter, default: String) -> String {
        let Some(language) = self.one(self.tree.text("default_language", &default)) else { return default };
        let mut languages: Vec<&str> = adapter.texts.iter().map(|text| text.language).collect();
        languages.dedup();
        if !languages.is_empty() && !languages.contains(&language.as_str()) {
            self.refuse("default_language", format!("the definition has texts in {} only", languages.join(", ")));
        }
        language
    }

    /// A number of bytes: an integer, or a text such as `64KiB`.
    pub(super) fn size(&mut self, path: &str, default: usize) -> usize {
        self.one(self.tree.size_or(path, default as u64)).map_or(default, |bytes| bytes as usize)
    }

    fn error_detail(&mut self) -> ErrorDetail {
        match self.one(self.tree.word("error_detail")).flatten() {
            Some("time") => ErrorDetail::Time,
            _ => ErrorDetail::RequestId,
        }
    }

    /// A definition may go beyond floor and ceiling, since its contract may; a setting may not.
    fn code(&mut self, kind: &OtpKind) -> CodeOptions {
        let path = |setting: &str| format!("otps.{}.{setting}", kind.name);
        let (digits, attempts) = (i64::from(kind.digits), i64::from(kind.attempts));
        let (fewest, most) = match kind.alphabet {
            Alphabet::Digits => (6, 12),
            Alphabet::Base32 => (10, 32),
        };
        let read = self.tree.integer_between(&path("digits"), digits, digits.min(fewest), digits.max(most));
        let digits = self.one(read).unwrap_or(digits);
        let read = self.tree.integer_between(&path("attempts"), attempts, 1, attempts.max(5));
        let attempts = self.one(read).unwrap_or(attempts);
        let life_seconds = self.one(self.tree.seconds(&path("life"), kind.life_seconds)).unwrap_or(kind.life_seconds);
        if !(10..=kind.life_seconds.max(600)).contains(&life_seconds) {
            self.refuse(
                &path("life"),
                format!("{life_seconds}s is not between 10s and {}s", kind.life_seconds.max(600)),
            );
        }
        let per_phone = self.window(&path("per_phone")).or(kind.per_phone);
        CodeOptions { digits: digits as u32, life_seconds, attempts: attempts as u32, per_phone }
    }

    /// How many in how long, if that is set.
    fn window(&mut self, path: &str) -> Option<SendWindow> {
        let text = self.one(self.tree.text_if_set(path)).flatten()?;
        match crate::behaviours::codes::window(&text) {
            Some(window) if window.is_sound() => Some(window),
            Some(_) => {
                self.refuse(path, format!("it is `{text}`, it must be {}", crate::behaviours::codes::WINDOW_BOUNDS));
                None
            }
            None => {
                self.refuse(path, "a limit such as `10 in 1h` is wanted");
                None
            }
        }
    }

    fn session(&mut self, kind: &SessionKind) -> SessionOptions {
        let path = |setting: &str| format!("sessions.{}.{setting}", kind.name);
        let idle_seconds = self.one(self.tree.time_or(&path("idle"), kind.idle_seconds)).unwrap_or(kind.idle_seconds);
        let is_limited = self.tree.place(&path("life")).is_some();
        let life_seconds = is_limited.then(|| self.one(self.tree.time_or(&path("life"), idle_seconds))).flatten();
        SessionOptions { idle_seconds, life_seconds }
    }

    fn callers(&mut self, adapter: &Adapter) -> Vec<Caller> {
        let read = read_callers(&adapter.callers, self.tree, self.sources);
        self.all(read).unwrap_or_default()
    }

    /// How often credentials may be wrong.
    fn credentials(&mut self) -> CredentialLimits {
        let usual = CredentialLimits::default();
        CredentialLimits {
            per_source: self.window("credentials.per_source").unwrap_or(usual.per_source),
            per_access_id: self.window("credentials.per_access_id").unwrap_or(usual.per_access_id),
        }
    }

    /// An empty text stands for none, so that a setting can take back what the definition sets.
    fn delivery_failed_message(&mut self) -> Option<String> {
        self.one(self.tree.text_if_set("sms.delivery_failed_message")).flatten().filter(|key| !key.is_empty())
    }

    fn password_encryption(&mut self) -> Option<PasswordEncryption> {
        let (key, transformation) = ("password_encryption.key", "password_encryption.transformation");
        let required = self.one(self.tree.flag("password_encryption.required"))?;
        let reference = self.one(self.tree.text_if_set(key))?;
        let name = self.one(self.tree.text_if_set(transformation))?;
        let Some(reference) = reference else {
            if name.is_some() || required {
                let beside = if required { "encrypted passwords are required" } else { "there is a transformation" };
                self.refuse(key, format!("it is missing, and {beside}; write `env:NAME` or `file:PATH`"));
            }
            return None;
        };
        let name = name.unwrap_or_else(|| USUAL_TRANSFORMATION.to_owned());
        let cipher = secrets::read(&reference, &|name| self.sources.environment.get(name).cloned()).and_then(|bytes| {
            let text = std::str::from_utf8(&bytes).map_err(|_| "the key is no text".to_owned())?;
            let cipher = PasswordCipher::new(text.trim(), &name).map_err(|error| error.to_string())?;
            // A demo may use the keys of a contract's samples.
            if !self.sources.dev {
                let weak = |why| format!("{why}; make one with `openssl rand -base64 16`");
                cipher.with_key(strength::check_pattern).map_err(weak)?;
            }
            Ok(cipher)
        });
        match cipher {
            Ok(cipher) => Some(PasswordEncryption { cipher, transformation: name, required }),
            Err(what) => {
                self.refuse(key, what);
                None
            }
        }
    }

    pub fn audit(&mut self) -> AuditOptions {
        let defaults = AuditOptions::default();
        let host = self.sources.environment.get("HOSTNAME").cloned().filter(|name| !name.is_empty());
        let host = host.or_else(host_name).unwrap_or(defaults.node);
        let node = self.one(self.tree.text("audit.node", &host)).unwrap_or(host);
        if node.is_empty() || node.len() > 64 || !node.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.refuse("audit.node", "a name of 1 to 64 letters, digits and marks is wanted, without blanks");
        }
        AuditOptions { node, keep_seconds: self.time("audit.keep").as_secs() }
    }

    fn hooks(&mut self) -> HookLimits {
        HookLimits {
            threads: self.number("hooks.threads"),
            lookup: self.pool("lookup"),
            sms: self.pool("sms"),
            other: self.pool("other"),
            breaker: BreakerLimits {
                failures: self.number("hooks.breaker.failures") as u32,
                pause: self.time("hooks.breaker.pause"),
            },
            start: self.time("hooks.start_deadline"),
            readiness: self.flag("hooks.readiness"),
        }
    }

    fn pool(&mut self, pool: &str) -> CallLimits {
        CallLimits {
            slots: self.number(&format!("hooks.{pool}.slots")),
            deadline: self.time(&format!("hooks.{pool}.deadline")),
        }
    }

    pub fn keys(&mut self) -> Option<Keyring> {
        let keys = read_keys(self.tree, self.sources, &KeyName::ALL);
        self.all(keys)
    }

    pub fn dev(&mut self) -> Option<DevOptions> {
        let paths = ["dev.outbox", "dev.sms", "dev.limits"];
        if !self.sources.dev {
            for path in paths.iter().filter(|path| self.tree.place(path).is_some()) {
                self.refuse(path, "it is for --dev only");
            }
            return None;
        }
        let outbox = self.one(self.tree.text_if_set("dev.outbox")).flatten();
        Some(DevOptions {
            outbox: outbox.filter(|path| !path.is_empty()).map(PathBuf::from),
            sms_real: self.says("dev.sms", "real"),
            limits_off: self.says("dev.limits", "off"),
        })
    }
}

/// The machine's name, where the system keeps it in a file.
fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
