//! The body of a request in Postman's five modes.

use serde_json::{Map, Value, json};

use super::{Param, flag, text};

/// A request body. All modes a document carries are not kept: only the chosen one is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    pub mode: Mode,
    pub disabled: bool,
}

/// The content by mode.
#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    /// Text, and the language chosen in the editor (`json`, `xml`, `html`, `javascript`, `text`).
    Raw {
        text: String,
        language: Option<String>,
    },
    Urlencoded(Vec<Param>),
    Formdata(Vec<FormPart>),
    /// A file named by `src`, or inline `content` in base64.
    File {
        src: Option<String>,
        content: Option<String>,
    },
    /// `None`: not in the document, which is something else than `null`.
    Graphql {
        query: Option<Value>,
        operation_name: Option<Value>,
        variables: Option<Value>,
    },
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq)]
pub struct FormPart {
    pub key: String,
    pub value: PartValue,
    pub content_type: Option<String>,
    pub file_name: Option<String>,
    pub disabled: bool,
}

/// What a part holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PartValue {
    Text(String),
    /// Paths relative to the working directory; several make several parts of one name.
    Files(Vec<String>),
    /// A file's content in base64.
    Inline(String),
}

impl Body {
    /// Reads a `body` value. A bare string is a raw body (`pm.sendRequest` allows it).
    pub fn from_value(value: &Value) -> Option<Self> {
        if let Value::String(text) = value {
            return Some(Self {
                mode: Mode::Raw {
                    text: text.clone(),
                    language: None,
                },
                disabled: false,
            });
        }
        let mode = match value["mode"].as_str()?.to_ascii_lowercase().as_str() {
            "urlencoded" => Mode::Urlencoded(match &value["urlencoded"] {
                Value::String(s) => super::url::parse_query(s),
                other => rows(other).iter().flat_map(form_rows).collect(),
            }),
            "formdata" => Mode::Formdata(rows(&value["formdata"]).iter().map(FormPart::from_value).collect()),
            "file" => {
                let file = &value["file"];
                Mode::File {
                    src: text(&file["src"]).or_else(|| text(file)),
                    content: text(&file["content"]),
                }
            }
            "graphql" => {
                let graphql = &value["graphql"];
                Mode::Graphql {
                    query: graphql.get("query").cloned(),
                    operation_name: graphql.get("operationName").cloned(),
                    variables: graphql.get("variables").cloned(),
                }
            }
            // The reference takes every other mode for this one.
            _ => Mode::Raw {
                text: raw_text(&value["raw"]),
                language: text(&value["options"]["raw"]["language"]),
            },
        };
        Some(Self {
            mode,
            disabled: flag(&value["disabled"]),
        })
    }

    /// Writes the v2.1 form.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut put = |mode: &str, content: Value| {
            map.insert("mode".into(), json!(mode));
            map.insert(mode.into(), content);
        };
        match &self.mode {
            Mode::Raw { text, language } => {
                put("raw", json!(text));
                if let Some(language) = language {
                    map.insert("options".into(), json!({"raw": {"language": language}}));
                }
            }
            Mode::Urlencoded(params) => put("urlencoded", params.iter().map(Param::to_value).collect()),
            Mode::Formdata(parts) => put("formdata", parts.iter().map(FormPart::to_value).collect()),
            Mode::File { src, content } => put("file", json!({"src": src, "content": content})),
            Mode::Graphql {
                query,
                operation_name,
                variables,
            } => {
                let mut content = json!({"query": query, "variables": variables});
                if let Some(name) = operation_name {
                    content["operationName"] = name.clone();
                }
                put("graphql", content);
            }
        }
        if self.disabled {
            map.insert("disabled".into(), json!(true));
        }
        Value::Object(map)
    }
}

impl FormPart {
    fn from_value(row: &Value) -> Self {
        let inline = row["value"].as_str().filter(|value| !value.is_empty() && is_empty(&row["src"]));
        let value = if let Some(content) = inline.filter(|_| row["type"] == "file") {
            PartValue::Inline(content.to_owned())
        } else if row["type"] == "file" {
            PartValue::Files(match &row["src"] {
                Value::Array(list) => list.iter().filter_map(text).collect(),
                one => text(one).filter(|path| !path.is_empty()).into_iter().collect(),
            })
        } else {
            PartValue::Text(match &row["value"] {
                Value::Null | Value::Bool(false) => String::new(),
                Value::Number(number) if number.as_f64() == Some(0.0) => String::new(),
                other => text(other).unwrap_or_else(|| other.to_string()),
            })
        };
        Self {
            key: text(&row["key"]).unwrap_or_default(),
            value,
            content_type: text(&row["contentType"]).filter(|t| !t.is_empty()),
            file_name: text(&row["fileName"]),
            disabled: flag(&row["disabled"]),
        }
    }

    fn to_value(&self) -> Value {
        let mut row = match &self.value {
            PartValue::Text(text) => json!({"key": self.key, "value": text, "type": "text"}),
            PartValue::Files(files) => json!({"key": self.key, "src": files, "type": "file"}),
            PartValue::Inline(content) => json!({"key": self.key, "value": content, "type": "file"}),
        };
        if let Some(content_type) = &self.content_type {
            row["contentType"] = json!(content_type);
        }
        if let Some(file_name) = &self.file_name {
            row["fileName"] = json!(file_name);
        }
        if self.disabled {
            row["disabled"] = json!(true);
        }
        row
    }
}

/// Whether JavaScript takes it for nothing.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value == "" || value == &Value::Bool(false)
}

/// Raw content that is an object or array is sent as its JSON text; numbers and truth values
/// are no content for the reference.
fn raw_text(raw: &Value) -> String {
    match raw {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => raw.to_string(),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

/// A row of an urlencoded body; a list stands for several rows, and what cannot be written in a
/// form is empty.
fn form_rows(row: &Value) -> Vec<Param> {
    let with = |value: &Value| Param {
        key: Some(text(&row["key"]).unwrap_or_else(|| {
            if row["key"].is_null() && row.get("key").is_some() {
                "null"
            } else {
                "undefined"
            }
            .into()
        })),
        value: text(value),
        disabled: flag(&row["disabled"]),
    };
    match &row["value"] {
        Value::Array(list) => list.iter().map(with).collect(),
        one => vec![with(one)],
    }
}

/// Rows of a table, also in the map form `{"name": "value"}`.
fn rows(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.iter().filter(|row| !row.is_null()).cloned().collect(),
        Value::Object(map) => map.iter().map(|(k, v)| json!({"key": k, "value": v})).collect(),
        _ => Vec::new(),
    }
}
