//! The command line: arguments in, exit code out. 0 good, 1 a definition is wrong, 2 wrong usage, 3 the output is
//! stale, 4 the tool failed, 5 a change breaks somebody, 6 a server deviates.

mod commands;

use std::panic;
use std::process::ExitCode;

use clap::Parser;

use commands::{Arguments, Outcome, Usage};

/// A run makes half a million small values and ends: with the system's allocator, a fifth of its work is that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    panic::set_hook(Box::new(|info| {
        let at = info.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
        let message = info.payload_as_str().unwrap_or("no message");
        anstream::eprintln!(
            "error: countersign itself is broken{at}: {message}\nplease report this with the definition"
        );
    }));
    match panic::catch_unwind(|| commands::run(arguments)) {
        Ok(Ok(Outcome::Good)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Wrong)) => ExitCode::from(1),
        Ok(Ok(Outcome::Stale)) => ExitCode::from(3),
        Ok(Ok(Outcome::Breaking)) => ExitCode::from(5),
        Ok(Ok(Outcome::Deviates)) => ExitCode::from(6),
        Ok(Err(error)) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 4 })
        }
        Err(_) => ExitCode::from(4),
    }
}
