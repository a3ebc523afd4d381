//! `watchbell run`: a collection, here and now, with newman's words for the options and
//! newman's exit codes. What is read is in `source`, what is written in `export`.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use collection::Runner;
use engine::run::transport::GuardedTransport;
use tokio_util::sync::CancellationToken;

use super::{opened, report::Reporters};

pub mod args;
mod certificates;
mod export;
mod files;
pub mod foreign;
mod reporters;
pub mod source;
mod spec;

pub use args::Args;

/// Memory of one script process, MiB.
const SCRIPT_MEMORY: u64 = 256;

/// Runs, reports, exports; the exit code is newman's.
pub async fn run(args: Args) -> Result<ExitCode> {
    // It starts while the documents are read.
    let scripts = opened::scripts(SCRIPT_MEMORY, 0)?;
    scripts.warm_up();
    let config = egress::ClientConfig {
        roots: certificates::roots(&args.tls)?,
        ..egress::ClientConfig::default()
    };
    let client = egress::Client::new(config).context("cannot set up outgoing connections")?;
    let policy = opened::open_policy();
    let spec = spec::spec(&args, &client, &policy).await?;
    let exports = export::Exports::new(&args.documents, &spec);
    let reporters = Arc::new(Reporters::new(reporters::reporters(&args.output, &spec.collection)?));
    let files = files::WorkingFolder::new(args.documents.working_dir.clone(), args.documents.no_insecure_file_read);
    let transport = Arc::new(GuardedTransport::new(client, policy));
    let cancel = cancelled_by_ctrl_c();
    let result = Runner::new(
        spec,
        transport,
        Arc::new(scripts),
        Arc::new(files),
        Arc::clone(&reporters) as _,
        cancel,
    )
    .run()
    .await;
    let problems = reporters.errors();
    for problem in &problems {
        anstream::eprintln!("error: {problem}");
    }
    exports.write(&result)?;
    let good = (result.is_success() && problems.is_empty()) || args.run.suppress_exit_code;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
