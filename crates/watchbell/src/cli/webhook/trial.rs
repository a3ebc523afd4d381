//! A webhook before it is saved: what it would send, one try, and what a filter says.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::Value;

use super::{
    super::{
        delivery::view,
        remote::{
            Server,
            input::{Body, Inputs},
        },
        text::{self, Record, cell, state},
        words::Misunderstood,
    },
    edit::PROFILES,
    fields::Fields,
    of,
};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell webhook preview Results --event-id evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d
  watchbell webhook preview --profile slack --event-type incident.opened
  watchbell webhook try --url https://example.com/hook --event-type issue-created")]
pub struct TrialArgs {
    /// A stored webhook to begin with; its secret and headers stay on the server
    webhook: Option<String>,
    /// What it looks like on the wire [default: standard]
    #[arg(long, value_parser = PROFILES)]
    profile: Option<String>,
    /// Use the sample event of this type [default: the first that it subscribes to]
    #[arg(long, value_name = "TYPE")]
    event_type: Option<String>,
    /// Use this event of the workspace
    #[arg(long, value_name = "EVENT")]
    event_id: Option<String>,
    /// Data in place of the sample's: JSON, `@FILE` or `-`
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  watchbell webhook check-filter 'data.priority > 3' --type issue-created --data '{\"priority\": 4}'
  watchbell webhook check-filter 'has(data.owner)' --event-id evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d")]
pub struct FilterArgs {
    /// CEL expression over the event
    filter: String,
    /// An event of the workspace
    #[arg(long, value_name = "EVENT", required_unless_present = "type", conflicts_with_all = ["type", "subject", "data"])]
    event_id: Option<String>,
    /// Type of an event that is made up
    #[arg(id = "type", long, value_name = "TYPE")]
    event_type: Option<String>,
    /// Its subject
    #[arg(long)]
    subject: Option<String>,
    /// Its data: a JSON object, `@FILE` or `-`
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

/// What of a stored webhook a trial takes.
const SHOWN: [&str; 4] = ["profile", "url", "events", "options"];

async fn body(server: &Server, args: &TrialArgs) -> Result<Body> {
    let inputs = Inputs::default();
    let mut body = args.fields.body(&inputs)?;
    if let Some(webhook) = &args.webhook {
        let stored = server.get(&of(server, webhook, &[]).await?, &[]).await?.json()?;
        body.beneath(SHOWN.iter().map(|name| (*name, &stored[*name])))?;
    }
    body.set_some("profile", args.profile.as_ref())?;
    body.set_some("event_type", args.event_type.as_ref())?;
    body.set_some("event_id", args.event_id.as_ref())?;
    body.set_some("data", args.data.as_ref().map(|word| inputs.json(word, "--data")).transpose()?)?;
    if body.is_empty() {
        let hint = "name a webhook, or say what it would be: --url https://example.com/hook --event-type issue-created";
        return Err(Misunderstood::new("nothing says what would be sent", hint).into());
    }
    Ok(body)
}

pub async fn preview(server: &Server, args: &TrialArgs) -> Result<()> {
    let body = body(server, args).await?;
    let answer = server.post("webhooks/preview", Some(body.bytes()?)).await?;
    server.show(&answer, |request| {
        view::request(&text::of(request, "method"), "", &request["headers"], &request["body"])
    })
}

/// Exit 1 if the receiver did not take it.
pub async fn try_once(server: &Server, args: &TrialArgs) -> Result<ExitCode> {
    let body = body(server, args).await?;
    let answer = server.post("webhooks/try", Some(body.bytes()?)).await?;
    server.show(&answer, |tried| {
        let mut record = Record::default();
        record.add("result", state(if tried["success"] == true { "success" } else { "failure" }));
        record
            .add("verdict", cell(text::of(tried, "verdict")))
            .add("message", cell(text::of(tried, "message")));
        record.add("duration", cell(text::ms(&tried["duration_us"])));
        let (request, method) = (&tried["request"], text::of(&tried["request"], "method"));
        record.text() + &view::request(&method, "", &request["headers"], &request["body"]) + &view::response(tried)
    })?;
    Ok(if answer.json()?["success"] == true {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub async fn check_filter(server: &Server, args: &FilterArgs) -> Result<()> {
    let (inputs, mut body) = (Inputs::default(), Body::default());
    body.set("filter", &args.filter)?;
    body.set_some("event_id", args.event_id.as_ref())?;
    body.set_some("type", args.event_type.as_ref())?;
    body.set_some("subject", args.subject.as_ref())?;
    if args.event_id.is_none() {
        body.set("data", inputs.json(args.data.as_deref().unwrap_or("{}"), "--data")?)?;
    }
    let answer = server.post("webhooks/check-filter", Some(body.bytes()?)).await?;
    server.show(&answer, |said: &Value| {
        let matches = if said["matches"] == true { "matches" } else { "does not match" };
        text::line(&format!("{matches}: {}", text::of(said, "because"))) + "\n"
    })
}
