//! `store inspect` and `store copy`: looks at an embedded store, and copies it, while an adapter may have it open.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::adapter::Adapter;
use crate::settings::load_store;
use crate::start::{StartError, StartOptions, sources};
use crate::store::StoreError;
use crate::store::embedded::{Group, Inspected, copy, inspect};
use crate::values::Time;

/// Its command line.
pub(super) fn command() -> Command {
    let to = Arg::new("to")
        .value_name("FILE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The file to be made; there must be none of this name");
    let file = Arg::new("file")
        .long("file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("This file, such as a copy, in place of the store in the settings");
    Command::new("store")
        .about("Look at an embedded store, or copy it, while an adapter may have it open")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("inspect").about("Check every page, and count what is in it").arg(file))
        .subcommand(Command::new("copy").about("Copy it as it is at one moment, for a backup").arg(to))
}

/// Runs it.
pub(super) fn run(adapter: &Adapter, options: &StartOptions, matches: &ArgMatches) -> Result<u8, StartError> {
    let spec = load_store(adapter, &sources(options)).map_err(StartError::Settings)?;
    let engine = spec.engine();
    let Some(path) = engine.file() else {
        let why = "this is for embedded stores; a database has tools of its own, see docs/postgresql.md";
        return Err(StoreError::Unusable(why.into()).into());
    };
    match matches.subcommand() {
        Some(("inspect", matches)) => {
            let path = matches.get_one::<PathBuf>("file").map_or(path, PathBuf::as_path);
            write(&mut io::stdout().lock(), &inspect(path)?).map_err(cannot_write)?;
        }
        Some((_, matches)) => {
            let to = matches.get_one::<PathBuf>("to").cloned().unwrap_or_default();
            copy(path, &to)?;
            writeln!(io::stdout(), "copied to {}", to.display()).map_err(cannot_write)?;
        }
        None => return Ok(2),
    }
    Ok(0)
}

fn write(output: &mut impl Write, found: &Inspected) -> io::Result<()> {
    writeln!(output, "schema {}, every page is whole", found.schema)?;
    writeln!(output, "{} bytes, {} of them free", found.bytes, found.free_bytes)?;
    writeln!(output, "latest time seen {}", Time::from_millis(found.time))?;
    for (what, groups) in [("records", &found.records), ("counters", &found.counters)] {
        writeln!(output, "{what}:")?;
        for Group { name, number, expired, expires: (first, last) } in groups {
            let (first, last) = (Time::from_millis(*first), Time::from_millis(*last));
            writeln!(output, "  {name}: {number}, {expired} of them expired; they expire from {first} to {last}")?;
        }
    }
    writeln!(output, "audit entries: {}", found.audit)?;
    if let Some((first, last)) = found.audit_times {
        writeln!(output, "  from {} to {}", Time::from_micros(first), Time::from_micros(last))?;
    }
    if let Some(head) = &found.head {
        writeln!(output, "audit head {head}")?;
    }
    Ok(())
}

fn cannot_write(why: io::Error) -> StartError {
    StartError::System { what: "cannot write to standard output".to_owned(), why }
}
