//! `watchbell run`: a collection, here and now, with newman's words for the options and
//! newman's exit codes.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use collection::{
    Collection, Environment, RunOptions, RunSpec, Runner,
    files::FileAccess,
    load::{self, DataKind},
    runner::Bail,
};
use domain::Clock as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{opened, report::Terminal};
use crate::clock::SystemClock;

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 everything passed, 1 something failed, 2 the words could not be understood.

Examples:
  watchbell run orders.json -e prod.json
  watchbell run orders.json -d customers.csv --folder Checkout --bail")]
pub struct Args {
    /// Collection file (Postman v2.1 or v2.0), or - for standard input
    collection: PathBuf,
    /// Environment file
    #[arg(short, long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// Globals file
    #[arg(short, long, value_name = "FILE")]
    globals: Option<PathBuf>,
    /// Data for the iterations: JSON array or CSV
    #[arg(short = 'd', long, value_name = "FILE")]
    iteration_data: Option<PathBuf>,
    /// How often the collection is run [default: once for each row of data]
    #[arg(short = 'n', long, value_name = "N")]
    iteration_count: Option<u64>,
    /// Run only this folder or request, by name or id; may be given several times
    #[arg(long, value_name = "NAME")]
    folder: Vec<String>,
    /// Set an environment variable: name=value
    #[arg(long, value_name = "NAME=VALUE")]
    env_var: Vec<String>,
    /// Set a global variable: name=value
    #[arg(long, value_name = "NAME=VALUE")]
    global_var: Vec<String>,
    /// Write the environment to this file at the end
    #[arg(long, value_name = "FILE")]
    export_environment: Option<PathBuf>,
    /// Write the globals to this file at the end
    #[arg(long, value_name = "FILE")]
    export_globals: Option<PathBuf>,
    /// Stop at the first failure
    #[arg(long)]
    bail: bool,
    /// Pause between requests, ms
    #[arg(long, value_name = "MS", default_value_t = 0)]
    delay_request: u64,
    /// Limit of the whole run, ms; 0 is none
    #[arg(long, value_name = "MS", default_value_t = 0)]
    timeout: u64,
    /// Limit of one request, ms; 0 is none
    #[arg(long, value_name = "MS", default_value_t = 0)]
    timeout_request: u64,
    /// Limit of one script, ms; 0 is a minute
    #[arg(long, value_name = "MS", default_value_t = 0)]
    timeout_script: u64,
    /// Take redirects as they come, follow none
    #[arg(long)]
    ignore_redirects: bool,
    /// Do not check certificates
    #[arg(short = 'k', long)]
    insecure: bool,
    /// Folder that the collection's files are read from [default: the current one]
    #[arg(long, value_name = "FOLDER")]
    working_dir: Option<PathBuf>,
    /// Print nothing
    #[arg(long)]
    silent: bool,
    /// Exit 0 whatever happened
    #[arg(short = 'x', long)]
    suppress_exit_code: bool,
    /// Seed of the dynamic variables, for a run that repeats exactly
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

pub async fn run(args: Args) -> Result<ExitCode> {
    let spec = spec(&args)?;
    let (environment, globals) = (spec.environment.clone(), spec.globals.clone());
    let files = Folder(args.working_dir.clone().unwrap_or_else(|| PathBuf::from(".")));
    let scripts = Arc::new(opened::scripts(256, 0)?);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    let observer = Arc::new(Terminal::new(args.silent));
    let runner = Runner::new(spec, Arc::new(opened::open_transport()?), scripts, Arc::new(files), observer, cancel);
    let result = runner.run().await;
    if let Some(path) = &args.export_environment {
        export(path, environment.as_ref(), "environment", &result.environment)?;
    }
    if let Some(path) = &args.export_globals {
        export(path, globals.as_ref(), "globals", &result.globals)?;
    }
    let good = result.is_success() || args.suppress_exit_code;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn spec(args: &Args) -> Result<RunSpec> {
    let read_collection = |bytes: &[u8], name: &str| load::parse_collection(bytes, name);
    let collection: Collection = document(&args.collection, read_collection)?;
    let mut environment = args.environment.as_deref().map(|path| document(path, load::parse_environment)).transpose()?;
    let mut globals = args.globals.as_deref().map(|path| document(path, load::parse_globals)).transpose()?;
    set_variables("--env-var", &args.env_var, &mut environment)?;
    set_variables("--global-var", &args.global_var, &mut globals)?;
    let data = match &args.iteration_data {
        Some(path) => {
            let csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
            let kind = if csv { DataKind::Csv } else { DataKind::Json };
            document(path, |bytes, name| load::parse_data(bytes, kind, name))?
        }
        None => Vec::new(),
    };
    let limit = |ms: u64| (ms > 0).then(|| Duration::from_millis(ms));
    let options = RunOptions {
        follow_redirects: !args.ignore_redirects,
        strict_ssl: !args.insecure,
        request_delay: Duration::from_millis(args.delay_request),
        request_timeout: limit(args.timeout_request),
        script_timeout: limit(args.timeout_script).unwrap_or(Duration::from_secs(60)),
        run_timeout: limit(args.timeout),
        bail: if args.bail { Bail::Failure } else { Bail::No },
        ..RunOptions::default()
    };
    Ok(RunSpec {
        collection,
        environment,
        globals,
        data,
        iterations: args.iteration_count,
        folders: args.folder.clone(),
        options,
        cookies: collection::cookies::Jar::default(),
        previous_request: None,
        seed: args.seed.unwrap_or_else(rand::random),
        now: Arc::new(|| SystemClock.now()),
    })
}

fn document<T>(path: &Path, parse: impl Fn(&[u8], &str) -> Result<T, collection::LoadError>) -> Result<T> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).context("cannot read standard input")?;
        return Ok(parse(&bytes, "standard input")?);
    }
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    Ok(parse(&bytes, &name)?)
}

