//! `limits lift`: an operator lifts the block of a user. The lockout record is removed and an audit entry written, in one
//! batch. An embedded store that an adapter has open is changed by that adapter, which is asked through the file.

use std::io::{self, Write};
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::adapter::Adapter;
use crate::behaviours::{deposits_ids, lockout_ids};
use crate::crypto::KeyName;
use crate::settings::load_for_command;
use crate::start::{StartError, StartOptions, sealer, sources};
use crate::store::engine::Running;
use crate::store::{
    AuditEntry, AuditEvent, AuditOutcome, Batch, ChainSealer, Condition, Kind, Opening, Record, RecordKey, Store,
    StoreError, StoreSpec,
};
use crate::values::Time;

/// There was nothing to lift.
const NOTHING_TO_LIFT: u8 = 1;

/// How often the removal is tried anew because the row has changed.
const MAX_ATTEMPTS: usize = 5;

/// What users of an adapter are blocked by: its passwords and questions, and its kinds of codes.
fn methods(adapter: &'static Adapter) -> impl Iterator<Item = &'static str> {
    ["password", "questions"].into_iter().chain(adapter.otps.iter().map(|kind| kind.name))
}

/// Its command line.
pub(super) fn command(adapter: &'static Adapter) -> Command {
    let text = |name: &'static str, help: &'static str| Arg::new(name).long(name).value_name("TEXT").help(help);
    Command::new("limits")
        .about("Change what limits users")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("lift")
                .about("Lift the block of a user: their failures begin anew")
                .arg(text("user", "The user, as the bank knows them").required(true))
                .arg(text("organization", "Their organization, if they are counted in one"))
                .arg(
                    text("method", "Blocked by what; without it, by any of them")
                        .value_parser(PossibleValuesParser::new(methods(adapter)))
                        .action(ArgAction::Append)
                        .conflicts_with("account"),
                )
                .arg(text("account", "A payment account of theirs, for which wrong deposits were reported"))
                .arg(
                    text("reason", "Why, for the audit")
                        .required(true)
                        .value_parser(clap::builder::NonEmptyStringValueParser::new()),
                ),
        )
}

/// Runs it.
pub(super) fn run(
    adapter: &'static Adapter,
    version: &str,
    options: &StartOptions,
    matches: &ArgMatches,
) -> Result<u8, StartError> {
    let Some(("lift", matches)) = matches.subcommand() else { return Ok(2) };
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let settings = load_for_command(adapter, &sources(options), &[KeyName::Counters, KeyName::Audit]);
    let settings = settings.map_err(StartError::Settings)?;
    let store = Hand::on(&settings.store, sealer(adapter, version, &settings.audit, &settings.keys)?)?;
    let (user, organization) = (text("user").unwrap_or_default(), text("organization"));
    let asked = matches.get_many::<String>("method");
    let methods: Vec<&str> =
        asked.map_or_else(|| methods(adapter).collect(), |asked| asked.map(String::as_str).collect());
    let rows: Vec<(&str, Kind, Vec<String>)> = match text("account") {
        Some(account) => vec![("deposits", Kind::Deposits, deposits_ids(&settings.keys, user, account))],
        None => methods
            .into_iter()
            .map(|method| (method, Kind::Limiter, lockout_ids(&settings.keys, organization, user, method)))
            .collect(),
    };
    let mut lifted = false;
    for (method, kind, ids) in rows {
        let entry = AuditEntry {
            reason: text("reason").map(|reason| reason.chars().take(1_000).collect()),
            user: Some(user.to_owned()),
            organization: organization.map(str::to_owned),
            method: Some(method.to_owned()),
            ..AuditEntry::new(Time::now().millis(), AuditEvent::LimitLifted, AuditOutcome::Success)
        };
        for id in ids {
            if let Some(found) = lift(&store, &RecordKey::new(kind, id), &entry)? {
                lifted = true;
                say(&format!("{method}: {found}, lifted"))?;
            }
        }
    }
    if !lifted {
        say("this user has no failures by any of these methods")?;
        return Ok(NOTHING_TO_LIFT);
    }
    Ok(0)
}

/// Removes a lockout record; gives what was in it, if it was there.
fn lift(store: &Hand, key: &RecordKey, entry: &AuditEntry) -> Result<Option<String>, StartError> {
    let Some(first) = store.find(key)? else { return Ok(None) };
    let mut record = first.clone();
    for _ in 0..MAX_ATTEMPTS {
        let by = std::env::var("USER").ok();
        let row = record.value.value();
        let detail = json!({ "failures": row.get("failures"), "blocked_until": row.get("blocked_until"), "by": by });
        store.remove(key, record.version, AuditEntry { detail: Some(detail), ..entry.clone() })?;
        match store.find(key)? {
            Some(next) if next.version == record.version => break,
            Some(next) => record = next,
            None => return Ok(Some(in_words(&first))),
        }
    }
    Err(StoreError::Unavailable("the row of failures could not be removed; try again".into()).into())
}

fn in_words(record: &Record) -> String {
    let row = record.value.value();
    let failures = row.get("failures").and_then(Value::as_u64).unwrap_or(0);
    if row.get("locked").and_then(Value::as_bool) == Some(true) {
        return format!("{failures} failures, blocked for good");
    }
    match row.get("blocked_until").and_then(Value::as_i64) {
        Some(until) if until > Time::now().plus_seconds(10 * 365 * 86_400).millis() => {
            format!("{failures} failures, blocked for good")
        }
        Some(until) => format!("{failures} failures, blocked until {}", Time::from_millis(until)),
        None => format!("{failures} failures"),
    }
}

/// A way to change a store: by itself, or by the process that has it open.
enum Hand {
    Own(Arc<dyn Store>, Runtime),
    Running(Box<dyn Running>),
}

impl Hand {
    fn on(spec: &StoreSpec, sealer: ChainSealer) -> Result<Hand, StartError> {
        let engine = spec.engine();
        if engine.is_volatile() {
            return Err(StoreError::Unusable("a store in memory is changed by its own process only".into()).into());
        }
        if let Some(path) = engine.file().filter(|_| !engine.exists()) {
            return Err(StoreError::Unusable(format!("{}: there is no such file", path.display())).into());
        }
        match engine.open(Opening { sealer: sealer.clone(), keep_audit: None }) {
            Ok(store) => Ok(Hand::Own(store, runtime()?)),
            Err(in_use @ StoreError::InUse(_)) => Ok(Hand::Running(engine.running(sealer, in_use)?)),
            Err(error) => Err(error.into()),
        }
    }

    fn find(&self, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        match self {
            Hand::Own(store, runtime) => Ok(runtime.block_on(store.get(key.clone(), 0))?.record),
            Hand::Running(store) => store.find(key),
        }
    }

    fn remove(&self, key: &RecordKey, version: u64, entry: AuditEntry) -> Result<(), StoreError> {
        match self {
            Hand::Own(store, runtime) => {
                let batch = Batch::at(Time::now().millis()).only_if(Condition::Version(key.clone(), version));
                runtime.block_on(store.commit(batch.delete(key.clone()).audit(entry))).map(drop)
            }
            Hand::Running(store) => store.remove(key, version, entry),
        }
    }
}

fn runtime() -> Result<Runtime, StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|why| StartError::System { what: "cannot start threads".to_owned(), why })
}

fn say(line: &str) -> Result<(), StartError> {
    writeln!(io::stdout(), "{line}")
        .map_err(|why| StartError::System { what: "cannot write to standard output".to_owned(), why })
}
