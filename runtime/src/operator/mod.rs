//! The commands for operators, beside serving: reading the audit again, looking at a store and copying it, lifting
//! blocks. Each reads the same settings as the adapter, and of those only what it needs.

mod audit;
mod limits;
#[cfg(feature = "embedded")]
mod store;

use clap::{ArgMatches, Command};

use crate::adapter::Adapter;
use crate::start::{StartError, StartOptions};

/// The commands of an adapter.
pub(crate) fn commands(adapter: &'static Adapter) -> Vec<Command> {
    vec![
        audit::command(),
        limits::command(adapter),
        #[cfg(feature = "embedded")]
        store::command(),
    ]
}

/// Runs the command that is asked for, if one is; gives the number that the process should end with.
pub(crate) fn run(
    adapter: &'static Adapter,
    version: &str,
    options: &StartOptions,
    matches: &ArgMatches,
) -> Option<Result<u8, StartError>> {
    match matches.subcommand()? {
        ("audit", matches) => Some(audit::run(adapter, version, options, matches)),
        ("limits", matches) => Some(limits::run(adapter, version, options, matches)),
        #[cfg(feature = "embedded")]
        ("store", matches) => Some(store::run(adapter, options, matches)),
        _ => None,
    }
}
