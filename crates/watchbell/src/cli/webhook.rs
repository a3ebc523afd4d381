//! `watchbell webhook`: the subscriptions of a workspace, made, changed, tried and asked about.

use std::{io::IsTerminal as _, process::ExitCode};

use anyhow::{Result, bail};
use serde_json::{Value, value::RawValue};

use super::{
    remote::{
        self, Answer, Call, Server, ServerArgs,
        input::{Body, Inputs},
        lists::{Look, PageArgs},
        path,
    },
    text::{self, Record, cell, state},
    words,
};

mod edit;
mod fields;
mod log;
mod named;
mod trial;
mod trigger;
mod view;

pub use named::id_of;

#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "A webhook is named by its id or its name. Examples:
  watchbell webhook create --name Results --url https://example.com/hook \\
      --events monitor.run.finished --generate-secret
  watchbell webhook edit Results --rate 20 --coalesce 5s
  watchbell webhook test Results --wait
  watchbell webhook why Results evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d
  watchbell webhook list --output json | jq '.items[] | select(.health == \"failing\").name'"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// All webhooks of the workspace
    List,
    /// One webhook with everything that is set
    Show {
        /// The webhook, by id or name
        webhook: String,
    },
    /// Create a webhook
    Create(Box<edit::CreateArgs>),
    /// Change a webhook; what is not given stays
    Edit(Box<edit::EditArgs>),
    /// Enable a webhook
    Enable {
        /// The webhook, by id or name
        webhook: String,
    },
    /// Disable a webhook; what is queued is dropped
    Disable {
        /// The webhook, by id or name
        webhook: String,
    },
    /// Delete a webhook with its queue and its log
    Delete {
        /// The webhook, by id or name
        webhook: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Send a test event
    Test {
        /// The webhook, by id or name
        webhook: String,
        /// Wait for the attempt; exit 1 if it failed
        #[arg(long)]
        wait: bool,
    },
    /// Take a new signing secret into use
    #[command(after_help = "Examples:
  watchbell webhook rotate Results                 a new secret; the old one signs too for a day
  watchbell webhook rotate Results --overlap 0     the old one ends at once
  pass show hook | watchbell webhook rotate Results --secret-file -")]
    Rotate {
        /// The webhook, by id or name
        webhook: String,
        /// How long the old secret signs too: `2h`, `7d`, `0` to end it at once [default: 1d]
        #[arg(long, value_name = "SPAN", value_parser = words::span_s)]
        overlap: Option<u64>,
        /// File with the new secret, `-` for standard input [default: one is made and shown once]
        #[arg(long, value_name = "FILE")]
        secret_file: Option<String>,
    },
    /// Show what a webhook would send; nothing is sent
    Preview(Box<trial::TrialArgs>),
    /// Send a webhook once without saving it; exit 1 if that failed
    Try(Box<trial::TrialArgs>),
    /// Try a filter on an event
    CheckFilter(trial::FilterArgs),
    /// Why a webhook heard of an event, or did not
    Why {
        /// The webhook, by id or name
        webhook: String,
        /// Id of the event
        event: String,
    },
    /// The log: every attempt, newest first; `delivery show DELIVERY --attempt ATTEMPT` has one in full
    Log {
        /// The webhook, by id or name
        webhook: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Success and latency of late
    Stats {
        /// The webhook, by id or name
        webhook: String,
        /// Since then: a time, or a span ago [default: 24h]
        #[arg(long, value_name = "TIME", value_parser = words::moment)]
        since: Option<String>,
    },
}

const LIST: Look = Look {
    head: &["id", "name", "health", "profile", "events", "url"],
    row: |webhook| {
        let texts = ["profile", "events", "url"].map(|name| view::plain(webhook, name));
        let [profile, events, url] = texts.map(cell);
        let (id, name) = (cell(text::of(webhook, "id")), cell(text::of(webhook, "name")));
        vec![id, name, state(&text::of(webhook, "health")), profile, events, url]
    },
    empty: "no webhooks\n\nhint: `watchbell webhook create --name NAME --url URL --events TYPE` makes one",
};

pub async fn run(args: Args) -> Result<ExitCode> {
    let server = Server::new(&args.server)?;
    let done = |()| ExitCode::SUCCESS;
    match args.command {
        Command::List => server.show_list(&server.get("webhooks", &[]).await?, &LIST).map(done),
        Command::Show { webhook } => {
            let answer = server.get(&of(&server, &webhook, &[]).await?, &[]).await?;
            server.show(&answer, view::webhook).map(done)
        }
        Command::Create(args) => edit::create(&server, &args).await.map(done),
        Command::Edit(args) => edit::edit(&server, &args).await.map(done),
        Command::Enable { webhook } => switch(&server, &webhook, "enable").await.map(done),
        Command::Disable { webhook } => switch(&server, &webhook, "disable").await.map(done),
        Command::Delete { webhook, yes } => delete(&server, &webhook, yes).await.map(done),
        Command::Test { webhook, wait } => {
            let answer = server.post(&of(&server, &webhook, &["test"]).await?, None).await?;
            super::delivery::told(&server, &answer, wait).await
        }
        Command::Rotate {
            webhook,
            overlap,
            secret_file,
        } => rotate(&server, &webhook, overlap, secret_file.as_deref()).await.map(done),
        Command::Preview(args) => trial::preview(&server, &args).await.map(done),
        Command::Try(args) => trial::try_once(&server, &args).await,
        Command::CheckFilter(args) => trial::check_filter(&server, &args).await.map(done),
        Command::Why { webhook, event } => why(&server, &webhook, &event).await.map(done),
        Command::Log { webhook, page } => log::list(&server, &webhook, &page).await.map(done),
        Command::Stats { webhook, since } => {
            let answer = server.get(&of(&server, &webhook, &["stats"]).await?, &[("since", since)]).await?;
            server.show(&answer, view::stats).map(done)
        }
    }
}

/// The path of a webhook or of something of it.
async fn of(server: &Server, webhook: &str, more: &[&str]) -> Result<String> {
    let id = id_of(server, webhook).await?;
    path(&[&["webhooks", &id], more].concat())
}

async fn switch(server: &Server, webhook: &str, to: &str) -> Result<()> {
    let answer = server.post(&of(server, webhook, &[to]).await?, None).await?;
    server.show(&answer, |webhook| format!("{} is {to}d\n", view::titled(webhook)))
}

async fn delete(server: &Server, webhook: &str, yes: bool) -> Result<()> {
    let path = of(server, webhook, &[]).await?;
    if !yes {
        if !std::io::stdin().is_terminal() {
            bail!("nothing was deleted: there is nobody to ask\n\nhint: `--yes` deletes without asking");
        }
        let webhook = server.get(&path, &[]).await?.json()?;
        anstream::eprint!("Delete {} with its queue and its log? [y/N] ", view::titled(&webhook));
        let mut said = String::new();
        std::io::stdin().read_line(&mut said)?;
        if !matches!(said.trim().to_lowercase().as_str(), "y" | "yes") {
            bail!("nothing was deleted");
        }
    }
    let call = Call {
        method: "DELETE",
        path: &path,
        ..Call::default()
    };
    let answer = server.call(call).await?;
    text::seen(match server.output {
        super::Output::Json => text::raw(&answer.body),
        super::Output::Text => text::print("deleted\n"),
    })
}

async fn rotate(server: &Server, webhook: &str, overlap: Option<u64>, secret: Option<&str>) -> Result<()> {
    let (inputs, mut body) = (Inputs::default(), Body::default());
    body.set_some("overlap_s", overlap)?;
    body.set_some("secret", secret.map(|file| inputs.text(file)).transpose()?)?;
    let answer = server
        .post(&of(server, webhook, &["rotate-secret"]).await?, Some(body.bytes()?))
        .await?;
    server.show(&answer, |webhook| {
        let mut record = Record::default();
        record.add("webhook", cell(view::titled(webhook)));
        record.add("old secret", cell(text::time(webhook, "old_secret_ends_at")));
        view::secret(&mut record, webhook);
        record.text()
    })
}

#[derive(serde::Deserialize)]
struct Whys {
    items: Vec<Box<RawValue>>,
}

async fn why(server: &Server, webhook: &str, event: &str) -> Result<()> {
    let id = id_of(server, webhook).await?;
    let answer = server.get(&path(&["events", event, "why"])?, &[]).await?;
    let Whys { items } = serde_json::from_slice(&answer.body).map_err(|_| remote::not_watchbell())?;
    let is_it = |why: &RawValue| serde_json::from_str::<Value>(why.get()).is_ok_and(|why| why["webhook_id"] == id.as_str());
    let Some(one) = items.iter().find(|why| is_it(why)) else {
        bail!("there is no such webhook: `{webhook}`\n\nhint: `watchbell webhook list` shows what there is");
    };
    let body = one.get().to_owned().into();
    server.show(&Answer { body }, view::why)
}
