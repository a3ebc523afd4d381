//! `watchbell event publish --batch`: events are read on a thread of their own and sent as many at a time as have come, so that
//! a long file takes little memory and a slow pipe does not wait.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use serde_json::{Value, json, value::RawValue};
use tokio::sync::mpsc;

use super::{
    super::{
        Output,
        remote::{Refused, Server, not_watchbell},
        text,
    },
    accepted,
    split::{Item, Split},
};

/// Events that wait between the file and the server.
const WAITING: usize = 256;
/// Most events of one request, and bytes after which no more are taken.
const EVENTS: usize = 1_000;
const BYTES: usize = 1 << 20;
/// How often a busy server is asked again for the same events, and the longest wait, in seconds.
const TRIES: u32 = 8;
const LONGEST_WAIT: u64 = 30;

/// How far the batch is.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    refused: u64,
    /// Line of the last event that was answered.
    line: u64,
}

/// Exit 1 if an event was refused.
pub async fn publish(server: &Server, file: &str) -> Result<ExitCode> {
    let from: Box<dyn BufRead + Send> = if file == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| format!("cannot read `{file}`"))?))
    };
    let (to, mut items) = mpsc::channel(WAITING);
    // Not a task: a read of a pipe that never ends must not hold up the end of the program.
    std::thread::spawn(move || {
        let mut split = Split::new(from);
        while let Some(item) = split.next().transpose() {
            let is_end = item.is_err();
            if to.blocking_send(item).is_err() || is_end {
                return;
            }
        }
    });
    let mut tally = Tally::default();
    let ended = send_all(server, &mut items, &mut tally).await;
    if server.output == Output::Text || ended.is_err() {
        anstream::eprintln!("{} accepted, {} refused", tally.accepted, tally.refused);
    }
    ended.map_err(|error| told(&error, file, &tally))?;
    Ok(if tally.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why it stopped, and how to go on.
fn told(error: &anyhow::Error, file: &str, tally: &Tally) -> anyhow::Error {
    let file = if file == "-" {
        "standard input".to_owned()
    } else {
        format!("`{file}`")
    };
    let what = super::super::told(error);
    let go_on = match tally.line {
        0 => "no event was answered".to_owned(),
        line => format!("the events up to line {line} are answered; send those after it again, which is harmless where they have an `id`"),
    };
    anyhow!("{file} was not sent to its end: {what}\n\nhint: {go_on}")
}

async fn send_all(server: &Server, items: &mut mpsc::Receiver<Result<Item>>, tally: &mut Tally) -> Result<()> {
    let mut next = items.recv().await;
    while let Some(first) = next.take() {
        let (mut chunk, mut bytes, mut broken) = (Vec::new(), 0, None);
        let mut item = Some(first);
        while let Some(read) = item.take() {
            match read {
                Ok(read) => {
                    bytes += read.text.len();
                    chunk.push(read);
                }
                Err(error) => broken = Some(error),
            }
            if chunk.len() < EVENTS && bytes < BYTES && broken.is_none() {
                item = items.try_recv().ok();
            }
        }
        send(server, &chunk, tally).await?;
        if let Some(error) = broken {
            return Err(error);
        }
        next = items.recv().await;
    }
    Ok(())
}

/// Sends some events and prints an answer for each.
async fn send(server: &Server, chunk: &[Item], tally: &mut Tally) -> Result<()> {
    let read: Vec<_> = chunk.iter().map(|item| serde_json::from_slice::<&RawValue>(&item.text)).collect();
    let good: Vec<&RawValue> = read.iter().filter_map(|item| item.as_ref().ok().copied()).collect();
    let answers = if good.is_empty() {
        Vec::new()
    } else {
        ask(server, serde_json::to_vec(&good)?.into()).await?
    };
    if answers.len() != good.len() {
        return Err(not_watchbell());
    }
    let (mut answers, mut shown) = (answers.into_iter().enumerate(), String::new());
    for (item, read) in chunk.iter().zip(&read) {
        let index = tally.accepted + tally.refused;
        let answer = match read {
            // The API would answer the same; its line and column are those of the file.
            Err(error) => json!({"problem": not_json(item.line, error).at(format!("[{index}]"))}),
            Ok(_) => answers.next().map(|(at, answer)| placed(answer, at, index)).unwrap_or_default(),
        };
        shown.push_str(&shown_as(server.output, item.line, &answer));
        let is_stored = answer["id"].is_string();
        tally.accepted += u64::from(is_stored);
        tally.refused += u64::from(!is_stored);
    }
    tally.line = chunk.last().map_or(tally.line, |item| item.line);
    match server.output {
        Output::Json => text::raw(shown.as_bytes()),
        Output::Text => text::print(&shown),
    }
}

/// Asks, and again while the server is busy: it stored nothing then.
async fn ask(server: &Server, body: Bytes) -> Result<Vec<Value>> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match server.post("events/batch", Some(body.clone())).await {
            Ok(answer) => {
                let mut answer = answer.json()?;
                return Ok(answer["items"].as_array_mut().map(std::mem::take).unwrap_or_default());
            }
            Err(error) => error,
        };
        let busy = error
            .downcast_ref::<Refused>()
            .filter(|refused| matches!(refused.status, 429 | 503));
        let Some(wait) = busy.and_then(|refused| refused.retry_after).filter(|_| tries < TRIES) else {
            return Err(error);
        };
        tokio::time::sleep(Duration::from_secs(wait.clamp(1, LONGEST_WAIT))).await;
    }
}

fn not_json(line: u64, error: &serde_json::Error) -> domain::Problem {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let line = line + u64::try_from(error.line()).unwrap_or(1).saturating_sub(1);
    domain::Problem::malformed(format!("the event is not JSON: line {line}, column {}: {text}", error.column()))
}

/// A problem's field counts within the request (`[3].type`); people see the whole batch.
fn placed(mut answer: Value, at: usize, index: u64) -> Value {
    let field = answer["problem"]["field"]
        .as_str()
        .and_then(|field| field.strip_prefix(&format!("[{at}]")));
    if let Some(field) = field {
        answer["problem"]["field"] = format!("[{index}]{field}").into();
    }
    answer
}

fn shown_as(output: Output, line: u64, answer: &Value) -> String {
    if output == Output::Json {
        return format!("{answer}\n");
    }
    let problem = &answer["problem"];
    if problem.is_null() {
        return format!("{line}  {}\n", accepted(answer));
    }
    let field = text::of(problem, "field");
    let field = field
        .split_once("].")
        .map_or_else(String::new, |(_, field)| format!(" (field `{field}`)"));
    let hint = match text::of(problem, "hint") {
        hint if hint.is_empty() => hint,
        hint => format!("; {hint}"),
    };
    text::line(&format!("{line}  refused: {}{field}{hint}", text::of(problem, "detail"))) + "\n"
}
