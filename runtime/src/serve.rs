//! The process of an adapter: its arguments and the number that it ends with. Its ports are `ports`' business, what it
//! answers is the [`App`]'s.

mod descriptors;
mod export;
mod ports;
mod renewal;
mod signals;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

pub use crate::start::{App, Parts, StartError, StartOptions, start};

use crate::adapter::Adapter;
use crate::crypto::KeyName;
use crate::hooks::BankError;
use crate::settings::{Loaded, SettingError, Settings, load_for_command};
use crate::start::{assemble, configure, migrate, sealer, sources};
use crate::store::{Opening, StoreError};
use crate::telemetry::{LogForm, flush_log, start_log};
use crate::{lifecycle_audit, operator};

/// The store is damaged.
const DAMAGED: u8 = 74;
/// Something that is needed is not there now: the store is in use, or the port.
const NOT_NOW: u8 = 75;
/// The settings are refused.
const REFUSED: u8 = 78;

/// Said after the mistakes of whoever named no settings.
const NO_FILE: &str = "no settings file is named: `--settings FILE` reads one, and `--dev` is good without";

/// Serves an adapter until it is asked to stop, as the arguments of the process want it.
pub fn serve<S, H>(parts: Parts<S, H>) -> ExitCode
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    ExitCode::from(serve_as(parts, std::env::args_os()))
}

/// The same with arguments of the caller's; gives the number that the process should end with.
pub fn serve_as<S, H>(parts: Parts<S, H>, arguments: impl IntoIterator<Item = OsString>) -> u8
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    let matches = match command(parts.adapter, parts.version).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version come this way too; if nobody reads them, nobody misses them.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let ended = run(parts, &matches);
    flush_log();
    match ended {
        Ok(number) => number,
        Err(error) => {
            // Not by way of the log: whoever starts a process reads its errors as they are.
            let _ = writeln!(io::stderr(), "{error}");
            let has_settings = matches.get_flag("dev") || matches.contains_id("settings");
            if matches!(error, StartError::Settings(_)) && !has_settings {
                let _ = writeln!(io::stderr(), "{NO_FILE}");
            }
            exit_code(&error)
        }
    }
}

/// What is said at the start where it is so.
const NO_PASSWORD_KEY: &str = "passwords may come encrypted, and `password_encryption.key` is not set: those that do go to \
    the bank's `verify_password` as they are, and fail if it does not check them itself";

fn command(adapter: &'static Adapter, version: &'static str) -> Command {
    Command::new(adapter.name)
        .version(version)
        .about(adapter.title)
        .subcommands(operator::commands(adapter))
        .arg(
            Arg::new("dev")
                .long("dev")
                .global(true)
                .action(ArgAction::SetTrue)
                .help("Serve a demo on loopback: memory store, demo keys, an outbox in place of the SMS gateway"),
        )
        .arg(
            Arg::new("settings")
                .long("settings")
                .value_name("FILE")
                .global(true)
                .env("COUNTERSIGN_SETTINGS")
                .value_parser(value_parser!(PathBuf))
                .help("Read settings from this YAML file"),
        )
        .arg(
            Arg::new("check-settings")
                .long("check-settings")
                .action(ArgAction::SetTrue)
                .help("Print every setting with its origin, or every mistake, and serve nothing"),
        )
        .arg(
            Arg::new("migrate")
                .long("migrate")
                .action(ArgAction::SetTrue)
                .conflicts_with("check-settings")
                .help("Make or change the schema of a PostgreSQL store, and serve nothing"),
        )
}

