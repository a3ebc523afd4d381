//! `watchbell check`: what will not work in a collection, found without sending anything.
//! Documents are walked in `lint`, scripts read in `script`, names known in `vocabulary`.

use std::{path::PathBuf, process::ExitCode};

use anstream::println;
use anyhow::{Context as _, Result};
use collection::load;

use super::{
    Output, opened,
    run::source::{Source, with_hint},
};

mod finding;
mod lint;
mod script;
mod vocabulary;

use finding::{Finding, Severity};
use lint::{Known, Lint};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing to repair, 1 an error (with --strict also a warning), 2 the words could not be understood.

Examples:
  watchbell check orders.json
  watchbell check orders.json -e prod.json -d customers.csv --strict"
)]
pub struct Args {
    /// Collection (Postman v2.1 or v2.0): a file, an http(s) URL, or - for standard input
    collection: String,
    /// Environment whose variables are known
    #[arg(short, long, value_name = "FILE")]
    environment: Option<String>,
    /// Globals that are known
    #[arg(short, long, value_name = "FILE")]
    globals: Option<String>,
    /// Data whose columns are known
    #[arg(short = 'd', long, value_name = "FILE")]
    iteration_data: Option<String>,
    /// Name of a variable that is given elsewhere; may be given several times
    #[arg(long, value_name = "NAME")]
    var: Vec<String>,
    /// Folder that the collection's files are read from [default: the current one]
    #[arg(long, value_name = "FOLDER")]
    working_dir: Option<PathBuf>,
    /// Exit 1 for warnings too
    #[arg(long)]
    strict: bool,
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

pub async fn run(args: Args) -> Result<ExitCode> {
    let client = egress::Client::new(egress::ClientConfig::default()).context("cannot set up outgoing connections")?;
    let policy = opened::open_policy();
    let source = Source {
        client: &client,
        policy: &policy,
        key: None,
        workspace: None,
        insecure: false,
    };
    let (bytes, name) = source.read(&args.collection, "collections").await?;
    let collection = load::parse_collection(&bytes, &name).map_err(with_hint)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut known = Known::of(&collection, args.working_dir.clone().unwrap_or_else(|| PathBuf::from(".")));
    known.variables.extend(args.var.iter().cloned());
    if let Some(word) = &args.environment {
        known.take(&source.document(word, "environments", load::parse_environment).await?);
    }
    if let Some(word) = &args.globals {
        known.take(&source.document(word, "globals", load::parse_globals).await?);
    }
    if let Some(word) = &args.iteration_data {
        let rows = source.data(word).await?;
        for row in rows.rows().map_err(with_hint)? {
            known
                .variables
                .extend(row.map_err(with_hint)?.into_iter().map(|(column, _)| column));
        }
    }
    let findings = Lint::new(&collection.document().to_value(), known).findings();
    let mut placed: Vec<Finding> = findings.into_iter().map(|finding| finding.placed(text)).collect();
    placed.sort_by_key(|finding| (finding.line, finding.column));
    print(&args, &name, &placed)?;
    let bad = |finding: &Finding| finding.severity == Severity::Error || (args.strict && finding.severity == Severity::Warning);
    Ok(if placed.iter().any(bad) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn print(args: &Args, origin: &str, findings: &[Finding]) -> Result<()> {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    if args.output == Output::Json {
        let report = serde_json::json!({"file": origin, "errors": errors, "warnings": warnings, "notes": notes, "findings": findings});
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    for finding in findings {
        println!("{}", finding.text(origin));
    }
    println!(
        "{}{errors} errors, {warnings} warnings, {notes} notes",
        if findings.is_empty() { "" } else { "\n" }
    );
    Ok(())
}