/// Adds `name=value` pairs; without a document one is made of them.
fn set_variables(flag: &str, pairs: &[String], document: &mut Option<Environment>) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let mut raw = document.as_ref().map_or_else(|| json!({"name": "", "values": []}), |d| d.raw().clone());
    let Some(values) = raw.get_mut("values").and_then(Value::as_array_mut) else { bail!("the document has no `values`") };
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            bail!("`{flag} {pair}` has no `=`\n\nhint: {flag} name=value");
        };
        values.retain(|v| v.get("key").and_then(Value::as_str) != Some(name));
        values.push(json!({"key": name, "value": value, "type": "any", "enabled": true}));
    }
    *document = Some(load::parse_environment(raw.to_string().as_bytes(), flag)?);
    Ok(())
}

fn export(path: &Path, before: Option<&Environment>, scope: &str, values: &[(String, Value)]) -> Result<()> {
    let mut raw = before.map_or_else(|| json!({"id": uuid::Uuid::new_v4().to_string(), "name": scope}), |d| d.raw().clone());
    let values: Vec<_> = values.iter().map(|(key, value)| json!({"type": "any", "value": value, "key": key})).collect();
    if let Some(object) = raw.as_object_mut() {
        object.insert("values".to_owned(), Value::Array(values));
        object.insert("_postman_variable_scope".to_owned(), json!(scope));
    }
    std::fs::write(path, serde_json::to_vec_pretty(&raw)?).with_context(|| format!("cannot write `{}`", path.display()))
}

/// Files below the working folder.
struct Folder(PathBuf);

impl FileAccess for Folder {
    fn read(&self, path: &str) -> Result<Bytes, String> {
        let full = self.0.join(path);
        std::fs::read(&full).map(Bytes::from).map_err(|error| format!("cannot read `{}`: {error}", full.display()))
    }
}
