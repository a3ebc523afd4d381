//! One execution and one failure in newman's form.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use collection::{
    format::Url,
    report::{Execution, Failure, Received, Replay, RequestError, SubRequest},
    request::Sent,
    script::{Assertion, AssertionStatus, Listen, ScriptError},
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Catalogue;

/// An entry of `run.executions`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry<'a> {
    cursor: &'a Value,
    item: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
    id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assertions: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_error: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prerequest_script: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    test_script: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    id: String,
    status: &'a str,
    code: u16,
    header: Vec<Value>,
    stream: Buffer,
    cookie: Vec<Value>,
    response_time: u64,
    response_size: u64,
}

/// Bytes as Node writes a `Buffer`.
#[derive(Serialize)]
struct Buffer {
    r#type: &'static str,
    data: Vec<u8>,
}

impl<'a> Entry<'a> {
    /// The item's own request with everything its scripts did.
    pub fn of_item(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution) -> Self {
        let errors = |listen: Listen| {
            let of_kind = execution.script_errors.iter().filter(|failed| failed.listen == listen);
            of_kind.map(|failed| json!({"error": script_error(&failed.error)})).collect()
        };
        Self {
            cursor,
            item,
            request: execution.request.as_ref().map(request),
            response: execution.response.as_ref().map(response),
            id: &execution.item_id,
            assertions: execution.assertions.iter().map(assertion).collect(),
            request_error: execution.error.as_ref().map(request_error),
            prerequest_script: errors(Listen::Prerequest),
            test_script: errors(Listen::Test),
        }
    }

    pub fn of_sub_request(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution, sub: &'a SubRequest) -> Self {
        Self {
            request: sub.request.as_ref().map(request),
            response: sub.response.as_ref().map(response),
            request_error: sub.error.as_ref().map(request_error),
            ..Self::bare(cursor, item, execution)
        }
    }

    pub fn of_replay(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution, replay: &'a Replay) -> Self {
        Self {
            request: Some(request(&replay.request)),
            response: Some(response(&replay.response)),
            ..Self::bare(cursor, item, execution)
        }
    }

    fn bare(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution) -> Self {
        Self {
            cursor,
            item,
            request: None,
            response: None,
            id: &execution.item_id,
            assertions: Vec::new(),
            request_error: None,
            prerequest_script: Vec::new(),
            test_script: Vec::new(),
        }
    }
}

/// An entry of `run.failures`.
pub fn failure(failure: &Failure, cursor: &Value, catalogue: &Catalogue) -> Value {
    let name = failure.item_name.as_deref();
    let mut error = json!({
        "name": reported_name(&failure.name), "message": failure.message,
        "stack": failure.stack.clone().unwrap_or_else(|| format!("{}: {}", failure.name, failure.message)),
    });
    if let (Some((index, test)), Some(object)) = (&failure.test, error.as_object_mut()) {
        object.insert("index".to_owned(), json!(index));
        object.insert("test".to_owned(), json!(test));
    }
    json!({
        "error": error,
        "at": failure.at,
        "source": name.map(|name| catalogue.item(&failure.item_id, name).unwrap_or_else(|| json!({"id": failure.item_id, "name": name}))),
        "parent": name.and_then(|name| catalogue.parent(&failure.item_id, name)),
        "cursor": cursor,
    })
}

fn assertion(assertion: &Assertion) -> Value {
    let mut shown = json!({"assertion": assertion.name, "skipped": assertion.status == AssertionStatus::Skipped});
    if assertion.status == AssertionStatus::Failed {
        let error = assertion.error.as_ref();
        let (name, message) = error.map_or(("AssertionError", ""), |error| (&error.name, &error.message));
        let stack = error
            .and_then(|error| error.stack.clone())
            .unwrap_or_else(|| format!("{name}: {message}"));
        shown["error"] = json!({"name": name, "index": assertion.index, "test": assertion.name, "message": message, "stack": stack});
    }
    shown
}

fn script_error(error: &ScriptError) -> Value {
    json!({"type": "Error", "name": reported_name(&error.name), "message": error.message, "stack": error.stack})
}

/// A script that ran out of time ends with a plain `Error` in newman's reports.
fn reported_name(name: &str) -> &str {
    if name == "TimeoutError" { "Error" } else { name }
}

/// Errors that Node has a code for carry it; of others newman writes an empty object (they
/// have no enumerable member), and the message stands in `run.failures`.
fn request_error(error: &RequestError) -> Value {
    match error.code.as_str() {
        "EURL" | "EREDIRECTS" => json!({}),
        code => json!({"name": "Error", "code": code, "message": error.message}),
    }
}

fn headers(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

fn request(sent: &Sent) -> Value {
    let mut shown = json!({"url": Url::parse(&sent.url).to_value(), "header": headers(&sent.headers), "method": sent.method});
    if let Some(body) = &sent.body {
        shown["body"] = json!({"mode": "raw", "raw": body});
    }
    shown
}

fn response(received: &Received) -> Response<'_> {
    let data = if received.base64 {
        STANDARD.decode(&received.body).unwrap_or_default()
    } else {
        received.body.as_bytes().to_vec()
    };
    let cookies = received.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    Response {
        id: Uuid::new_v4().to_string(),
        status: &received.reason,
        code: received.status,
        header: headers(&received.headers),
        stream: Buffer { r#type: "Buffer", data },
        cookie: cookies.map(|(_, line)| cookie(line)).collect(),
        response_time: received.time_ms,
        response_size: received.size,
    }
}

/// A `Set-Cookie` line as an object.
fn cookie(line: &str) -> Value {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap_or(("", ""));
    let mut shown = json!({"name": name, "value": value});
    for attribute in parts {
        let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        match key.to_ascii_lowercase().as_str() {
            "httponly" => shown["httpOnly"] = json!(true),
            "secure" => shown["secure"] = json!(true),
            known @ ("path" | "domain" | "expires") => shown[known] = json!(value),
            "max-age" => shown["maxAge"] = json!(value),
            _ => {}
        }
    }
    shown
}
