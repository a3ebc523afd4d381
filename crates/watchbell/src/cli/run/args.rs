//! The words of `watchbell run`: newman's, letter for letter, and a few of our own.

use std::path::PathBuf;

use clap::{ArgAction, ValueEnum};

mod reporter;

pub use reporter::{ReporterKind, ReporterName};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes, as newman's: 0 everything passed, 1 something failed or the words could not be understood.

Examples:
  watchbell run orders.json -e prod.json
  watchbell run orders.json -d customers.csv --folder Checkout --bail
  watchbell run orders.json -r cli,junit --reporter-junit-export results.xml
  watchbell run Orders -e Production --server https://watch.example.com --token $TOKEN"
)]
pub struct Args {
    /// Collection (Postman v2.1 or v2.0): a file, an http(s) URL, its id or name with --server, a uid of Postman's API, or - for standard input
    pub collection: String,
    #[command(flatten)]
    pub documents: Documents,
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub tls: TlsArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What is read and written beside the collection.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Documents")]
pub struct Documents {
    /// Environment: file or URL
    #[arg(short, long, value_name = "FILE")]
    pub environment: Option<String>,
    /// Globals: file or URL
    #[arg(short, long, value_name = "FILE")]
    pub globals: Option<String>,
    /// Data for the iterations: JSON array or CSV, file or URL
    #[arg(short = 'd', long, value_name = "FILE")]
    pub iteration_data: Option<String>,
    /// Set an environment variable: name=value; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub env_var: Vec<String>,
    /// Set a global variable: name=value; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub global_var: Vec<String>,
    /// Write the environment to this file at the end
    #[arg(long, value_name = "FILE")]
    pub export_environment: Option<PathBuf>,
    /// Write the globals to this file at the end
    #[arg(long, value_name = "FILE")]
    pub export_globals: Option<PathBuf>,
    /// Write the collection, with its variables as they are then, to this file at the end
    #[arg(long, value_name = "FILE")]
    pub export_collection: Option<PathBuf>,
    /// Key of Postman's API, for documents that are read from there
    #[arg(long, value_name = "KEY", env = "POSTMAN_API_KEY", hide_env_values = true)]
    pub postman_api_key: Option<String>,
    /// Watchbell server whose workspace has the collection and the environment, by id or name
    #[arg(long, value_name = "URL", env = "WATCHBELL_URL", hide_env_values = true)]
    pub server: Option<String>,
    /// API token of that workspace
    #[arg(long, value_name = "TOKEN", env = "WATCHBELL_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Cookies to start with: a file as tough-cookie writes it
    #[arg(long, value_name = "FILE")]
    pub cookie_jar: Option<PathBuf>,
    /// Write the cookies to this file at the end
    #[arg(long, value_name = "FILE")]
    pub export_cookie_jar: Option<PathBuf>,
    /// Folder that the collection's files are read from [default: the current one]
    #[arg(long, value_name = "FOLDER")]
    pub working_dir: Option<PathBuf>,
    /// Read no file outside of the working folder
    #[arg(long)]
    pub no_insecure_file_read: bool,
}

/// How the run goes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// How often the collection is run [default: once for each row of data]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub iteration_count: Option<u64>,
    /// Run only this folder or request, by name or id; may be given several times
    #[arg(long, value_name = "NAME")]
    pub folder: Vec<String>,
    /// Stop at the first failure; `folder`: also refuse to start when a `--folder` is not there
    #[arg(long, value_name = "MODIFIERS", num_args = 0..=1, value_delimiter = ',', default_missing_value = "failure")]
    pub bail: Option<Vec<BailOn>>,
    /// Pause between requests, ms
    #[arg(long, value_name = "MS", default_value_t = 0, num_args = 0..=1, default_missing_value = "0")]
    pub delay_request: u64,
    /// Limit of the whole run, ms; 0 is none
    #[arg(long, value_name = "MS", default_value_t = 0, num_args = 0..=1, default_missing_value = "0")]
    pub timeout: u64,
    /// Limit of one request, ms; 0 is none
    #[arg(long, value_name = "MS", default_value_t = 0, num_args = 0..=1, default_missing_value = "0")]
    pub timeout_request: u64,
    /// Limit of one script, ms; 0 is a minute
    #[arg(long, value_name = "MS", default_value_t = 0, num_args = 0..=1, default_missing_value = "0")]
    pub timeout_script: u64,
    /// Take redirects as they come, follow none
    #[arg(long)]
    pub ignore_redirects: bool,
    /// Exit 0 whatever happened
    #[arg(short = 'x', long)]
    pub suppress_exit_code: bool,
    /// Seed of the dynamic variables, for a run that repeats exactly
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Sessions of the collection at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub parallel: u64,
    /// Send the result to this URL, as a Standard Webhooks request
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
    /// Secret (`whsec_…`) that signs it
    #[arg(long, value_name = "SECRET", env = "WATCHBELL_WEBHOOK_SECRET", hide_env_values = true)]
    pub webhook_secret: Option<String>,
    /// Run again whenever a file of the run changes
    #[arg(long)]
    pub watch: bool,
    /// Do not wait for asynchronous tests, as newman does not
    #[arg(long)]
    pub newman_async: bool,
}

