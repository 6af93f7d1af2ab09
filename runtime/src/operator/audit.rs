//! `audit verify` and `audit export`: the audit log is read, from a store in use or from a copy.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value, json};

use crate::adapter::Adapter;
use crate::crypto::KeyName;
use crate::settings::load_for_command;
use crate::start::{StartError, StartOptions, keep_audit, sealer, sources};
use crate::store::{AuditHead, AuditRow, StoreSpec, Verified, verify};
use crate::values::Time;

/// Something is not as it was written.
const FLAWED: u8 = 1;

/// How many records are exported at once.
const PAGE: usize = 2_000;

/// Its command line.
pub(super) fn command() -> Command {
    let file = Arg::new("file")
        .long("file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Read this file of an embedded store, such as a copy, in place of the store in the settings");
    let head = Arg::new("head")
        .long("head")
        .value_name("CHAIN:NUMBER:MAC")
        .action(ArgAction::Append)
        .value_parser(|text: &str| text.parse::<AuditHead>())
        .help("A head that the adapter printed: it must be there still");
    Command::new("audit")
        .about("Read the audit again")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("verify")
                .about("Check that no audit entry was changed, removed or put in")
                .arg(file.clone())
                .arg(head),
        )
        .subcommand(
            Command::new("prune").about(
                "Remove records of a PostgreSQL store that are older than `audit.keep`, as the owner of the table",
            ),
        )
        .subcommand(Command::new("export").about("Print all audit entries, one JSON object a line").arg(file))
}

/// Runs it.
pub(super) fn run(
    adapter: &Adapter,
    version: &str,
    options: &StartOptions,
    matches: &ArgMatches,
) -> Result<u8, StartError> {
    match matches.subcommand() {
        Some(("prune", _)) => run_prune(adapter, version, options),
        Some(("verify", matches)) => run_verify(adapter, options, matches),
        Some((_, matches)) => run_export(adapter, options, matches),
        None => Ok(2),
    }
}

fn run_verify(adapter: &Adapter, options: &StartOptions, matches: &ArgMatches) -> Result<u8, StartError> {
    let settings = load_for_command(adapter, &sources(options), &[KeyName::Audit]).map_err(StartError::Settings)?;
    let heads: Vec<AuditHead> = matches.get_many("head").into_iter().flatten().cloned().collect();
    let mut source = place(settings.store, matches).engine().audit_source()?;
    let found = verify(&mut *source, &settings.keys, &heads)?;
    let mut output = io::stdout().lock();
    write_found(&mut output, &found, !heads.is_empty()).map_err(cannot_write)?;
    Ok(if found.flaws.is_empty() { 0 } else { FLAWED })
}

fn write_found(output: &mut impl Write, found: &Verified, has_head: bool) -> io::Result<()> {
    for flaw in &found.flaws {
        match flaw.sequence {
            Some(sequence) => writeln!(output, "record {sequence}: {}", flaw.what)?,
            None => writeln!(output, "at the end: {}", flaw.what)?,
        }
    }
    let (records, chains) = (found.records, found.heads.len());
    if records == 0 && found.flaws.is_empty() && !has_head {
        writeln!(output, "without a head that was kept elsewhere (--head), records that were all removed do not show")?;
    }
    match found.flaws.len() {
        0 => writeln!(output, "{records} records in {chains} chains are as they were written"),
        flaws => writeln!(output, "{records} records in {chains} chains, {flaws} flaws"),
    }
}

fn run_prune(adapter: &Adapter, version: &str, options: &StartOptions) -> Result<u8, StartError> {
    let settings = load_for_command(adapter, &sources(options), &[KeyName::Audit]).map_err(StartError::Settings)?;
    let sealer = sealer(adapter, version, &settings.audit, &settings.keys)?;
    let keep = keep_audit(&settings.audit).and_then(|millis| millis.checked_mul(1000)).unwrap_or(i64::MAX);
    let removed = settings.store.engine().prune_audit(&sealer, keep)?;
    writeln!(io::stdout(), "{removed} records removed").map_err(cannot_write)?;
    Ok(0)
}

fn run_export(adapter: &Adapter, options: &StartOptions, matches: &ArgMatches) -> Result<u8, StartError> {
    let settings = load_for_command(adapter, &sources(options), &[]).map_err(StartError::Settings)?;
    let mut source = place(settings.store, matches).engine().audit_source()?;
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut after = None;
    loop {
        let page = source.page(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.sequence);
        for row in &page {
            writeln!(output, "{}", line(row)).map_err(cannot_write)?;
        }
    }
    output.flush().map_err(cannot_write)?;
    Ok(0)
}

/// The record's own members, and where it stands. A record that is no JSON is given as the text that it is.
fn line(row: &AuditRow) -> Value {
    let record: Map<String, Value> =
        serde_json::from_str(&row.text).unwrap_or_else(|_| Map::from_iter([("text".to_owned(), json!(row.text))]));
    let seal = &row.seal;
    let place = json!({
        "sequence": row.sequence,
        "utc": Time::from_micros(row.time).to_string(),
        "chain": seal.chain,
        "number": seal.number,
        "audit_key": seal.key,
        "previous": seal.previous,
        "mac": seal.mac,
    });
    let Value::Object(mut line) = place else { return place };
    line.extend(record);
    Value::Object(line)
}

fn place(store: StoreSpec, matches: &ArgMatches) -> StoreSpec {
    matches.get_one::<PathBuf>("file").map_or(store, |file| StoreSpec::Embedded(file.clone()))
}

fn cannot_write(why: io::Error) -> StartError {
    StartError::System { what: "cannot write to standard output".to_owned(), why }
}
