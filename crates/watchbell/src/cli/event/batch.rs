//! `watchbell event publish --batch`: events are sent as many at a time as have come (`queue`). Each has an id before it goes,
//! so that a request whose end is not known can be repeated.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use domain::{Clock as _, Problem, id};
use serde_json::{Value, json, value::RawValue};

use super::{
    super::{
        Output,
        remote::{Refused, Server, not_watchbell},
        text,
    },
    accepted,
    queue::Queue,
    split::{self, Item},
};
use crate::clock::SystemClock;

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
    let mut items = Queue::of(from);
    let mut tally = Tally::default();
    let ended = send_all(server, &mut items, &mut tally).await;
    if server.output == Output::Text || ended.is_err() {
        text::say(&format!("{} accepted, {} refused", tally.accepted, tally.refused));
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

async fn send_all(server: &Server, items: &mut Queue, tally: &mut Tally) -> Result<()> {
    let mut next = items.next().await;
    while let Some(first) = next.take() {
        let (mut chunk, mut bytes, mut broken) = (Vec::new(), 0, None);
        let mut item = Some(first);
        while let Some(read) = item.take() {
            match read {
                Ok(read) => {
                    bytes += read.text.as_ref().map_or(0, Vec::len);
                    chunk.push(read);
                }
                Err(error) => broken = Some(error),
            }
            if chunk.len() < EVENTS && bytes < BYTES && broken.is_none() {
                item = items.waiting();
            }
        }
        send(server, &chunk, tally).await?;
        if let Some(error) = broken {
            return Err(error);
        }
        next = items.next().await;
    }
    Ok(())
}

/// Sends some events and prints an answer for each.
async fn send(server: &Server, chunk: &[Item], tally: &mut Tally) -> Result<()> {
    let first = tally.accepted + tally.refused;
    let read: Vec<Result<Box<RawValue>, Problem>> = (first..).zip(chunk).map(|(index, item)| read(item, index)).collect();
    let good: Vec<&RawValue> = read.iter().filter_map(|event| event.as_deref().ok()).collect();
    let answers = if good.is_empty() {
        Vec::new()
    } else {
        ask(server, serde_json::to_vec(&good)?.into()).await?
    };
    if answers.len() != good.len() {
        return Err(not_watchbell());
    }
    let (mut answers, mut shown) = (answers.into_iter().enumerate(), String::new());
    for ((index, item), read) in (first..).zip(chunk).zip(&read) {
        let answer = match read {
            Err(problem) => json!({"problem": problem}),
            Ok(_) => answers.next().map(|(at, answer)| placed(answer, at, index)).unwrap_or_default(),
        };
        shown.push_str(&shown_as(server.output, item.line, &answer));
        let is_stored = answer["id"].is_string();
        tally.accepted += u64::from(is_stored);
        tally.refused += u64::from(!is_stored);
    }
    tally.line = chunk.last().map_or(tally.line, |item| item.line);
    // Events are published though nobody reads the answers any more.
    text::seen(match server.output {
        Output::Json => text::raw(shown.as_bytes()),
        Output::Text => text::print(&shown),
    })
}

/// Asks, and again while the server is busy. It may have stored the events all the same; their ids make that harmless.
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

/// An event as it is sent; what cannot be sent has the answer that the API would give, with its place in the file.
fn read(item: &Item, index: u64) -> Result<Box<RawValue>, Problem> {
    let Some(text) = &item.text else {
        let what = format!("the event is longer than {} MiB", split::MOST >> 20);
        return Err(Problem::new(413, "too-large", "Too large", what).at(format!("[{index}]")));
    };
    let event = serde_json::from_slice::<&RawValue>(text).and_then(identified);
    event.map_err(|error| not_json(item.line, &error).at(format!("[{index}]")))
}

fn not_json(line: u64, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let line = line + u64::try_from(error.line()).unwrap_or(1).saturating_sub(1);
    Problem::malformed(format!("the event is not JSON: line {line}, column {}: {text}", error.column()))
}

/// The event with an id: its own, or else one that is made here. Nothing else of it changes.
fn identified(event: &RawValue) -> serde_json::Result<Box<RawValue>> {
    // What is no object the server refuses.
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(event.get()) else {
        return Ok(event.to_owned());
    };
    let made = || serde_json::value::to_raw_value(&id::new(id::EVENT, SystemClock.now()));
    match members.get("id") {
        Some(own) if own.get() != "null" => Ok(event.to_owned()),
        Some(_) => {
            let id = made()?;
            members.insert("id".to_owned(), &id);
            serde_json::value::to_raw_value(&members)
        }
        // At the end, so that what the server says of a column holds for the file.
        None => {
            let head = event.get().trim_end();
            let head = head.strip_suffix('}').unwrap_or(head);
            let comma = if members.is_empty() { "" } else { "," };
            RawValue::from_string(format!("{head}{comma}\"id\":{}}}", made()?))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_an_id_gets_one_and_nothing_else_changes() {
        let sent = |text: &str| {
            identified(&RawValue::from_string(text.to_owned()).unwrap())
                .unwrap()
                .get()
                .to_owned()
        };
        for own in [r#"{"id": "mine", "n": 1.0e+400}"#, "[1]", r#""id""#, r#"{"i\u0064": "mine"}"#] {
            assert_eq!(sent(own), own);
        }
        for (text, head) in [
            (
                r#"{"data": {"n": 1.0e+400, "id": {}}}"#,
                r#"{"data": {"n": 1.0e+400, "id": {}},"id":"evt_"#,
            ),
            ("{ }", r#"{ "id":"evt_"#),
            (r#"{"id": null, "data": {"n": 1.0e+400}}"#, r#"{"data":{"n": 1.0e+400},"id":"evt_"#),
        ] {
            let (one, other) = (sent(text), sent(text));
            assert!(one.starts_with(head) && serde_json::from_str::<&RawValue>(&one).is_ok(), "{one}");
            assert_ne!(one, other);
        }
    }
}
