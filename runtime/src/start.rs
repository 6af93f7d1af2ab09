//! From generated parts and settings to an adapter that answers requests, without a process around it: for a bank's
//! own router, and for tests. The process is `serve`.

mod app;
mod bank;
mod configure;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub use app::App;
pub use bank::{Bank, BankStart};
pub(crate) use configure::{configure, keys_again, migrate, sources, tls_again};

use bank::Begin;

use crate::adapter::{Adapter, Callers};
use crate::behaviours::keeps_password_hashes;
use crate::budget::Budget;
use crate::context::{Build, Clock, Context, Core, Shared};
use crate::crypto::{KeyName, Keyring};
use crate::dev::Outbox;
use crate::edge::{self, Beside, Connections, Edge, EdgeLimits, Places, Route, WrongCredentials};
use crate::endpoint::{Endpoint, Incoming, Outside};
use crate::hooks::{BankError, DynHooks, HookExecutor};
use crate::lifecycle_audit::{Beginning, LifecycleAudit};
use crate::settings::{AuditOptions, DevOptions, Loaded, SettingError, Settings};
use crate::store::{ChainSealer, Measured, Opening, Origin, StoreError};
use crate::telemetry::{self, MetricsExporter};
use crate::texts::{TextError, Texts};
use crate::values::Time;

/// What generated code brings: the facts, the endpoints and the bank's hooks.
pub struct Parts<S, H: ?Sized = dyn DynHooks> {
    /// The definition's facts.
    pub adapter: &'static Adapter,
    /// The adapter crate's version.
    pub version: &'static str,
    /// `SOURCE_DATE_EPOCH` of the build, if it was set.
    pub built: Option<&'static str>,
    /// The endpoints.
    pub endpoints: Vec<Endpoint<S, H>>,
    /// How faults outside every endpoint are answered.
    pub outside: Outside,
    /// The API as an OpenAPI document, if there is one and this program has the page that shows it.
    pub document: Option<&'static str>,
    /// The bank's hooks, or how they come to be.
    pub bank: BankStart<H>,
}

/// Where a start gets its settings from.
#[derive(Clone, Default)]
pub struct StartOptions {
    /// Whether this is `--dev`.
    pub dev: bool,
    /// The settings file.
    pub settings: Option<PathBuf>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// What tells the time; the system's clock if it is none.
    pub clock: Option<Arc<dyn Clock>>,
    /// The limits of the edge, if they are not the usual ones.
    pub limits: Option<EdgeLimits>,
}

impl StartOptions {
    /// `--dev` with an empty environment: what tests want.
    pub fn dev() -> Self {
        StartOptions { dev: true, ..StartOptions::default() }
    }

    /// The environment of this process.
    pub fn of_process() -> Self {
        StartOptions { environment: std::env::vars().collect(), ..StartOptions::default() }
    }

    /// The same options with one more environment variable.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }
}

/// Why an adapter does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings cannot be used; all mistakes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<SettingError>),
    /// Hooks are not written yet, and this is not `--dev`.
    #[error("{} is not written yet; until then the adapter starts with `--dev` alone", .0.join(", "))]
    Unfinished(&'static [&'static str]),
    /// A text of the definition is no template.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The bank's hooks cannot be made.
    #[error("the bank's hooks cannot be made: {0}")]
    Bank(BankError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two paths of the adapter are one, perhaps behind its base.
    #[error("`{0}` and `{1}` are one path, and two of the adapter")]
    Routes(String, String),
    /// The system does not give what is needed.
    #[error("{what}: {why}")]
    System {
        /// What was asked for.
        what: String,
        /// What the system says.
        why: io::Error,
    },
}

/// Starts an adapter without a process or a port of its own.
///
/// # Errors
/// Settings, texts or a store that cannot be used.
pub fn start<S, H>(parts: Parts<S, H>, options: StartOptions) -> Result<App, StartError>
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    let (loaded, begin) = configure(&parts, &options)?;
    assemble(parts, loaded, begin, options.clock, options.limits)
}

