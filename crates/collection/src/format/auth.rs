//! The `auth` of a collection, folder or request.
//!
//! v2.1 writes the parameters of a type as a list of `{key, value}`, v2.0 as an object;
//! both are read, v2.1 is written.

use serde_json::{Map, Value, json};

use super::text;

/// An authentication type with its parameters, in document order.
#[derive(Debug, Clone, PartialEq)]
pub struct Auth {
    /// `basic`, `bearer`, `apikey`, `noauth` …
    pub kind: String,
    pub params: Vec<(String, Value)>,
}

impl Auth {
    /// Reads an `auth` value; `None` when there is none, which means: inherit.
    pub fn from_value(value: &Value) -> Option<Self> {
        let kind = value["type"].as_str()?.to_owned();
        let params = match &value[kind.as_str()] {
            Value::Array(list) => list.iter().filter_map(|p| Some((text(&p["key"])?, p["value"].clone()))).collect(),
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        Some(Self { kind, params })
    }

    /// Writes the v2.1 form.
    pub fn to_value(&self) -> Value {
        let params: Vec<Value> = self
            .params
            .iter()
            .map(|(k, v)| json!({"key": k, "value": v, "type": "any"}))
            .collect();
        let mut map = Map::new();
        map.insert("type".into(), json!(self.kind));
        if !params.is_empty() {
            map.insert(self.kind.clone(), Value::Array(params));
        }
        Value::Object(map)
    }

    /// A switch, as JavaScript reads one: any text but the empty one is on.
    pub fn switch(&self, key: &str) -> bool {
        match self.params.iter().rev().find(|(k, _)| k == key) {
            None | Some((_, Value::Null | Value::Bool(false))) => false,
            Some((_, Value::String(text))) => !text.is_empty(),
            Some((_, Value::Number(number))) => number.as_f64() != Some(0.0),
            Some(_) => true,
        }
    }

    /// A parameter as text, `""` when absent; the last of several wins.
    pub fn param(&self, key: &str) -> String {
        self.params
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .and_then(|(_, v)| text(v))
            .unwrap_or_default()
    }
}
