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

use super::{Catalogue, normal};

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
            request: execution.request.as_ref().map(|sent| request(sent, item)),
            response: execution.response.as_ref().map(response),
            id: &execution.item_id,
            assertions: execution.assertions.iter().map(assertion).collect(),
            request_error: execution
                .error
                .as_ref()
                .map(|error| request_error(error, execution.request.as_ref())),
            prerequest_script: errors(Listen::Prerequest),
            test_script: errors(Listen::Test),
        }
    }

    pub fn of_sub_request(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution, sub: &'a SubRequest) -> Self {
        Self {
            request: sub.request.as_ref().map(|sent| request(sent, None)),
            response: sub.response.as_ref().map(response),
            request_error: sub.error.as_ref().map(|error| request_error(error, sub.request.as_ref())),
            ..Self::bare(cursor, item, execution)
        }
    }

    pub fn of_replay(cursor: &'a Value, item: Option<&'a Value>, execution: &'a Execution, replay: &'a Replay) -> Self {
        Self {
            request: Some(request(&replay.request, item)),
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
    if let Some(object) = error.as_object_mut() {
        if let Some((index, test)) = &failure.test {
            object.insert("index".to_owned(), json!(index));
            object.insert("test".to_owned(), json!(test));
        } else if failure.at.ends_with("-script") {
            object.insert("type".to_owned(), json!("Error"));
        }
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

/// A script that ran out of time ends with a plain `Error` in newman's reports; a thrown value
/// that is no error has no name there.
fn reported_name(name: &str) -> Option<&str> {
    match name {
        "TimeoutError" => Some("Error"),
        "Thrown" => None,
        name => Some(name),
    }
}

/// Errors that Node has a code for carry it; of others newman writes an empty object (they
/// have no enumerable member), and the message stands in `run.failures`.
fn request_error(error: &RequestError, sent: Option<&Sent>) -> Value {
    if matches!(error.code.as_str(), "EURL" | "EREDIRECTS") {
        return json!({});
    }
    let mut shown = json!({"name": "Error", "code": error.code, "message": error.message});
    let Some((errno, syscall)) = system_error(&error.code) else {
        return shown;
    };
    shown["errno"] = json!(errno);
    shown["syscall"] = json!(syscall);
    let url = sent.and_then(|sent| url::Url::parse(&sent.url).ok());
    match (syscall, url) {
        ("getaddrinfo", Some(url)) => shown["hostname"] = json!(url.host_str()),
        ("connect", Some(url)) => {
            shown["address"] = json!(url.host_str().map(|host| host.trim_matches(['[', ']'])));
            shown["port"] = json!(url.port_or_known_default());
        }
        _ => {}
    }
    shown
}

/// Number and system call that Node on Linux gives with a code.
fn system_error(code: &str) -> Option<(i32, &'static str)> {
    Some(match code {
        "ECONNREFUSED" => (-111, "connect"),
        "ETIMEDOUT" => (-110, "connect"),
        "EHOSTUNREACH" => (-113, "connect"),
        "ENETUNREACH" => (-101, "connect"),
        "ECONNRESET" => (-104, "read"),
        "EPIPE" => (-32, "write"),
        "ENOTFOUND" => (-3008, "getaddrinfo"),
        "EAI_AGAIN" => (-3001, "getaddrinfo"),
        _ => return None,
    })
}

fn headers(headers: &[(String, String)]) -> Vec<Value> {
    headers.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// Headers that the runner adds by itself; newman marks them.
const SYSTEM: [&str; 10] = [
    "user-agent",
    "accept",
    "cache-control",
    "postman-token",
    "host",
    "accept-encoding",
    "connection",
    "content-type",
    "content-length",
    "cookie",
];

fn request(sent: &Sent, item: Option<&Value>) -> Value {
    let written = item.map(|item| &item["request"]);
    let own: Vec<&str> = written
        .and_then(|request| request["header"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|row| row["key"].as_str())
        .collect();
    let mut header = headers(&sent.headers);
    for row in &mut header {
        let key = row["key"].as_str().unwrap_or_default();
        let is_added = SYSTEM.iter().any(|name| name.eq_ignore_ascii_case(key)) && !own.iter().any(|name| name.eq_ignore_ascii_case(key));
        if is_added {
            row["system"] = json!(true);
        }
    }
    let mut shown = json!({"url": normal::url(&Url::parse(&sent.url)), "header": header, "method": sent.method});
    if let Some(body) = &sent.body {
        shown["body"] = json!({"mode": "raw", "raw": body});
        if let Some(options) = written
            .map(|request| &request["body"]["options"])
            .filter(|options| options.is_object())
        {
            shown["body"]["options"] = options.clone();
        }
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