/// TLS, as newman names it.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "TLS")]
pub struct TlsArgs {
    /// Do not check certificates
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Client certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub ssl_client_cert: Option<PathBuf>,
    /// Key of the client certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub ssl_client_key: Option<PathBuf>,
    /// Passphrase of that key
    #[arg(long, value_name = "TEXT")]
    pub ssl_client_passphrase: Option<String>,
    /// Client certificates by host: a JSON list of {name, matches, key, cert, pfx, passphrase}
    #[arg(long, value_name = "FILE")]
    pub ssl_client_cert_list: Option<PathBuf>,
    /// Authorities to trust beside the system's, PEM
    #[arg(long, value_name = "FILE")]
    pub ssl_extra_ca_certs: Option<PathBuf>,
}

/// What is shown and reported.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Reports to make, several at once: cli, json, junit, html, progress
    #[arg(short, long, value_delimiter = ',', default_value = "cli", value_name = "NAMES", num_args = 0..=1, default_missing_value = "")]
    pub reporters: Vec<ReporterName>,
    /// File of the JSON report [default: newman/newman-run-report-TIME.json]
    #[arg(long, value_name = "FILE")]
    pub reporter_json_export: Option<PathBuf>,
    /// File of the JUnit report [default: newman/newman-run-report-TIME.xml]
    #[arg(long, value_name = "FILE")]
    pub reporter_junit_export: Option<PathBuf>,
    /// File of the HTML report [default: newman/newman-run-report-TIME.html]
    #[arg(long, value_name = "FILE", alias = "reporter-htmlextra-export")]
    pub reporter_html_export: Option<PathBuf>,
    #[command(flatten)]
    pub cli: CliArgs,
    /// Print nothing
    #[arg(long)]
    pub silent: bool,
    /// Colours: when standard output is a terminal, or always, or never
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", overrides_with = "no_color")]
    pub color: Color,
    /// The same as `--color off`
    #[arg(long)]
    pub no_color: bool,
    /// Use no characters beyond ASCII
    #[arg(long)]
    pub disable_unicode: bool,
    /// Show headers, bodies and the time of each phase
    #[arg(long)]
    pub verbose: bool,
}

/// What the terminal is not to show.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct CliArgs {
    /// No totals at the end
    #[arg(long = "reporter-cli-no-summary", action = ArgAction::SetTrue)]
    pub no_summary: bool,
    /// No list of failures at the end
    #[arg(long = "reporter-cli-no-failures", action = ArgAction::SetTrue)]
    pub no_failures: bool,
    /// No tests
    #[arg(long = "reporter-cli-no-assertions", action = ArgAction::SetTrue)]
    pub no_assertions: bool,
    /// No passed tests
    #[arg(long = "reporter-cli-no-success-assertions", action = ArgAction::SetTrue)]
    pub no_success_assertions: bool,
    /// Nothing of what scripts say to the console
    #[arg(long = "reporter-cli-no-console", action = ArgAction::SetTrue)]
    pub no_console: bool,
    /// No name of this program and of the collection
    #[arg(long = "reporter-cli-no-banner", action = ArgAction::SetTrue)]
    pub no_banner: bool,
    /// The time of each request and test, in this machine's time zone
    #[arg(long = "reporter-cli-show-timestamps", action = ArgAction::SetTrue)]
    pub show_timestamps: bool,
    /// Nothing at all; other reports are made
    #[arg(id = "cli_silent", long = "reporter-cli-silent", action = ArgAction::SetTrue)]
    pub silent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BailOn {
    Failure,
    Folder,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    On,
    Off,
    #[default]
    Auto,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Words {
        #[command(flatten)]
        args: Args,
    }

    fn parse(line: &str) -> Args {
        <Words as clap::Parser>::try_parse_from(line.split(' '))
            .unwrap_or_else(|error| panic!("{error}"))
            .args
    }

    #[test]
    fn the_guide_names_every_option() {
        let guide = include_str!("../../../../../docs/from-newman.md");
        let command = <Args as clap::Args>::augment_args(clap::Command::new("run"));
        let options = command.get_arguments().filter_map(clap::Arg::get_long);
        let missing: Vec<&str> = options.filter(|option| !guide.contains(&format!("`--{option}"))).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn newmans_spellings_are_understood() {
        let args = parse("run c.json -r cli,json,htmlextra --bail -n 3 --color off -k -x --folder A --folder B");
        assert_eq!(args.output.kinds(), [ReporterKind::Cli, ReporterKind::Json, ReporterKind::Html]);
        assert_eq!((args.run.bail, args.run.iteration_count), (Some(vec![BailOn::Failure]), Some(3)));
        assert_eq!((args.output.color, args.run.folder.len()), (Color::Off, 2));
        assert_eq!(
            parse("run c.json --bail folder,failure").run.bail,
            Some(vec![BailOn::Folder, BailOn::Failure])
        );
        assert_eq!(parse("run c.json").output.kinds(), [ReporterKind::Cli]);
    }
}
