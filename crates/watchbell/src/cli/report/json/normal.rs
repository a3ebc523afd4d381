//! Documents in the form that newman's report has them, whatever form they were written in:
//! URLs in parts, scripts as lists of lines, lists where a document has nothing.

use collection::format::{Document, Event, Folder, Node, Request, Url};
use collection::script::Listen;
use serde::{
    Serialize,
    ser::{SerializeMap as _, SerializeSeq as _, Serializer},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// The collection of a report, written item by item.
pub struct Shown<'a> {
    pub document: &'a Document,
    pub root: &'a Folder,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = self.document.fields(&["info", "auth", "protocolProfileBehavior", "variable"]);
        fields.entry("variable").or_insert_with(|| json!([]));
        if let Some(info) = fields.get_mut("info").and_then(Value::as_object_mut) {
            info.entry("_postman_id").or_insert_with(|| json!(Uuid::new_v4().to_string()));
            info.entry("schema").or_insert_with(|| json!(SCHEMA));
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("item", &Items(self.document, &self.root.items))?;
        map.serialize_entry("event", &events(&self.root.events))?;
        for (key, value) in &fields {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Items<'a>(&'a Document, &'a [Node]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(document, nodes) = *self;
        let mut list = serializer.serialize_seq(None)?;
        for node in nodes {
            match node {
                Node::Folder(folder) => list.serialize_element(&ShownFolder(document, folder))?,
                Node::Item(found) => list.serialize_element(&item(document.value_at(&found.place).unwrap_or_default(), &found.id))?,
            }
        }
        list.end()
    }
}

struct ShownFolder<'a>(&'a Document, &'a Folder);

impl Serialize for ShownFolder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(document, folder) = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &folder.id)?;
        map.serialize_entry("name", &folder.name)?;
        map.serialize_entry("item", &Items(document, &folder.items))?;
        map.serialize_entry("event", &events(&folder.events))?;
        if let Some(auth) = &folder.auth {
            map.serialize_entry("auth", &auth.to_value())?;
        }
        map.end()
    }
}

/// An item of a document.
pub fn item(mut value: Value, id: &str) -> Value {
    let Some(map) = value.as_object_mut() else { return value };
    map.insert("id".to_owned(), json!(id));
    let given = map.get("request").cloned().unwrap_or_default();
    map.insert("request".to_owned(), request(&given));
    map.entry("response").or_insert_with(|| json!([]));
    map.entry("event").or_insert_with(|| json!([]));
    if let Some(list) = map.get_mut("event").and_then(Value::as_array_mut) {
        list.iter_mut().for_each(event);
    }
    value
}

fn request(given: &Value) -> Value {
    let read = Request::from_value(given);
    let mut map = given.as_object().cloned().unwrap_or_default();
    map.insert("url".to_owned(), url(&read.url));
    map.insert("method".to_owned(), json!(read.method));
    if !read.headers.is_empty() {
        let headers = read.headers.iter().map(collection::format::Param::to_value);
        map.insert("header".to_owned(), headers.collect());
    }
    Value::Object(map)
}

/// A URL in its parts.
pub fn url(url: &Url) -> Value {
    let mut shown = url.to_value();
    if let Some(map) = shown.as_object_mut() {
        map.shift_remove("raw");
        map.entry("query").or_insert_with(|| json!([]));
        map.entry("variable").or_insert_with(|| json!([]));
    }
    shown
}

fn events(events: &[Event]) -> Value {
    let listen = |event: &Event| if event.listen == Listen::Prerequest { "prerequest" } else { "test" };
    let rows = events
        .iter()
        .map(|event| json!({"listen": listen(event), "script": script(&Map::new(), event.code.lines().map(Into::into).collect())}));
    rows.collect()
}

fn event(event: &mut Value) {
    let Some(map) = event.as_object_mut() else { return };
    let given = map.get("script").cloned().unwrap_or_default();
    let code = if given.is_object() { &given["exec"] } else { &given };
    let lines = match code {
        Value::String(text) => text.lines().map(Into::into).collect(),
        Value::Array(lines) => lines.clone(),
        _ => Vec::new(),
    };
    let fields = given.as_object().cloned().unwrap_or_default();
    map.insert("script".to_owned(), script(&fields, lines));
}

fn script(fields: &Map<String, Value>, lines: Vec<Value>) -> Value {
    let mut script = fields.clone();
    script.entry("type").or_insert_with(|| json!("text/javascript"));
    script.insert("exec".to_owned(), Value::Array(lines));
    Value::Object(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out() {
        let short = json!({"name": "a", "request": "http://h:8/p?x=1", "event": [{"listen": "test", "script": {"exec": "a;\nb;"}}, null]});
        assert_eq!(
            item(short, "i"),
            json!({"name": "a", "request": {
                "url": {"protocol": "http", "host": ["h"], "port": "8", "path": ["p"], "query": [{"key": "x", "value": "1"}], "variable": []},
                "method": "GET"},
                "event": [{"listen": "test", "script": {"exec": ["a;", "b;"], "type": "text/javascript"}}, null], "id": "i", "response": []})
        );
    }
}
