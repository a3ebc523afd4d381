//! The headline of an event that somebody published: whatever its data have that reads like one.

use serde_json::{Map, Value};

use super::{Headline, Severity, one_line};
use crate::event::Event;

/// Fields that are told.
const FIELDS: usize = 10;
/// Names of what a thing is called, and of what is said of it, the best first.
const TITLES: [&str; 4] = ["title", "name", "subject", "summary"];
const TEXTS: [&str; 4] = ["message", "text", "description", "error"];

pub(super) fn headline(event: &Event, data: &Value) -> Headline {
    let empty = Map::new();
    let data = data.as_object().unwrap_or(&empty);
    // `{"issue": {…}}`: the thing is inside.
    let data = match (data.len(), data.values().next()) {
        (1, Some(Value::Object(inner))) => inner,
        _ => data,
    };
    let of = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, data.get(*name)?.as_str()?)));
    let (title, said) = (of(&TITLES), of(&TEXTS));
    let words = title.map_or_else(|| event.event_type.clone(), |(_, title)| format!("{}: {title}", event.event_type));
    let mut headline = Headline::new(words, Severity::Neutral);
    headline
        .lines
        .extend(said.map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty()));
    let used = [title.map(|(name, _)| name), said.map(|(name, _)| name)];
    for (name, value) in data.iter().filter(|(name, _)| !used.contains(&Some(name.as_str()))) {
        let value = match value {
            Value::String(text) => one_line(text),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => continue,
        };
        if headline.fields.len() < FIELDS {
            headline.field(&one_line(name), value);
        }
    }
    headline
}
