//! From the words of the command line to what is to be run.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use collection::{Collection, Environment, IterationData, RunOptions, RunSpec, cookies::Jar, load, proxies::ProxyRules, runner::Bail};
use domain::Clock as _;

use super::{
    args::{Args, BailOn, ReporterKind},
    certificates,
    source::{Source, with_hint},
    workspace::{self, Workspace},
};
use crate::{
    cli::{report::cli::tame, text},
    clock::SystemClock,
    config,
};

/// Bytes of each body that are kept for the terminal and the HTML report.
const SHORT_BODY: usize = 64 * 1024;

/// Reads every document and makes the run of them.
pub async fn spec(args: &Args, client: &egress::Client, policy: &egress::Policy) -> Result<RunSpec> {
    let documents = &args.documents;
    let source = Source {
        client,
        policy,
        key: documents.postman_api_key.as_deref(),
        workspace: documents
            .server
            .as_deref()
            .filter(|server| !server.trim().is_empty())
            .map(|server| Workspace::new(server, documents.token.as_deref()))
            .transpose()?,
        insecure: args.tls.insecure,
    };
    let collection = collection(&source, &args.collection).await?;
    let mut environment = match &documents.environment {
        Some(word) => Some(source.document(word, "environments", load::parse_environment).await?),
        None => None,
    };
    if let Some((rest, secret)) = environment.as_ref().and_then(workspace::without_masked) {
        environment = Some(rest);
        warn_of_secrets(&secret, &documents.env_var);
    }
    let mut globals = match &documents.globals {
        Some(word) => Some(source.document(word, "globals", load::parse_globals).await?),
        None => None,
    };
    set_variables("--env-var", &documents.env_var, &mut environment)?;
    set_variables("--global-var", &documents.global_var, &mut globals)?;
    let data = match &documents.iteration_data {
        Some(word) => source.data(word).await?,
        None => IterationData::default(),
    };
    Ok(RunSpec {
        collection,
        environment,
        globals,
        data,
        iterations: args.run.iteration_count,
        folders: args.run.folder.clone(),
        options: options(args)?,
        cookies: cookies(args)?,
        previous_request: None,
        seed: args.run.seed.unwrap_or_else(rand::random),
        now: Arc::new(|| SystemClock.now()),
    })
}

/// Read without a copy of its text, which may have 50 MB.
async fn collection(source: &Source<'_>, word: &str) -> Result<Collection> {
    let (bytes, name) = source.read(word, "collections").await?;
    load::read_collection(bytes, &name).map_err(with_hint)
}

fn options(args: &Args) -> Result<RunOptions> {
    let limit = |ms: u64| (ms > 0).then(|| Duration::from_millis(ms));
    let defaults = RunOptions::default();
    let whole_bodies = args.output.kinds().contains(&ReporterKind::Json);
    let [http, https, none] = config::proxies();
    Ok(RunOptions {
        follow_redirects: !args.run.ignore_redirects,
        strict_ssl: !args.tls.insecure,
        request_delay: Duration::from_millis(args.run.delay_request),
        request_timeout: limit(args.run.timeout_request),
        script_timeout: limit(args.run.timeout_script).unwrap_or(defaults.script_timeout),
        run_timeout: limit(args.run.timeout),
        bail: bail_of(args.run.bail.as_deref()),
        max_report_bytes: if whole_bodies { defaults.max_response_bytes } else { SHORT_BODY },
        certificates: certificates::rules(&args.tls)?,
        proxies: ProxyRules::from_values(http.as_deref(), https.as_deref(), none.as_deref()),
        newman_async: args.run.newman_async,
        ..defaults
    })
}

fn bail_of(modifiers: Option<&[BailOn]>) -> Bail {
    let on = |what: BailOn| modifiers.is_some_and(|given| given.contains(&what));
    match (on(BailOn::Failure), on(BailOn::Folder)) {
        (false, false) => Bail::No,
        (true, false) => Bail::Failure,
        (false, true) => Bail::Folder,
        (true, true) => Bail::FailureAndFolder,
    }
}

fn cookies(args: &Args) -> Result<Jar> {
    let Some(path) = &args.documents.cookie_jar else {
        return Ok(Jar::default());
    };
    let text = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Jar::from_json(&text, SystemClock.now()).with_context(|| format!("`{}`", path.display()))
}

/// A server gives no secret value away; those that are not given here are unset.
fn warn_of_secrets(names: &[String], given: &[String]) {
    for name in names {
        if !given.iter().any(|pair| pair.split('=').next() == Some(name)) {
            let warning = format!("warning: `{name}` is secret and stays on the server\n\nhint: give it as --env-var {name}=VALUE");
            text::say(&tame(&warning));
        }
    }
}

/// Sets `name=value` pairs; without a document one is made of them.
fn set_variables(flag: &str, pairs: &[String], document: &mut Option<Environment>) -> Result<()> {
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            bail!("`{flag} {pair}` has no `=`\n\nhint: {flag} name=value");
        };
        document.get_or_insert_with(|| Environment::empty("")).set(name, value.into());
    }
    Ok(())
}
