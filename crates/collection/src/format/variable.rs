//! One variable of a collection, environment, globals document or URL.
//!
//! A declared type casts the value as the reference implementation does (`"5"` declared
//! `number` is 5). `disabled: true` hides a variable; `enabled: false` does not: the
//! reference runner ignores that field, and monitors must see what it sees.

use serde_json::{Map, Value, json};

use super::{flag, text};

/// A key with a typed value.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    pub key: String,
    /// The value after casting to the declared type.
    pub value: Value,
    pub disabled: bool,
}

impl Variable {
    /// An enabled variable.
    pub fn new(key: &str, value: Value) -> Self {
        Self {
            key: key.to_owned(),
            value,
            disabled: false,
        }
    }

    /// Reads `{key|id, value, type, disabled}`; `None` for an entry without a key.
    pub fn from_value(value: &Value) -> Option<Self> {
        let key = text(&value["key"])
            .or_else(|| text(&value["id"]))
            .or_else(|| text(&value["name"]))?;
        let kind = value["type"].as_str().unwrap_or("any");
        Some(Self {
            key,
            value: cast(&value["value"], kind),
            disabled: flag(&value["disabled"]),
        })
    }
}

/// Casts a value to a declared type; an impossible cast leaves it as it is.
fn cast(value: &Value, kind: &str) -> Value {
    match (kind, value) {
        (_, Value::Null) => Value::Null,
        ("string", Value::Number(_) | Value::Bool(_)) => text(value).map_or(Value::Null, Value::String),
        ("string", Value::Object(_) | Value::Array(_)) => Value::String(value.to_string()),
        ("number", Value::String(s)) => match s.trim().parse::<f64>() {
            Ok(n) if n.fract() == 0.0 && n.abs() < 9e15 => json!(n as i64),
            Ok(n) => json!(n),
            Err(_) => value.clone(),
        },
        ("boolean", Value::String(s)) => json!(!s.is_empty()),
        _ => value.clone(),
    }
}

/// Reads a list of variables, or the map form `{"name": "value"}`.
pub fn list(value: &Value) -> Vec<Variable> {
    match value {
        Value::Array(entries) => entries.iter().filter_map(Variable::from_value).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| Variable::new(k, v.clone())).collect(),
        _ => Vec::new(),
    }
}

/// Writes values for an export, keeping the other fields (`description`, `secret` type …)
/// of the entries that were there. `with_enabled` marks an environment's entries.
pub fn export(before: &Value, values: &[(String, Value)], with_enabled: bool) -> Value {
    let old = |key: &str| {
        before.as_array().and_then(|entries| {
            entries
                .iter()
                .rev()
                .find(|e| text(&e["key"]).or_else(|| text(&e["id"])).as_deref() == Some(key))
        })
    };
    let written = values.iter().map(|(key, value)| {
        let mut entry = old(key).and_then(Value::as_object).cloned().unwrap_or_else(|| {
            let mut fresh = Map::new();
            fresh.insert("type".into(), json!("any"));
            fresh
        });
        entry.remove("disabled");
        entry.insert("key".into(), json!(key));
        entry.insert("value".into(), value.clone());
        if with_enabled {
            entry.insert("enabled".into(), json!(true));
        }
        Value::Object(entry)
    });
    let mut out: Vec<Value> = written.collect();
    // Disabled entries take no part in a run and come back as they were.
    out.extend(before.as_array().into_iter().flatten().filter(|e| flag(&e["disabled"])).cloned());
    Value::Array(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_type_casts_the_value() {
        let read = |v: Value| Variable::from_value(&v).unwrap().value;
        assert_eq!(read(json!({"key": "a", "value": "5", "type": "number"})), json!(5));
        assert_eq!(read(json!({"key": "a", "value": 5, "type": "string"})), json!("5"));
        assert_eq!(read(json!({"key": "a", "value": 5, "type": "any"})), json!(5));
        assert_eq!(read(json!({"key": "a", "value": "x", "type": "number"})), json!("x"));
    }

    #[test]
    fn an_export_keeps_unknown_fields_and_disabled_entries() {
        let before = json!([{"key": "a", "value": 1, "note": "n"}, {"key": "b", "value": 2, "disabled": true}]);
        let after = export(&before, &[("a".into(), json!(3))], true);
        assert_eq!(
            after,
            json!([{"key": "a", "value": 3, "note": "n", "enabled": true}, {"key": "b", "value": 2, "disabled": true}])
        );
    }
}
