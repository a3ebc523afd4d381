//! `watchbell replay`: jobs that send again, what failed or a range of events.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
    time::Duration,
};

use anyhow::Result;
use serde_json::Value;

use super::{
    remote::{
        Answer, Server, ServerArgs,
        input::Body,
        lists::{Look, PageArgs},
        path,
    },
    text::{self, Record, cell, state},
    webhook::id_of,
    words,
};

/// How often a job that is followed is looked at.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:
  watchbell replay recover --webhook Results --since 2h --dry-run
  watchbell replay recover --webhook Results --since 2h --rate 20 --follow
  watchbell replay range --webhook Results --since 2026-11-20T08:00:00Z \\
      --until 2026-11-20T12:00:00Z --type issue-created
  watchbell replay pause rpl_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, clap::Args)]
struct Wanted {
    /// The webhook, by id or name
    #[arg(long)]
    webhook: String,
    /// From then on: a time, or a span ago such as `2h`
    #[arg(long, value_name = "TIME", value_parser = words::moment)]
    since: String,
    /// Up to then [default: now]
    #[arg(long, value_name = "TIME", value_parser = words::moment)]
    until: Option<String>,
    /// Deliveries that begin in a second, 1 to 1000 [default: 50]
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// Only count
    #[arg(long, conflicts_with = "follow")]
    dry_run: bool,
    /// Stay until the job's end; exit 1 if it stops before
    #[arg(long)]
    follow: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Send again what failed for good, or met the webhook while it was off, and has not arrived since
    Recover(Wanted),
    /// Send a range of events
    Range {
        #[command(flatten)]
        wanted: Wanted,
        /// Only events of this type
        #[arg(long, value_name = "TYPE")]
        r#type: Option<String>,
    },
    /// Jobs of a webhook, newest first
    List {
        /// The webhook, by id or name
        #[arg(long)]
        webhook: String,
        #[command(flatten)]
        page: PageArgs,
    },
    /// How far a job is
    Show {
        /// Id of the job
        job: String,
        /// Stay until its end; exit 1 if it stops before
        #[arg(long)]
        follow: bool,
    },
    /// Pause a job
    Pause {
        /// Id of the job
        job: String,
    },
    /// Resume a paused job
    Resume {
        /// Id of the job
        job: String,
        /// Stay until its end; exit 1 if it stops before
        #[arg(long)]
        follow: bool,
    },
    /// Cancel a job
    Cancel {
        /// Id of the job
        job: String,
    },
}

const LIST: Look = Look {
    head: &["created", "id", "kind", "state", "done", "since", "until", "event type", "reason"],
    row: |job| {
        let plain = |name: &str| cell(text::of(job, name));
        let time = |name: &str| cell(text::time(job, name));
        let (created, since, until) = (time("created_at"), time("since"), time("until"));
        let state = state(&text::of(job, "state"));
        vec![
            created,
            plain("id"),
            plain("kind"),
            state,
            cell(done(job)),
            since,
            until,
            plain("event_type"),
            plain("reason"),
        ]
    },
    empty: "no jobs",
};

pub async fn run(args: Args) -> Result<ExitCode> {
    let server = Server::new(&args.server)?;
    match args.command {
        Command::Recover(wanted) => begin(&server, "recover", &wanted, None).await,
        Command::Range { wanted, r#type } => begin(&server, "replay", &wanted, r#type).await,
        Command::List { webhook, page } => {
            let id = id_of(&server, &webhook).await?;
            server.list(&path(&["webhooks", &id, "replays"])?, &[], &page, &LIST).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { job, follow: true } => {
            // Where no server is, or no such job, there is nothing to wait for.
            server.get(&path(&["replays", &job])?, &[]).await?;
            follow(&server, &job).await
        }
        Command::Show { job, follow: false } => shown(&server, &server.get(&path(&["replays", &job])?, &[]).await?),
        Command::Pause { job } => control(&server, &job, "pause", false).await,
        Command::Resume { job, follow } => control(&server, &job, "resume", follow).await,
        Command::Cancel { job } => control(&server, &job, "cancel", false).await,
    }
}

async fn begin(server: &Server, kind: &str, wanted: &Wanted, event_type: Option<String>) -> Result<ExitCode> {
    let mut body = Body::default();
    body.set("since", &wanted.since)?;
    body.set_some("until", wanted.until.as_ref())?;
    body.set_some("event_type", event_type)?;
    body.set_some("per_second", wanted.rate)?;
    body.set("dry_run", wanted.dry_run)?;
    let id = id_of(server, &wanted.webhook).await?;
    let answer = server.post(&path(&["webhooks", &id, kind])?, Some(body.bytes()?)).await?;
    let job = text::of(&answer.json()?["job"], "id");
    if wanted.follow && !job.is_empty() {
        return follow(server, &job).await;
    }
    server.show(&answer, |answer| match &answer["job"] {
        Value::Null => format!("{} would be sent\n", events(&answer["count"])),
        job => record(job),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn control(server: &Server, job: &str, to: &str, stay: bool) -> Result<ExitCode> {
    let answer = server.post(&path(&["replays", job, to])?, None).await?;
    if stay { follow(server, job).await } else { shown(server, &answer) }
}

fn shown(server: &Server, answer: &Answer) -> Result<ExitCode> {
    server.show(answer, record)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows how far a job is until it ends; a server that restarts meanwhile is waited for. Leaving with Ctrl-C does not stop the job.
async fn follow(server: &Server, job: &str) -> Result<ExitCode> {
    let path = path(&["replays", job])?;
    let (live, mut last) = (std::io::stderr().is_terminal(), String::new());
    loop {
        let answer = server.get_patiently(&path).await?;
        let now = answer.json()?;
        let state = text::of(&now, "state");
        if live {
            let line = format!("{state}: {}", done(&now));
            if line != last {
                // Back to the start of the line, and clear it.
                write!(std::io::stderr(), "\r\u{1b}[2K{}", text::line(&line))?;
                last = line;
            }
        }
        if state != "running" {
            if live {
                write!(std::io::stderr(), "\r\u{1b}[2K")?;
            }
            server.show(&answer, record)?;
            return Ok(if state == "finished" {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn events(count: &Value) -> String {
    if *count == 1 {
        "1 event".to_owned()
    } else {
        format!("{count} events")
    }
}

fn done(job: &Value) -> String {
    format!("{} of {}", text::of(job, "done"), text::of(job, "total"))
}

fn record(job: &Value) -> String {
    let mut record = Record::default();
    for (name, member) in [("id", "id"), ("webhook", "webhook_id"), ("kind", "kind")] {
        record.add(name, cell(text::of(job, member)));
    }
    record
        .add("state", state(&text::of(job, "state")))
        .add("reason", cell(text::of(job, "reason")));
    record
        .add("since", cell(text::time(job, "since")))
        .add("until", cell(text::time(job, "until")));
    record
        .add("event type", cell(text::of(job, "event_type")))
        .add("rate", cell(format!("{} per second", text::of(job, "per_second"))));
    record
        .add("done", cell(done(job)))
        .add("waiting", cell(text::of(job, "waiting")))
        .add("gone", cell(text::of(job, "gone")));
    record
        .add("created", cell(text::time(job, "created_at")))
        .add("finished", cell(text::time(job, "finished_at")));
    record.text()
}
