//! Folders and items of a collection, with their scripts.

use serde_json::{Map, Value};

use super::{Auth, Request, flag, text};
use crate::script::Listen;

/// A script bound to a folder or item.
#[derive(Debug, Clone)]
pub struct Event {
    pub listen: Listen,
    pub code: String,
}

/// One entry of a folder.
#[derive(Debug, Clone)]
pub enum Node {
    Folder(Box<Folder>),
    Item(Box<Item>),
}

/// A folder; the collection itself is the outermost one.
#[derive(Debug, Clone)]
pub struct Folder {
    pub id: String,
    pub name: String,
    pub items: Vec<Node>,
    pub events: Vec<Event>,
    pub auth: Option<Auth>,
    /// `protocolProfileBehavior`, inherited by what is inside.
    pub profile: Map<String, Value>,
}

/// A request with its name and scripts.
#[derive(Debug, Clone)]
pub struct Item {
    /// Id of the document; an item without one gets its position (`item-2.0`), so that
    /// two runs and two versions name it alike.
    pub id: String,
    pub name: String,
    pub request: Request,
    pub events: Vec<Event>,
    pub profile: Map<String, Value>,
}

impl Folder {
    /// Reads the collection as its outermost folder.
    pub fn from_value(value: &Value) -> Self {
        Self::read(value, "item")
    }

    fn read(value: &Value, position: &str) -> Self {
        let nodes = value["item"].as_array().map(Vec::as_slice).unwrap_or_default();
        let items = nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_object())
            .map(|(index, node)| Node::read(node, &child(position, index)))
            .collect();
        Self {
            id: identity(value, position),
            name: text(&value["name"]).unwrap_or_default(),
            items,
            events: events(&value["event"]),
            auth: Auth::from_value(&value["auth"]),
            profile: profile(value),
        }
    }
}

impl Node {
    fn read(value: &Value, position: &str) -> Self {
        if value.get("item").is_some_and(Value::is_array) || value.get("request").is_none() {
            return Self::Folder(Box::new(Folder::read(value, position)));
        }
        Self::Item(Box::new(Item {
            id: identity(value, position),
            name: text(&value["name"]).unwrap_or_default(),
            request: Request::from_value(&value["request"]),
            events: events(&value["event"]),
            profile: profile(value),
        }))
    }

    pub fn id(&self) -> &str {
        match self {
            Self::Folder(folder) => &folder.id,
            Self::Item(item) => &item.id,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Folder(folder) => &folder.name,
            Self::Item(item) => &item.name,
        }
    }
}

fn child(position: &str, index: usize) -> String {
    let separator = if position == "item" { '-' } else { '.' };
    format!("{position}{separator}{index}")
}

fn identity(value: &Value, position: &str) -> String {
    text(&value["id"])
        .or_else(|| text(&value["_postman_id"]))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| position.to_owned())
}

fn profile(value: &Value) -> Map<String, Value> {
    value["protocolProfileBehavior"].as_object().cloned().unwrap_or_default()
}

/// Scripts that are not empty. `exec` is a list of lines or one string; a script may be
/// a bare string.
fn events(value: &Value) -> Vec<Event> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter(|event| !flag(&event["disabled"]))
        .filter_map(|event| {
            let listen = match event["listen"].as_str()? {
                "prerequest" => Listen::Prerequest,
                "test" => Listen::Test,
                _ => return None,
            };
            let script = &event["script"];
            let code = lines(&script["exec"]).or_else(|| lines(script))?;
            (!code.trim().is_empty()).then_some(Event { listen, code })
        })
        .collect()
}

fn lines(value: &Value) -> Option<String> {
    match value {
        Value::String(code) => Some(code.clone()),
        Value::Array(list) => Some(list.iter().filter_map(text).collect::<Vec<_>>().join("\n")),
        _ => None,
    }
}
