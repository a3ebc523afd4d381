//! A URL as Postman keeps it: parts that may hold `{{variables}}` anywhere.
//!
//! The parser is no RFC 3986 parser on purpose: it cuts at the first `#`, `?`, `://` and
//! `/` that stand outside of `{{…}}` and leaves everything else as written. Encoding
//! happens later, in [`crate::url`].

use serde_json::{Map, Value, json};

use super::{Variable, flag, text, variable};

/// A query parameter, a header, or a form field: a row of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Param {
    /// `None` when the document has no key (or `null`).
    pub key: Option<String>,
    /// `None` when there is no `=` at all.
    pub value: Option<String>,
    pub disabled: bool,
}

impl Param {
    /// An enabled row.
    pub fn new(key: &str, value: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            value: Some(value.to_owned()),
            disabled: false,
        }
    }

    /// Reads `{key, value, disabled}`.
    pub fn from_value(value: &Value) -> Self {
        Self {
            key: text(&value["key"]),
            value: Some(&value["value"]).filter(|v| !v.is_null()).map(crate::variables::display),
            disabled: flag(&value["disabled"]),
        }
    }

    /// Reads a row of a query: as the reference, a value that is no text is none.
    fn of_query(value: &Value) -> Self {
        Self {
            value: value["value"].as_str().map(str::to_owned),
            ..Self::from_value(value)
        }
    }

    /// Writes the table row.
    pub fn to_value(&self) -> Value {
        let mut row = json!({"key": self.key, "value": self.value});
        if self.disabled {
            row["disabled"] = json!(true);
        }
        row
    }
}

/// The parts of a URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Url {
    pub protocol: Option<String>,
    /// User and password.
    pub auth: Option<(String, Option<String>)>,
    /// Host with its dots; may be one variable that holds a whole origin.
    pub host: String,
    pub port: Option<String>,
    /// Segments without slashes; `None` when the URL ends with the host.
    pub path: Option<Vec<String>>,
    /// `None` when there is no `?`.
    pub query: Option<Vec<Param>>,
    pub hash: Option<String>,
    /// Values of `:name` segments.
    pub variables: Vec<Variable>,
}

impl Url {
    /// Reads a URL written as a string or as an object.
    pub fn from_value(value: &Value) -> Self {
        match value {
            Value::String(s) => Self::parse(s),
            Value::Object(map) => Self::from_parts(map),
            _ => Self::default(),
        }
    }

    fn from_parts(map: &Map<String, Value>) -> Self {
        let part = |key: &str| map.get(key).unwrap_or(&Value::Null);
        let variables = variable::list(part("variable"));
        let absent = ["host", "path", "query"].iter().all(|k| part(k).is_null());
        if let (true, Some(raw)) = (absent, part("raw").as_str()) {
            return Self {
                variables,
                ..Self::parse(raw)
            };
        }
        let host = match part("host") {
            Value::Array(list) => list.iter().filter_map(text).collect::<Vec<_>>().join("."),
            other => text(other).unwrap_or_default(),
        };
        let path = match part("path") {
            // Segments are strings, or objects `{type, value}` in old exports.
            Value::Array(list) => Some(
                list.iter()
                    .map(|s| text(s).or_else(|| text(&s["value"])).unwrap_or_default())
                    .collect(),
            ),
            Value::String(s) => Some(s.strip_prefix('/').unwrap_or(s).split('/').map(str::to_owned).collect()),
            _ => None,
        };
        let query = match part("query") {
            Value::Array(list) => Some(list.iter().filter(|row| !row.is_null()).map(Param::of_query).collect()),
            Value::String(s) => Some(parse_query(s)),
            Value::Object(map) => Some(
                map.iter()
                    .map(|(k, v)| Param {
                        key: Some(k.clone()),
                        value: text(v),
                        disabled: false,
                    })
                    .collect(),
            ),
            _ => None,
        };
        Self {
            protocol: text(part("protocol")).filter(|p| !p.is_empty()),
            auth: text(&part("auth")["user"]).map(|user| (user, text(&part("auth")["password"]))),
            host,
            port: text(part("port")).filter(|p| !p.is_empty()),
            path,
            query: query.filter(|q: &Vec<Param>| !q.is_empty()),
            hash: text(part("hash")),
            variables,
        }
    }

