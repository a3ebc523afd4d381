//! `watchbell delivery`: events on their way to a webhook, with every request and response.

use std::{process::ExitCode, time::Duration};

use anyhow::{Result, bail};

use super::{
    remote::{
        Answer, Server, ServerArgs,
        lists::{Look, PageArgs},
        path,
    },
    text::{self, cell, state},
    webhook::id_of,
};

pub mod view;

/// How often a delivery is looked at while its attempt is awaited, and how long.
const LOOK: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(180);

#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:
  watchbell delivery list --webhook Results --state failed
  watchbell delivery show dlv_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d
  watchbell delivery show dlv_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d \\
      --attempt att_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d
  watchbell delivery resend dlv_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d --wait
  watchbell delivery curl dlv_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d | bash"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Deliveries of a webhook, newest first
    List {
        /// The webhook, by id or name
        #[arg(long)]
        webhook: String,
        /// Only in this state
        #[arg(long, value_parser = ["pending", "delivered", "failed", "dropped"])]
        state: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// One delivery with its attempts: requests and responses
    Show {
        /// Id of the delivery
        delivery: String,
        /// This attempt alone, its bodies uncut: its id, as here or in `webhook log`
        #[arg(long, value_name = "ATTEMPT")]
        attempt: Option<String>,
    },
    /// Send a delivery's event again
    Resend {
        /// Id of the delivery
        delivery: String,
        /// Wait for the attempt; exit 1 if it failed
        #[arg(long)]
        wait: bool,
    },
    /// The next attempt as a `curl` command, signed now; it holds secrets, and the activity log records it
    Curl {
        /// Id of the delivery
        delivery: String,
    },
}

const LIST: Look = Look {
    head: &["created", "id", "event", "event type", "kind", "state", "attempts", "reason"],
    row: |delivery| {
        let plain = |name: &str| cell(text::of(delivery, name));
        let created = cell(text::time(delivery, "created_at"));
        let next = match text::time(delivery, "due_at") {
            due if due.is_empty() => text::of(delivery, "reason"),
            due => format!("next attempt at {due}"),
        };
        let (id, event, event_type) = (plain("id"), plain("event_id"), plain("event_type"));
        let state = state(&text::of(delivery, "state"));
        vec![created, id, event, event_type, plain("kind"), state, plain("attempts"), cell(next)]
    },
    empty: "no deliveries",
};

pub async fn run(args: Args) -> Result<ExitCode> {
    let server = Server::new(&args.server)?;
    match args.command {
        Command::List { webhook, state, page } => {
            let id = id_of(&server, &webhook).await?;
            let query = [("state", state)];
            server.list(&path(&["webhooks", &id, "deliveries"])?, &query, &page, &LIST).await?;
        }
        Command::Show { delivery, attempt: None } => {
            let answer = server.get(&path(&["deliveries", &delivery])?, &[]).await?;
            server.show(&answer, view::delivery)?;
        }
        Command::Show {
            delivery,
            attempt: Some(attempt),
        } => {
            let answer = server.get(&path(&["deliveries", &delivery, "attempts", &attempt])?, &[]).await?;
            server.show(&answer, view::attempt)?;
        }
        Command::Resend { delivery, wait } => {
            let answer = server.post(&path(&["deliveries", &delivery, "resend"])?, None).await?;
            return told(&server, &answer, wait).await;
        }
        Command::Curl { delivery } => {
            let answer = server.get(&path(&["deliveries", &delivery, "curl"])?, &[]).await?;
            // A command for the shell, whatever the output is to be.
            text::raw(&answer.body)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows a delivery that was just made, or what came of its first attempt.
pub async fn told(server: &Server, answer: &Answer, wait: bool) -> Result<ExitCode> {
    let made = answer.json()?;
    if !wait {
        server.show(answer, |delivery| {
            let id = text::line(&text::of(delivery, "id"));
            format!("{id} is on its way\n\nhint: `watchbell delivery show {id}` tells what came of it\n")
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let (path, mut waited) = (path(&["deliveries", &text::of(&made, "id")])?, Duration::ZERO);
    loop {
        let answer = server.get_patiently(&path).await?;
        let delivery = answer.json()?;
        let last = delivery["log"].as_array().and_then(|log| log.last());
        if last.is_some() || delivery["state"] == "dropped" {
            let good = last.is_some_and(|attempt| attempt["success"] == true);
            server.show(&answer, view::delivery)?;
            return Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        if waited >= PATIENCE {
            bail!(
                "it still waits for its first attempt\n\nhint: the webhook may be slowed down or held up; look with `watchbell delivery show {}`",
                text::of(&made, "id")
            );
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}
