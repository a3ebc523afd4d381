//! The command line: one file a command. Data goes to standard output, logs and errors to
//! standard error. Exit codes: 0 done, 1 failed (for `run`: a test or request failed, or its
//! words could not be understood, as newman has it), 2 the words could not be understood.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use crate::config::{self, Loaded};

mod admin;
mod check;
mod demo;
pub(crate) mod opened;
mod report;
mod run;
mod serve;
mod settings;
mod verify;

/// Watches APIs, tests and jobs, and rings a bell when something is to be known.
#[derive(Debug, Parser)]
#[command(name = "watchbell", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    /// Settings file [default: watchbell.toml, where it exists]
    #[arg(long, global = true, env = "WATCHBELL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder (store.data) [default: ./watchbell-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  watchbell serve --demo                    everything at work, on example data
  watchbell serve                           the server, on 127.0.0.1:8484
  watchbell run orders.json -e prod.json    run a Postman collection, exit 1 on failure
  watchbell config                          the settings in force, and where each came from";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server: page, API, scheduler, delivery
    Serve(serve::Args),
    /// Run a Postman collection here and now
    Run(Box<run::Args>),
    /// Find what will not work in a Postman collection, without sending anything
    Check(check::Args),
    /// Check the Standard Webhooks signature of a received request
    Verify(verify::Args),
    /// Look after a data folder while its server is stopped
    #[command(subcommand)]
    Admin(admin::Command),
    /// Print the settings in force, and where each came from
    Config {
        #[arg(long, value_enum, default_value_t)]
        output: Output,
    },
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
        Err(error) => {
            anstream::eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
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
    let mut flags = Vec::new();
    flags.extend(cli.data.map(|folder| ("store.data", folder)));
    match cli.command {
        // One thread starts faster than a pool, and a run does one thing after another.
        Command::Run(args) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(run::run(*args)),
        Command::Check(args) => runtime()?.block_on(check::run(args)),
        Command::Verify(args) => verify::run(&args),
        Command::Serve(args) => {
            flags.extend(args.flags());
            let loaded = Loaded::read(cli.config.as_deref(), &config::environment(), &flags)?;
            runtime()?.block_on(serve::run(loaded.config, args))
        }
        Command::Admin(command) => {
            let loaded = Loaded::read(cli.config.as_deref(), &config::environment(), &flags)?;
            runtime()?.block_on(admin::run(&loaded.config, command))
        }
        Command::Config { output } => settings::run(&Loaded::read(cli.config.as_deref(), &config::environment(), &flags)?, output),
    }
}