fn run<S, H>(parts: Parts<S, H>, matches: &ArgMatches) -> Result<u8, StartError>
where
    S: Settings,
    H: ?Sized + Send + Sync + 'static,
{
    forbid_core_dumps();
    let dev = matches.get_flag("dev");
    let settings = matches.get_one::<PathBuf>("settings").cloned();
    let options = StartOptions { dev, settings, ..StartOptions::of_process() };
    if let Some(done) = operator::run(parts.adapter, parts.version, &options, matches) {
        return done;
    }
    if matches.get_flag("migrate") {
        return say(&migrate(parts.adapter, &options)?).map(|()| 0);
    }
    let checks = matches.get_flag("check-settings");
    let (adapter, version) = (parts.adapter, parts.version);
    let tell = |error: StartError| {
        if !(checks || dev) {
            report_refused(adapter, version, &options, &error);
        }
        error
    };
    let (loaded, begin) = configure(&parts, &options).map_err(tell)?;
    descriptors::make_room(&loaded.options.capacity).map_err(|what| tell(too_few_descriptors(what)))?;
    if checks {
        return check(&loaded, parts.bank.unfinished, dev);
    }
    start_log(if dev { LogForm::Text } else { LogForm::Json });
    if !dev {
        for what in &loaded.opt_outs {
            tracing::warn!(what, "a safety rule is waived by the settings");
        }
    }
    if dev && !parts.bank.unfinished.is_empty() {
        let hooks = parts.bank.unfinished.join(", ");
        tracing::warn!(hooks, "not written yet; without --dev the adapter does not start");
    }
    if adapter.wire.encrypted_passwords && loaded.options.password_encryption.is_none() {
        tracing::warn!("{NO_PASSWORD_KEY}");
    }
    let served =
        assemble(parts, loaded, begin, None, None).map_err(tell).and_then(|app| serve_app(&app, &options, dev));
    match served {
        // Where lines are for machines, this one is, too.
        Err(error) if !dev => {
            let exit = exit_code(&error);
            tracing::error!(because = %error, exit, "the adapter ends");
            Ok(exit)
        }
        served => served.map(|()| 0),
    }
}

/// Prints what holds of every setting, and what else would keep the adapter from starting. Nothing is asked of the bank's systems.
fn check<S>(loaded: &Loaded<S>, unfinished: &'static [&'static str], dev: bool) -> Result<u8, StartError> {
    for setting in &loaded.effective {
        say(&setting.to_string())?;
    }
    match loaded.options.store.engine().check() {
        Err(StoreError::Unavailable(why)) => say(&format!("the store was not asked for its schema: {why}"))?,
        checked => checked?,
    }
    if !unfinished.is_empty() && !dev {
        return Err(StartError::Unfinished(unfinished));
    }
    if !unfinished.is_empty() {
        say(&format!("not written yet: {}", unfinished.join(", ")))?;
    }
    say("the settings are good").map(|()| 0)
}

fn serve_app(app: &App, options: &StartOptions, dev: bool) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|why| StartError::System { what: "cannot start threads".to_owned(), why })?;
    let served = runtime.block_on(ports::serve_ports(app, options, dev));
    runtime.shutdown_background();
    served
}

/// Records that the start was refused for its settings, hooks or texts, where there is an audit log: if the settings
/// of the store and of its key are good, and the store is there and free. If not, who starts the process reads the
/// reason, and nobody else.
fn report_refused(adapter: &Adapter, version: &str, options: &StartOptions, error: &StartError) {
    if !matches!(error, StartError::Settings(_) | StartError::Unfinished(_) | StartError::Text(_) | StartError::Bank(_))
    {
        return;
    }
    let tell = || {
        let settings = load_for_command(adapter, &sources(options), &[KeyName::Audit]).ok()?;
        let engine = settings.store.engine();
        let sealer = sealer(adapter, version, &settings.audit, &settings.keys).ok()?;
        let opening = Opening { sealer, keep_audit: None };
        let store = engine.exists().then(|| engine.open(opening).ok()).flatten()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        runtime.block_on(lifecycle_audit::refused(&*store, &error.to_string())).ok()
    };
    // It is recorded if that is possible; that it is not is no second reason to fail.
    let _ = tell();
}

/// Memory holds keys, codes and passwords; no file shall.
fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        if setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_err() {
            let _ = writeln!(io::stderr(), "core dumps cannot be switched off; the system's settings hold");
        }
    }
}

fn say(line: &str) -> Result<(), StartError> {
    let mut output = io::stdout().lock();
    let said = writeln!(output, "{line}").and_then(|()| output.flush());
    said.map_err(|why| StartError::System { what: "cannot write to standard output".to_owned(), why })
}

fn too_few_descriptors(what: String) -> StartError {
    StartError::Settings(vec![SettingError { path: "connections.limit".to_owned(), place: None, what }])
}

fn exit_code(error: &StartError) -> u8 {
    match error {
        StartError::Settings(_)
        | StartError::Unfinished(_)
        | StartError::Text(_)
        | StartError::Routes(..)
        | StartError::Bank(BankError::Misconfigured(_))
        | StartError::Store(StoreError::Unusable(_)) => REFUSED,
        StartError::Store(StoreError::Damaged { .. } | StoreError::Lost { .. }) => DAMAGED,
        StartError::Store(StoreError::InUse(_) | StoreError::Unavailable(_))
        | StartError::System { .. }
        | StartError::Bank(BankError::Unavailable(_)) => NOT_NOW,
    }
}
