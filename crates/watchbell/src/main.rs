//! `watchbell`: the binary. Reads the command line, hands over to one command, turns its
//! error into a message and an exit code.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the command line talks to a terminal")]

mod cli;
mod clock;
mod config;
mod telemetry;

use std::process::ExitCode;

/// The hidden word that makes this program a script process (see `collection::script`).
pub const SCRIPT_CHILD: &str = "script-child";

fn main() -> ExitCode {
    // Before anything else: a script process wants neither threads nor settings.
    if std::env::args_os().nth(1).is_some_and(|word| word == SCRIPT_CHILD) {
        return ExitCode::from(u8::try_from(collection::script::child::child_main()).unwrap_or(1));
    }
    cli::main()
}
