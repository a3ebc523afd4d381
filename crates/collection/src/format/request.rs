//! A request of a collection, as written: nothing is resolved yet.

use serde_json::{Map, Value, json};

use super::{Auth, Body, Param, Url, text};

/// Method, URL, headers, body and authentication of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// In upper case, custom methods included.
    pub method: String,
    pub url: Url,
    pub headers: Vec<Param>,
    pub body: Option<Body>,
    /// `None`: inherited from the folders around.
    pub auth: Option<Auth>,
    /// Client certificate of this request, as the document has it.
    pub certificate: Option<Value>,
    /// Proxy of this request, as the document has it.
    pub proxy: Option<Value>,
}

impl Request {
    /// Reads a request written as an object or as a bare URL.
    pub fn from_value(value: &Value) -> Self {
        if value.is_string() {
            return Self {
                method: "GET".into(),
                url: Url::from_value(value),
                headers: Vec::new(),
                body: None,
                auth: None,
                certificate: None,
                proxy: None,
            };
        }
        let headers = if value["header"].is_null() {
            &value["headers"]
        } else {
            &value["header"]
        };
        Self {
            method: text(&value["method"])
                .filter(|m| !m.is_empty())
                .map_or_else(|| "GET".into(), |m| m.to_uppercase()),
            url: Url::from_value(&value["url"]),
            headers: headers_from(headers),
            body: Body::from_value(&value["body"]),
            auth: Auth::from_value(&value["auth"]),
            certificate: Some(value["certificate"].clone()).filter(Value::is_object),
            proxy: Some(value["proxy"].clone()).filter(Value::is_object),
        }
    }

    /// Writes the v2.1 object that scripts see as `pm.request`.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("method".into(), json!(self.method));
        map.insert("url".into(), self.url.to_value());
        map.insert("header".into(), self.headers.iter().map(Param::to_value).collect());
        if let Some(body) = &self.body {
            map.insert("body".into(), body.to_value());
        }
        if let Some(auth) = &self.auth {
            map.insert("auth".into(), auth.to_value());
        }
        for (key, value) in [("certificate", &self.certificate), ("proxy", &self.proxy)] {
            if let Some(value) = value {
                map.insert(key.into(), value.clone());
            }
        }
        Value::Object(map)
    }

    /// The enabled header of that name (case does not matter); the last of several.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .rev()
            .find(|h| !h.disabled && h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(name)))
            .map(|h| h.value.as_deref().unwrap_or_default())
    }

    /// Removes every header of that name, then appends one.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|h| !h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(name)));
        self.headers.push(Param::new(name, value));
    }
}

/// Headers as a table, as `Name: value` lines, or as a map.
fn headers_from(value: &Value) -> Vec<Param> {
    match value {
        Value::Array(list) => list.iter().filter(|h| !h.is_null()).map(header_row).collect(),
        Value::String(lines) => header_lines(lines),
        Value::Object(map) => map.iter().filter_map(|(k, v)| Some(Param::new(k, v.as_str()?))).collect(),
        _ => Vec::new(),
    }
}

/// One row: an object, or `Name: value`. A value that is `null` is that word.
fn header_row(row: &Value) -> Param {
    match row {
        Value::String(line) => {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            Param::new(key.trim(), value.trim())
        }
        row => {
            let mut param = Param::from_value(row);
            if row.get("value").is_some_and(Value::is_null) {
                param.value = Some("null".into());
            }
            param
        }
    }
}

/// `Name: value` lines. As in the reference, the name goes to the last colon of what stands
/// without blanks at the start of the line; other lines are no headers.
fn header_lines(lines: &str) -> Vec<Param> {
    lines
        .lines()
        .filter_map(|line| {
            let start = line.split(char::is_whitespace).next().unwrap_or_default();
            let at = start.rfind(':').filter(|at| *at > 0)?;
            Some(Param::new(&line[..at], line[at + 1..].trim()))
        })
        .collect()
}
