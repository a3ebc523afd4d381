//! A delivery and its attempts as text: what was sent behind `>`, what came behind `<`.

use serde_json::Value;

use super::super::{
    report::cli::tame,
    text::{self, Record, cell, state},
};

pub fn delivery(delivery: &Value) -> String {
    let mut record = Record::default();
    for (name, member) in [
        ("id", "id"),
        ("webhook", "webhook_id"),
        ("event", "event_id"),
        ("event type", "event_type"),
        ("kind", "kind"),
    ] {
        record.add(name, cell(text::of(delivery, member)));
    }
    record
        .add("state", state(&text::of(delivery, "state")))
        .add("reason", cell(text::of(delivery, "reason")));
    record
        .add("attempts", cell(text::of(delivery, "attempts")))
        .add("replay job", cell(text::of(delivery, "replay_id")));
    record
        .add("created", cell(text::time(delivery, "created_at")))
        .add("next attempt", cell(text::time(delivery, "due_at")));
    record.add("finished", cell(text::time(delivery, "finished_at")));
    let mut shown = record.text();
    for one in delivery["log"].as_array().into_iter().flatten() {
        shown.push('\n');
        shown.push_str(&attempt(one));
    }
    shown
}

pub fn attempt(attempt: &Value) -> String {
    let mut record = Record::default();
    record.add(
        "attempt",
        cell(format!("{} ({})", text::of(attempt, "number"), text::of(attempt, "id"))),
    );
    record.add("time", cell(text::time(attempt, "at")));
    record.add("result", state(if attempt["success"] == true { "success" } else { "failure" }));
    record
        .add("verdict", cell(text::of(attempt, "verdict")))
        .add("message", cell(text::of(attempt, "message")));
    record
        .add("duration", cell(duration(attempt)))
        .add("receiver", cell(text::of(attempt, "remote")));
    let request = request(
        &text::of(attempt, "request_method"),
        &text::of(attempt, "request_url"),
        &attempt["request_headers"],
        &attempt["request_body"],
    );
    record.text() + &request + &response(attempt)
}

fn duration(attempt: &Value) -> String {
    let phases = attempt["phases"].as_object().into_iter().flatten();
    let parts: Vec<_> = phases
        .filter(|(name, us)| name.ends_with("_us") && us.as_f64().is_some_and(|us| us > 0.0))
        .map(|(name, us)| format!("{} {}", name.trim_end_matches("_us").replace('_', " "), text::ms(us)))
        .collect();
    let whole = text::ms(&attempt["duration_us"]);
    if parts.is_empty() {
        whole
    } else {
        format!("{whole} ({})", parts.join(", "))
    }
}

/// A request: line, headers, body. Nothing where nothing was sent.
pub fn request(method: &str, url: &str, headers: &Value, body: &Value) -> String {
    if method.is_empty() {
        return String::new();
    }
    let mut lines = vec![format!("{method} {url}").trim_end().to_owned()];
    part(&mut lines, headers, body);
    behind("> ", &lines)
}

/// The response of an attempt or a try. Nothing where none came.
pub fn response(attempt: &Value) -> String {
    if attempt["status_code"].is_null() {
        return String::new();
    }
    let version = match text::of(attempt, "http_version") {
        version if version.is_empty() => "HTTP".to_owned(),
        version => version,
    };
    let mut lines = vec![format!("{version} {}", text::of(attempt, "status_code"))];
    part(&mut lines, &attempt["response_headers"], &attempt["response_body"]);
    if attempt["response_truncated"] == true {
        lines.push("… more came than is kept".to_owned());
    }
    behind("< ", &lines)
}

fn part(lines: &mut Vec<String>, headers: &Value, body: &Value) {
    for header in headers.as_array().into_iter().flatten() {
        let text = |at: usize| header[at].as_str().unwrap_or_default();
        lines.push(format!("{}: {}", text(0), text(1)));
    }
    let whole = body["bytes"].as_u64().unwrap_or(0);
    if whole == 0 {
        return;
    }
    lines.push(String::new());
    match body["text"].as_str() {
        Some(text) => lines.extend(text.lines().map(str::to_owned)),
        None => lines.push(format!("{whole} bytes that are no text: --output json has them in base64")),
    }
    if body["cut"] == true {
        lines.push(format!(
            "… cut: {whole} bytes; `watchbell delivery show DELIVERY --attempt ATTEMPT` shows all"
        ));
    }
}

fn behind(sign: &str, lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("{sign}{}\n", tame(&line.replace(['\n', '\r'], " "))))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn what_came_cannot_steer_the_terminal() {
        let attempt = json!({"number": 1, "id": "att_1", "success": false, "verdict": "http_status", "status_code": 500, "http_version": "HTTP/1.1",
            "duration_us": 1500, "phases": {"resolve_us": 0, "first_byte_us": 1000}, "request_method": "POST", "request_url": "https://h.test/",
            "request_headers": [["a", "b"]], "request_body": {"text": "{}", "bytes": 2},
            "response_headers": [["x", "y\u{1b}[2J"]], "response_body": {"text": "one\ntwo\u{7}", "bytes": 5000, "cut": true}});
        let shown = anstream::adapter::strip_str(&super::attempt(&attempt)).to_string();
        assert!(shown.contains("1.5 ms (first byte 1.0 ms)"), "{shown}");
        assert!(
            shown.contains("> POST https://h.test/\n> a: b\n> \n> {}\n< HTTP/1.1 500\n< x: y"),
            "{shown}"
        );
        assert!(
            shown.contains("< two\u{fffd}\n< … cut: 5000 bytes") && !shown.contains(['\u{1b}', '\u{7}']),
            "{shown}"
        );
    }
}
