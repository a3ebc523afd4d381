//! `watchbell event`: publishing, one or many, and looking back.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, value::RawValue};

use super::{
    remote::{
        self, Call, Server, ServerArgs,
        input::{Body, Inputs},
        lists::{Look, PageArgs},
        path,
    },
    text::{self, Record, cell, state},
    words::{self, Misunderstood},
};

mod batch;
mod queue;
mod split;

#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:
  watchbell event publish issue-created --data '{\"id\": 7}' --key issue-7-created
  watchbell event publish --batch events.ndjson
  watchbell event list --type issue-created --limit 10
  watchbell event why evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Publish an event, or many
    Publish(Box<PublishArgs>),
    /// Events of the workspace, newest first
    List {
        /// Only of this type
        #[arg(long, value_name = "TYPE")]
        r#type: Option<String>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// One event with its data
    Show {
        /// Id of the event
        event: String,
    },
    /// Why each webhook heard of an event, or did not
    Why {
        /// Id of the event
        event: String,
    },
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit 0 means that the event and all its deliveries are stored. With --key, or an --id of its own,
a repeat is harmless. A batch is NDJSON (one event a line) or a JSON array, read and sent piece by
piece; each event has a line in the answer, and the exit code is 1 if any was refused.

Examples:
  watchbell event publish issue-created --data '{\"id\": 7}' --subject issue-7 --key issue-7-created
  jq '{id, title}' issue.json | watchbell event publish issue-created --data -
  tail -f events.ndjson | watchbell event publish --batch -"
)]
struct PublishArgs {
    /// Lower-case words joined by dots, such as `issue-created`
    #[arg(value_name = "TYPE", required_unless_present_any = ["from", "batch"])]
    event_type: Option<String>,
    /// A JSON object, `@FILE` or `-` for standard input [default: {}]
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
    /// Id of what it is about
    #[arg(long)]
    subject: Option<String>,
    /// Your own id of the event: publishing it again is harmless
    #[arg(long)]
    id: Option<String>,
    /// When it happened: a time, or a span ago [default: now]
    #[arg(long, value_name = "TIME", value_parser = words::moment)]
    at: Option<String>,
    /// Part of an import: no webhook is called
    #[arg(long)]
    import: bool,
    /// `Idempotency-Key`: the same key again gives the same answer and makes no second event
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// JSON file with the event as the API takes it, `-` for standard input; flags go before it
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Publish the events of this file, `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event_type", "data", "subject", "id", "at", "import", "key", "from"])]
    batch: Option<String>,
}

const LIST: Look = Look {
    head: &["time", "id", "type", "import", "subject"],
    row: |event| {
        let plain = |name: &str| cell(text::of(event, name));
        let import = cell(if event["import"] == true { "import" } else { "" });
        vec![cell(text::time(event, "at")), plain("id"), plain("type"), import, plain("subject")]
    },
    empty: "no events",
};

const WHY: Look = Look {
    head: &["webhook", "id", "sent", "rule", "because"],
    row: |why| {
        let plain = |name: &str| cell(text::of(why, name));
        let sent = state(if why["sent"] == true { "yes" } else { "no" });
        vec![plain("webhook_name"), plain("webhook_id"), sent, plain("rule"), plain("because")]
    },
    empty: "no webhooks",
};

pub async fn run(args: Args) -> Result<ExitCode> {
    let server = Server::new(&args.server)?;
    match args.command {
        Command::Publish(args) => {
            if let Some(file) = &args.batch {
                return batch::publish(&server, file).await;
            }
            publish(&server, &args).await?;
        }
        Command::List { r#type, page } => server.list("events", &[("type", r#type)], &page, &LIST).await?,
        Command::Show { event } => {
            let answer = server.get(&path(&["events", &event])?, &[]).await?;
            // As it is written: a number of JSON may be longer than one of this machine.
            let data = serde_json::from_slice::<Data>(&answer.body).map_err(|_| remote::not_watchbell())?;
            server.show(&answer, |event| shown(event, data.data.get()))?;
        }
        Command::Why { event } => server.show_list(&server.get(&path(&["events", &event, "why"])?, &[]).await?, &WHY)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn publish(server: &Server, args: &PublishArgs) -> Result<()> {
    let inputs = Inputs::default();
    let mut body = Body::from(&inputs, args.from.as_deref())?;
    body.set_some("type", args.event_type.as_ref())?;
    match &args.data {
        Some(word) => body.set("data", inputs.json(word, "--data")?)?,
        None if !body.has("data") => body.set("data", RawValue::from_string("{}".to_owned())?)?,
        None => {}
    }
    body.set_some("subject", args.subject.as_ref())?;
    body.set_some("id", args.id.as_ref())?;
    body.set_some("at", args.at.as_ref())?;
    body.set_some("import", args.import.then_some(true))?;
    if args.key.as_deref() == Some("") {
        return Err(Misunderstood::new("`--key` is empty", "give a text that belongs to this event alone").into());
    }
    if let Some(key) = &args.key {
        remote::sendable("`--key`", key)?;
    }
    let headers: Vec<_> = args.key.iter().map(|key| ("Idempotency-Key", key.clone())).collect();
    let call = Call {
        method: "POST",
        path: "events",
        body: Some(body.bytes()?),
        headers: &headers,
        ..Call::default()
    };
    server.show(&server.call(call).await?, |made| format!("{}\n", accepted(made)))
}

/// `evt_…: 2 deliveries`.
fn accepted(made: &Value) -> String {
    let count = text::of(made, "deliveries");
    text::line(&format!(
        "{}: {count} {}",
        text::of(made, "id"),
        if count == "1" { "delivery" } else { "deliveries" }
    ))
}

/// The data of an event, as they are written.
#[derive(serde::Deserialize)]
struct Data {
    data: Box<RawValue>,
}

fn shown(event: &Value, data: &str) -> String {
    let mut record = Record::default();
    record
        .add("id", cell(text::of(event, "id")))
        .add("type", cell(text::of(event, "type")));
    record
        .add("subject", cell(text::of(event, "subject")))
        .add("time", cell(text::time(event, "at")));
    record.add("import", cell(if event["import"] == true { "yes" } else { "" }));
    format!("{}\n{}\n", record.text(), text::pretty(data))
}
