//! `watchbell run`: a collection, here and now, with newman's words for the options and
//! newman's exit codes. What is read is in `source`, what is written in `export`.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result, bail};
use collection::{
    RunSpec, Runner,
    files::FileAccess,
    report::{RunObserver, RunResult},
    script::ScriptHost,
    transport::Transport,
};
use engine::run::transport::GuardedTransport;
use tokio_util::sync::CancellationToken;

use super::{opened, report::Reporters, text};

pub mod args;
mod certificates;
mod export;
mod files;
pub mod foreign;
mod reporters;
mod sessions;
pub mod source;
mod spec;
mod tell;
mod watch;
mod workspace;

pub use args::Args;
use sessions::Sessions;

/// Memory of one script process, MiB.
const SCRIPT_MEMORY: u64 = 256;

/// Runs, reports, exports; the exit code is newman's.
pub async fn run(args: Args) -> Result<ExitCode> {
    let cancel = cancelled_by_ctrl_c();
    if !args.run.watch {
        return once(&args, &cancel).await;
    }
    let mut watched = watch::Watched::new(&args);
    if watched.is_empty() {
        bail!("`--watch` has no file to watch: the collection is not read from one");
    }
    loop {
        // What went wrong may be mended by the next change.
        let last = once(&args, &cancel).await.unwrap_or_else(|error| {
            text::say(&super::complaint(&error));
            ExitCode::FAILURE
        });
        tokio::select! {
            () = cancel.cancelled() => return Ok(last),
            path = watched.change() => anstream::eprintln!("\n`{}` changed", path.display()),
        }
    }
}

async fn once(args: &Args, cancel: &CancellationToken) -> Result<ExitCode> {
    // They start while the documents are read.
    let scripts = opened::scripts(SCRIPT_MEMORY, 0)?;
    scripts.warm_up();
    let config = egress::ClientConfig {
        roots: certificates::roots(&args.tls)?,
        ..egress::ClientConfig::default()
    };
    let client = egress::Client::new(config).context("cannot set up outgoing connections")?;
    let policy = opened::open_policy();
    let spec = spec::spec(args, &client, &policy).await?;
    let name = spec.collection.name().to_owned();
    let exports = export::Exports::new(&args.documents, &spec);
    let reporters = Arc::new(Reporters::new(reporters::reporters(&args.output, &spec)?));
    let doors = Doors {
        transport: Arc::new(GuardedTransport::new(client.clone(), policy.clone())),
        scripts: Arc::new(scripts),
        files: Arc::new(files::WorkingFolder::new(
            args.documents.working_dir.clone(),
            args.documents.no_insecure_file_read,
        )),
        cancel: cancel.clone(),
    };
    let result = match args.run.parallel {
        1 => doors.run(spec, Arc::clone(&reporters) as _).await,
        count => {
            let mut specs = vec![spec];
            for number in 1..count {
                let spec = spec::spec(args, &client, &policy).await?;
                let seed = spec.seed.wrapping_add(number);
                specs.push(RunSpec { seed, ..spec });
            }
            doors.run_parallel(specs, Arc::clone(&reporters) as _).await?
        }
    };
    let mut problems = reporters.errors();
    if let Some(url) = &args.run.webhook {
        let secret = args.run.webhook_secret.as_deref();
        let told = tell::tell(&client, &policy, url, secret, &name, &result).await;
        problems.extend(told.err().map(|error| format!("{error:#}")));
    }
    for problem in &problems {
        text::say(&super::report::cli::tame(&format!("error: {problem}")));
    }
    exports.write(&result)?;
    let good = (result.is_success() && problems.is_empty()) || args.run.suppress_exit_code;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A run's ways to the outside, the same for every session.
struct Doors {
    transport: Arc<dyn Transport>,
    scripts: Arc<dyn ScriptHost>,
    files: Arc<dyn FileAccess>,
    cancel: CancellationToken,
}

impl Doors {
    async fn run(&self, spec: RunSpec, observer: Arc<dyn RunObserver>) -> RunResult {
        let (transport, scripts, files) = (Arc::clone(&self.transport), Arc::clone(&self.scripts), Arc::clone(&self.files));
        Runner::new(spec, transport, scripts, files, observer, self.cancel.clone())
            .run()
            .await
    }

    async fn run_parallel(&self, specs: Vec<RunSpec>, observer: Arc<dyn RunObserver>) -> Result<RunResult> {
        let sessions = Sessions::new(specs.len() as u64, observer);
        let numbered = (0_u64..).zip(specs);
        let runs = numbered.map(|(number, spec)| self.run(spec, Arc::new(sessions.session(number))));
        futures::future::join_all(runs).await;
        sessions.finish().context("no session ran")
    }
}

fn cancelled_by_ctrl_c() -> CancellationToken {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    cancel
}
