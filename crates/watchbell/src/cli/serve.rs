//! `watchbell serve`: opens the store, starts the stages, serves page and API until it is
//! asked to stop, then lets what is in flight come to its end.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{demo, opened};
use crate::{config::Config, telemetry};

mod listen;

use listen::Limits;

/// Time to send the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// Connections at once, if as many files may be open.
const CONNECTIONS: u64 = 10_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell serve --demo
  watchbell serve --listen 0.0.0.0:8484 --public-url https://bell.example.com")]
pub struct Args {
    /// Fill an empty store with a working example, and let webhooks reach this machine
    #[arg(long)]
    demo: bool,
    /// Address and port (server.listen) [default: 127.0.0.1:8484]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address that people use (server.public_url)
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Args {
    /// What these flags override.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        let pairs = [("server.listen", &self.listen), ("server.public_url", &self.public_url)];
        pairs.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }
}

pub async fn run(config: Config, args: Args) -> Result<ExitCode> {
    let _traces = telemetry::start(&config)?;
    raise_open_files();
    let listener = TcpListener::bind(config.server.listen).await.with_context(|| {
        format!(
            "cannot listen on `{}`\n\nhint: is another server there? `--listen 127.0.0.1:0` takes a free port",
            config.server.listen
        )
    })?;
    let listening = listener.local_addr()?;
    let store = opened::store(&config).await?;
    let served = serve(&config, &args, store.clone(), listener, listening).await;
    store.close().await;
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(config: &Config, args: &Args, store: store::Store, listener: TcpListener, listening: SocketAddr) -> Result<()> {
    let info = args.demo.then(demo::login);
    let app = opened::app(config, store, listening, args.demo)?;
    let made = match &info {
        Some(info) => demo::fill(&app, info, &opened::own_url(listening))
            .await
            .context("cannot make the demo")?,
        None => false,
    };
    let mut router = web::router(app.clone());
    if args.demo {
        router = router.merge(demo::example_api::router());
    }
    #[cfg(feature = "otel")]
    {
        router = router.layer(axum::middleware::from_fn(telemetry::otel::continued));
    }
    let running = app.engine.start();
    greet(&app, info.filter(|_| made), args.demo).await?;
    let mut stop = std::pin::pin!(stopped()?);
    let grace = Duration::from_secs(config.server.shutdown_seconds);
    let (closing, closed) = tokio::sync::oneshot::channel::<()>();
    let limits = Limits {
        head: HEAD,
        connections: connections(),
    };
    let mut server = std::pin::pin!(listen::serve(listener, router, limits, async { drop(closed.await) }));
    tokio::select! {
        () = &mut server => anyhow::bail!("the server ended"),
        () = running.broken() => anyhow::bail!("a stage broke; what is in flight is taken up at the next start"),
        () = &mut stop => {
            tracing::info!("stopping: waiting for what is in flight, at most {} s", grace.as_secs());
            let _ = closing.send(());
            // Open pages keep their live connection; they are not waited for longer than this.
            drop(tokio::time::timeout(grace.min(Duration::from_secs(2)), &mut server).await);
        }
    }
    running.shutdown(grace).await;
    Ok(())
}

async fn greet(app: &web::App, login: Option<demo::Login>, demo: bool) -> Result<()> {
    let url = &app.config.public_url;
    anstream::println!("Watchbell is at {url}/");
    if let Some(login) = login {
        anstream::println!("log in as {} with the password {}", login.email, login.password);
    } else if demo {
        anstream::println!(
            "the data folder is not empty: log in with the password that its first start printed, or start with another --data"
        );
    } else if web::actions::accounts::needs_setup(app).await? {
        anstream::println!("open it to create the first account");
    }
    Ok(())
}

/// Each receiver that hangs costs a socket: takes as many files as the system lets this process have.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: now.maximum,
            maximum: now.maximum,
        },
    ) {
        tracing::warn!(%error, "the limit on open files stays as it is");
    }
}

/// At most half of the files that may be open: the other half is for the store and for what goes out.
fn connections() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile)
        .current
        .unwrap_or(u64::MAX);
    usize::try_from((files / 2).clamp(64, CONNECTIONS)).unwrap_or(64)
}

/// Resolves at SIGTERM or SIGINT; a second one ends the process at once.
fn stopped() -> Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            std::process::exit(1);
        });
    })
}
