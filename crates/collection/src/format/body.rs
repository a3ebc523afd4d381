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
    /// A file named by `src`, or inline `content`.
    File {
        src: Option<String>,
        content: Option<String>,
    },
    Graphql {
        query: Option<String>,
        operation_name: Option<String>,
        variables: Value,
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
        let mode = match value["mode"].as_str().or_else(|| only_mode(value))? {
            "raw" => Mode::Raw {
                text: raw_text(&value["raw"])?,
                language: text(&value["options"]["raw"]["language"]),
            },
            "urlencoded" => Mode::Urlencoded(match &value["urlencoded"] {
                Value::String(s) => super::url::parse_query(s),
                other => rows(other).iter().map(Param::from_value).collect(),
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
                    query: text(&graphql["query"]),
                    operation_name: text(&graphql["operationName"]),
                    variables: graphql["variables"].clone(),
                }
            }
            _ => return None,
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
                    content["operationName"] = json!(name);
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
        let value = if row["type"] == "file" {
            PartValue::Files(match &row["src"] {
                Value::Array(list) => list.iter().filter_map(text).collect(),
                one => text(one).into_iter().collect(),
            })
        } else {
            PartValue::Text(match &row["value"] {
                Value::Null => String::new(),
                other => text(other).unwrap_or_else(|| other.to_string()),
            })
        };
        Self {
            key: text(&row["key"]).unwrap_or_default(),
            value,
            content_type: text(&row["contentType"]).filter(|t| !t.is_empty()),
            file_name: text(&row["fileName"]).filter(|t| !t.is_empty()),
            disabled: flag(&row["disabled"]),
        }
    }

    fn to_value(&self) -> Value {
        let mut row = match &self.value {
            PartValue::Text(text) => json!({"key": self.key, "value": text, "type": "text"}),
            PartValue::Files(files) => json!({"key": self.key, "src": files, "type": "file"}),
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

/// Raw content that is an object or array is sent as its JSON text; none is no body.
fn raw_text(raw: &Value) -> Option<String> {
    match raw {
        Value::Null => None,
        other => text(other).or_else(|| Some(other.to_string())),
    }
}

/// The mode of a body that names none but holds exactly one content.
fn only_mode(value: &Value) -> Option<&'static str> {
    ["raw", "urlencoded", "formdata", "file", "graphql"]
        .into_iter()
        .find(|mode| !value[*mode].is_null())
}

/// Rows of a table, also in the map form `{"name": "value"}`.
fn rows(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.clone(),
        Value::Object(map) => map.iter().map(|(k, v)| json!({"key": k, "value": v})).collect(),
        _ => Vec::new(),
    }
}