pub(crate) fn assemble<S, H>(
    parts: Parts<S, H>,
    loaded: Loaded<S>,
    begin: Begin<H>,
    clock: Option<Arc<dyn Clock>>,
    limits: Option<EdgeLimits>,
) -> Result<App, StartError>
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    let exporter = MetricsExporter::of_process();
    let definition: String = definition_hash(parts.adapter).chars().take(16).collect();
    telemetry::built(parts.adapter.name, parts.adapter.version, parts.version, &definition);
    let Loaded { options, keys, tls, own, dev, opt_outs, digest, .. } = loaded;
    if dev.is_none() && !parts.bank.unfinished.is_empty() {
        return Err(StartError::Unfinished(parts.bank.unfinished));
    }
    // Before the store is opened: whoever tells of a refused start opens it then.
    let texts = Texts::compile(parts.adapter, &options.default_language)?;
    let (listen, ops_listen) = (options.listen, options.ops_listen);
    let sealer = sealer(parts.adapter, parts.version, &options.audit, &keys)?;
    let beginning = Beginning { opt_outs: if dev.is_some() { Vec::new() } else { opt_outs }, settings: digest };
    let lifecycle_audit = LifecycleAudit { sealer: sealer.clone(), beginning };
    let opening = Opening { sealer, keep_audit: keep_audit(&options.audit) };
    let system = |what: &str| {
        let what = what.to_owned();
        move |why| StartError::System { what, why }
    };
    let limits = limits.unwrap_or_else(|| EdgeLimits::from(&options));
    let budget = Budget::new(options.capacity.memory, limits.connections);
    let guard = HookExecutor::new(options.hooks).map_err(system("cannot start threads for hooks"))?;
    let bank = guard.begin(begin, options.hooks.start).map_err(StartError::Bank)?;
    let store = options.store.engine().open(opening)?;
    let shared = Arc::new(Shared {
        adapter: parts.adapter,
        build: Build { version: parts.version, time: build_time(parts.built) },
        store: Arc::new(Measured(store)),
        keys: keys.into(),
        keeps_password_hashes: keeps_password_hashes(&guard, &bank.behaviours),
        guard,
        hooks: bank.behaviours,
        texts: Arc::new(texts),
        outbox: dev.map(outbox).transpose().map_err(system("cannot open the outbox"))?.flatten(),
        clock: clock.unwrap_or_else(|| Arc::new(SystemClock)),
        options,
        latency: Default::default(),
        conversion: Default::default(),
        pending_audit: Default::default(),
        budget: Arc::new(budget),
        passwords: Default::default(),
    });
    let own = Arc::new(own);
    let is_known = !matches!(parts.adapter.callers, Callers::None(_))
        || !shared.options.callers.is_empty()
        || parts.endpoints.iter().any(Endpoint::has_session);
    let connections = Connections::new(Places {
        port: "api",
        all: limits.connections,
        per_source: limits.per_source,
        // Where nobody ever shows a credential, nothing is kept for those who do.
        reserved: if is_known { limits.reserved } else { 0 },
    });
    let routes = parts.endpoints.into_iter().map(|endpoint| route(endpoint, &own, &bank.hooks)).collect();
    let (wrong_credentials, telling, request_log) =
        (WrongCredentials::default(), Default::default(), Default::default());
    let (shared, outside, large_bodies) = (shared.clone(), parts.outside, Default::default());
    let page = parts.document.filter(|_| shared.options.docs).and_then(|document| page(document, parts.adapter));
    let has_page = page.is_some();
    let edge = Arc::new(Edge { shared, outside, limits, wrong_credentials, telling, request_log, large_bodies });
    let routes = edge::Routes::new(edge, routes, page)
        .map(Arc::new)
        .map_err(|edge::PathTakenTwice(one, other)| StartError::Routes(one, other))?;
    let leaving = tokio::sync::watch::Sender::new(false);
    let version = parts.version;
    Ok(App { routes, exporter, version, lifecycle_audit, connections, tls, listen, ops_listen, has_page, leaving })
}

/// The API's page, where this program has it.
#[cfg(feature = "page")]
fn page(document: &'static str, adapter: &'static Adapter) -> Option<Beside> {
    Some(crate::page::beside(document, adapter.base))
}

/// The API's page, which this program does not have.
#[cfg(not(feature = "page"))]
fn page(_document: &'static str, _adapter: &'static Adapter) -> Option<Beside> {
    None
}

/// Who seals what this adapter tells the audit.
pub(crate) fn sealer(
    adapter: &Adapter,
    version: &str,
    audit: &AuditOptions,
    keys: &Keyring,
) -> Result<ChainSealer, StartError> {
    let key = keys.current(KeyName::Audit).map_err(|error| StoreError::Unusable(error.to_string()))?;
    let origin = Origin {
        node: audit.node.as_str().into(),
        adapter: format!("{} {}", adapter.name, adapter.version).into(),
        definition: definition_hash(adapter).into(),
        version: version.into(),
    };
    Ok(ChainSealer::new(origin, key))
}

/// How old audit entries get, in milliseconds.
pub(crate) fn keep_audit(audit: &AuditOptions) -> Option<i64> {
    i64::try_from(audit.keep_seconds).ok()?.checked_mul(1000)
}

/// A hash of the facts that the definition gave.
fn definition_hash(adapter: &Adapter) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(format!("{adapter:?}")))
}

/// Forgets an endpoint's types: its settings and hooks go into what runs it.
fn route<S, H>(endpoint: Endpoint<S, H>, settings: &Arc<S>, hooks: &Arc<H>) -> Route
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    let (settings, hooks, run) = (settings.clone(), hooks.clone(), endpoint.run);
    let run = move |core: Core, incoming: Incoming| run(Context::new(core, settings.clone(), hooks.clone()), incoming);
    Route {
        name: endpoint.name,
        method: endpoint.method,
        path: endpoint.path,
        has_body: endpoint.has_body,
        when: endpoint.when,
        session: endpoint.session,
        path_check: endpoint.path_check,
        has_head: endpoint.has_head,
        request_id: endpoint.request_id,
        run: Arc::new(run),
        refuse: endpoint.refuse,
    }
}

fn outbox(dev: DevOptions) -> io::Result<Option<Outbox>> {
    match (dev.sms_real, dev.outbox) {
        (true, _) => Ok(None),
        (false, Some(path)) => Outbox::in_file(&path).map(Some),
        (false, None) => Ok(Some(Outbox::on_output())),
    }
}

fn build_time(seconds_since_1970: Option<&str>) -> Time {
    seconds_since_1970.and_then(|seconds| seconds.trim().parse().ok()).map_or_else(Time::now, Time::from_seconds)
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        Time::now()
    }
}
