//! The commands for operators, beside serving: reading the audit again, looking at a store. Each reads the same
//! settings as the adapter, and of those only what it needs.

mod audit;

use clap::{ArgMatches, Command};

use crate::adapter::Adapter;
use crate::start::{StartError, StartOptions};

/// The commands.
pub(crate) fn commands() -> [Command; 1] {
    [audit::command()]
}

/// Runs the command that is asked for, if one is; gives the number that the process should end with.
pub(crate) fn run(adapter: &Adapter, options: &StartOptions, matches: &ArgMatches) -> Option<Result<u8, StartError>> {
    match matches.subcommand()? {
        ("audit", matches) => Some(audit::run(adapter, options, matches)),
        _ => None,
    }
}
