//! Variables: five scopes, one precedence, and the substitution of `{{name}}`.
//!
//! Local beats iteration data beats environment beats collection beats globals. A value
//! may hold further `{{names}}`: substitution goes on until nothing changes, at most
//! [`MAX_ROUNDS`] times. What no scope knows stays as written and is noted, so that the
//! run can count it as a warning.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::dynamic::Dynamic;
use crate::format::{Variable, text};
use crate::script::{Scope, Scopes};

/// Rounds of nested substitution before a value that holds itself is left alone.
pub const MAX_ROUNDS: usize = 19;

/// Makes a scope of the enabled variables; of two with one key the last one counts.
pub fn scope(name: &str, variables: &[Variable]) -> Scope {
    let mut scope = Scope {
        name: name.to_owned(),
        values: Vec::new(),
    };
    for variable in variables.iter().filter(|v| !v.disabled) {
        set(&mut scope, &variable.key, variable.value.clone());
    }
    scope
}

/// Sets a key, in place when it is there.
pub fn set(scope: &mut Scope, key: &str, value: Value) {
    match scope.values.iter_mut().find(|(k, _)| k == key) {
        Some(entry) => entry.1 = value,
        None => scope.values.push((key.to_owned(), value)),
    }
}

/// The value of a key in one scope.
pub fn get<'a>(scope: &'a Scope, key: &str) -> Option<&'a Value> {
    scope.values.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v)
}

/// The value of a key over all scopes, by precedence.
pub fn find<'a>(scopes: &'a Scopes, key: &str) -> Option<&'a Value> {
    [
        &scopes.local,
        &scopes.data,
        &scopes.environment,
        &scopes.collection,
        &scopes.globals,
    ]
    .into_iter()
    .find_map(|scope| get(scope, key))
}

/// A value as it is written into a URL, header or body: as JavaScript's `toString` does.
pub fn display(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(list) => list.iter().map(display).collect::<Vec<_>>().join(","),
        Value::Object(_) => "[object Object]".into(),
        scalar => text(scalar).unwrap_or_default(),
    }
}

/// Substitutes over a fixed set of scopes and collects the names nobody knew.
pub struct Resolver<'a> {
    pub scopes: &'a Scopes,
    pub dynamic: &'a mut Dynamic,
    /// Names that stayed unresolved, in order of name.
    pub unresolved: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    /// A resolver with nothing noted yet.
    pub fn new(scopes: &'a Scopes, dynamic: &'a mut Dynamic) -> Self {
        Self {
            scopes,
            dynamic,
            unresolved: BTreeSet::new(),
        }
    }

    /// Replaces every `{{name}}` of a text.
    pub fn text(&mut self, input: &str) -> String {
        let mut current = input.to_owned();
        for _ in 0..MAX_ROUNDS {
            let (next, replaced) = self.round(&current);
            current = next;
            if !replaced {
                break;
            }
        }
        for name in tokens(&current) {
            self.unresolved.insert(name.to_owned());
        }
        current
    }

    /// Replaces within all strings of a JSON value, keys of objects excepted.
    pub fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(s) => Value::String(self.text(s)),
            Value::Array(list) => list.iter().map(|v| self.value(v)).collect(),
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), self.value(v))).collect(),
            other => other.clone(),
        }
    }

    fn round(&mut self, input: &str) -> (String, bool) {
        let mut out = String::with_capacity(input.len());
        let (mut from, mut replaced) = (0, false);
        for (start, end) in spans(input) {
            let name = &input[start + 2..end - 2];
            let known = match find(self.scopes, name) {
                // As the reference: `null` of a data row hides the other scopes and is no value.
                Some(Value::Null) if get(&self.scopes.local, name).is_none() && get(&self.scopes.data, name).is_some() => continue,
                Some(Value::Null) => Some("null".to_owned()),
                other => other.map(display),
            };
            let Some(value) = known.or_else(|| self.dynamic.value(name)) else {
                continue;
            };
            out.push_str(&input[from..start]);
            out.push_str(&value);
            from = end;
            replaced = true;
        }
        out.push_str(&input[from..]);
        (out, replaced)
    }
}

/// Byte ranges of `{{name}}`, braces included; a name holds no brace.
fn spans(input: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = input[at..].find("{{") {
        let mut start = at + found;
        // Of `{{{a}}` the innermost pair counts.
        while input[start + 2..].starts_with('{') {
            start += 1;
        }
        match input[start + 2..].find(['{', '}']) {
            Some(length) if input[start + 2 + length..].starts_with("}}") => {
                out.push((start, start + length + 4));
                at = start + length + 4;
            }
            Some(length) => at = (start + 2 + length).max(start + 2),
            None => break,
        }
    }
    out
}

/// Names within `{{…}}`.
pub fn tokens(input: &str) -> Vec<&str> {
    spans(input).into_iter().map(|(start, end)| &input[start + 2..end - 2]).collect()
}

#[cfg(test)]
mod tests;