    /// Cuts a URL into its parts; never fails.
    pub fn parse(input: &str) -> Self {
        let mut url = Self::default();
        let rest = input.trim_start();
        let (rest, hash) = cut(rest, "#");
        url.hash = hash.map(str::to_owned);
        let (rest, query) = cut(rest, "?");
        url.query = query.map(parse_query);
        let rest = rest.replace('\\', "/");
        let rest = match cut(&rest, "://") {
            (protocol, Some(after)) => {
                url.protocol = Some(protocol.to_owned());
                after
            }
            (all, None) => all,
        };
        let (authority, path) = cut(rest, "/");
        url.path = path.map(|p| split_outside(p, '/'));
        let host = match rfind_outside(authority, '@') {
            Some(at) => {
                let (user, password) = cut(&authority[..at], ":");
                url.auth = Some((user.to_owned(), password.map(str::to_owned)));
                &authority[at + 1..]
            }
            None => authority,
        };
        match rfind_outside(host, ':') {
            // The colons of `[::1]` are no port.
            Some(at) if !host[at..].contains(']') => {
                url.port = Some(host[at + 1..].to_owned());
                url.host = host[..at].to_owned();
            }
            _ => url.host = host.to_owned(),
        }
        url
    }

    /// Writes the v2.1 object, `raw` included.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("raw".into(), json!(crate::url::unparse(self)));
        if let Some(protocol) = &self.protocol {
            map.insert("protocol".into(), json!(protocol));
        }
        if let Some((user, password)) = &self.auth {
            map.insert("auth".into(), json!({"user": user, "password": password}));
        }
        map.insert("host".into(), json!(split_outside(&self.host, '.')));
        if let Some(port) = &self.port {
            map.insert("port".into(), json!(port));
        }
        if let Some(path) = &self.path {
            map.insert("path".into(), json!(path));
        }
        if let Some(query) = &self.query {
            map.insert("query".into(), query.iter().map(Param::to_value).collect());
        }
        if let Some(hash) = &self.hash {
            map.insert("hash".into(), json!(hash));
        }
        if !self.variables.is_empty() {
            let rows = self.variables.iter().map(|v| json!({"key": v.key, "value": v.value}));
            map.insert("variable".into(), rows.collect());
        }
        Value::Object(map)
    }
}

/// Reads `a=1&b`; a part without `=` has no value.
pub fn parse_query(query: &str) -> Vec<Param> {
    split_outside(query, '&')
        .into_iter()
        .map(|part| match cut(&part, "=") {
            (key, Some(value)) => Param::new(key, value),
            ("", None) => Param {
                key: None,
                value: None,
                disabled: false,
            },
            (key, None) => Param {
                key: Some(key.to_owned()),
                value: None,
                disabled: false,
            },
        })
        .collect()
}

/// Byte positions of `needle` outside of `{{…}}`.
fn outside<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut depth = 0_usize;
    text.char_indices().filter_map(move |(i, _)| {
        let rest = &text[i..];
        if depth == 0 && rest.starts_with(needle) {
            return Some(i);
        }
        if rest.starts_with("{{") && rest.contains("}}") {
            depth += 1;
        } else if rest.starts_with("}}") {
            depth = depth.saturating_sub(1);
        }
        None
    })
}

fn cut<'a>(text: &'a str, needle: &'a str) -> (&'a str, Option<&'a str>) {
    let at = outside(text, needle).next();
    match at {
        Some(i) => (&text[..i], Some(&text[i + needle.len()..])),
        None => (text, None),
    }
}

fn rfind_outside(text: &str, needle: char) -> Option<usize> {
    let needle = needle.to_string();
    outside(text, &needle).last()
}

fn split_outside(text: &str, separator: char) -> Vec<String> {
    let needle = separator.to_string();
    let mut from = 0;
    let mut parts = Vec::new();
    for at in outside(text, &needle) {
        parts.push(text[from..at].to_owned());
        from = at + needle.len();
    }
    parts.push(text[from..].to_owned());
    parts
}
