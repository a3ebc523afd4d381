//! The command line: one file a command. Data goes to standard output, logs and errors to
//! standard error. Exit codes: 0 done, 1 failed or refused (for `run`: a test or request failed, or its
//! words could not be understood, as newman has it), 2 the words could not be understood.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::config::{self, Loaded};

mod admin;
mod check;
mod delivery;
mod demo;
mod event;
mod manual;
pub(crate) mod opened;
mod remote;
mod replay;
mod report;
mod run;
mod serve;
mod settings;
mod text;
mod verify;
mod webhook;
mod words;

/// Watches APIs, tests and jobs, and rings a bell when something is to be known.
#[derive(Debug, Parser)]
#[command(name = "watchbell", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: EarlySettings,
}

/// The words for settings where they stand before the command.
#[derive(Debug, clap::Args)]
struct EarlySettings {
    /// Settings file of the server [default: watchbell.toml, where it exists]
    #[arg(long = "config", id = "early_config", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder of the server (store.data) [default: ./watchbell-data]
    #[arg(long = "data", id = "early_data", value_name = "FOLDER")]
    data: Option<String>,
}

/// What the commands take that have settings.
#[derive(Debug, clap::Args)]
struct Settings {
    /// Settings file [default: watchbell.toml, where it exists]
    #[arg(long, global = true, env = "WATCHBELL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder (store.data) [default: ./watchbell-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
}

impl Settings {
    fn read(self, early: EarlySettings, flags: Vec<(&'static str, String)>) -> Result<Loaded> {
        let mut all: Vec<_> = self.data.or(early.data).into_iter().map(|folder| ("store.data", folder)).collect();
        all.extend(flags);
        // What is typed goes before what the environment says.
        let config = early.config.or(self.config);
        Loaded::read(config.as_deref(), &config::environment(), &all)
    }
}

const EXAMPLES: &str = "Examples:
  watchbell serve --demo                    everything at work, on example data
  watchbell serve                           the server, on 127.0.0.1:8484
  watchbell run orders.json -e prod.json    run a Postman collection, exit 1 on failure
  watchbell event publish issue-created --data '{\"id\": 7}'
  watchbell webhook list                    of the server in WATCHBELL_URL
  watchbell config                          the settings in force, and where each came from

Exit codes: 0 done, 1 failed or refused, 2 the words were not understood (`run`: 1, as newman).";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server: page, API, scheduler, delivery
    Serve {
        #[command(flatten)]
        args: serve::Args,
        #[command(flatten)]
        settings: Settings,
    },
    /// Run a Postman collection here and now
    Run(Box<run::Args>),
    /// Find what will not work in a Postman collection, without sending anything
    Check(check::Args),
    /// Check the Standard Webhooks signature of a received request
    Verify(verify::Args),
    /// Webhooks of a server: make, change, test them, and ask why
    Webhook(webhook::Args),
    /// Publish events to a server, and look back at them
    Event(event::Args),
    /// Deliveries of a server: what was sent and answered, and sending it again
    Delivery(delivery::Args),
    /// Send again what failed, or a range of events
    Replay(replay::Args),
    /// Look after a data folder while its server is stopped
    Admin {
        #[command(subcommand)]
        command: admin::Command,
        #[command(flatten)]
        settings: Settings,
    },
    /// Print the settings in force, and where each came from
    Config {
        #[arg(long, value_enum, default_value_t)]
        output: Output,
        #[command(flatten)]
        settings: Settings,
    },
    /// Print completions for a shell
    Completions(manual::CompletionArgs),
    /// Print a manual page
    Man(manual::ManArgs),
}

/// How a reading command prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    #[default]
    Text,
    Json,
}

/// Reads the words and runs the command.
pub fn main() -> ExitCode {
    let words = run::foreign::without(std::env::args_os());
    // newman exits 1 whatever went wrong, and pipelines may tell 1 from other codes.
    let is_run = words.get(1).is_some_and(|word| word == "run");
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) if is_run && error.use_stderr() => {
            let _ = error.print();
            return ExitCode::FAILURE;
        }
        Err(error) => error.exit(),
    };
    match dispatch(cli) {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if text::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            text::say(&complaint(&error));
            if error.is::<words::Misunderstood>() && !is_run {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// What is said of an error. Servers and files have put words into it, so nothing in it may steer the terminal.
fn complaint(error: &anyhow::Error) -> String {
    report::cli::tame(&format!("error: {}", told(error)))
}

/// What went wrong first, its causes after it, and the hints last, wherever in the chain they stand.
fn told(error: &anyhow::Error) -> String {
    let (mut what, mut hints) = (Vec::new(), Vec::new());
    for link in error.chain().map(ToString::to_string) {
        match link.split_once("\n\nhint: ") {
            Some((head, hint)) => {
                what.push(head.to_owned());
                hints.push(format!("\n\nhint: {hint}"));
            }
            None => what.push(link),
        }
    }
    what.join(": ") + &hints.concat()
}

fn dispatch(cli: Cli) -> Result<ExitCode> {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    // One thread starts faster than a pool, and these do one thing after another.
    let thread = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let early = cli.settings;
    match cli.command {
        Command::Run(args) => thread()?.block_on(run::run(*args)),
        Command::Check(args) => runtime()?.block_on(check::run(args)),
        Command::Verify(args) => verify::run(&args),
        Command::Webhook(args) => thread()?.block_on(webhook::run(args)),
        Command::Event(args) => thread()?.block_on(event::run(args)),
        Command::Delivery(args) => thread()?.block_on(delivery::run(args)),
        Command::Replay(args) => thread()?.block_on(replay::run(args)),
        Command::Serve { args, settings } => {
            let loaded = settings.read(early, args.flags())?;
            runtime()?.block_on(serve::run(loaded.config, args))
        }
        Command::Admin { command, settings } => {
            let loaded = settings.read(early, Vec::new())?;
            runtime()?.block_on(admin::run(&loaded.config, command))
        }
        Command::Config { output, settings } => settings::run(&settings.read(early, Vec::new())?, output),
        Command::Completions(args) => manual::completions(Cli::command(), &args).map(|()| ExitCode::SUCCESS),
        Command::Man(args) => manual::man(Cli::command(), &args).map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_cannot_steer_the_terminal() {
        let error = anyhow::anyhow!("it answered 500 \u{1b}[2J\n\nhint: it points to `\u{202e}\u{7}`").context("no");
        assert_eq!(
            complaint(&error),
            "error: no: it answered 500 \u{fffd}[2J\n\nhint: it points to `\u{fffd}\u{fffd}`"
        );
    }
}
