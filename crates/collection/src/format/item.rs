//! Folders and items of a collection, with their scripts.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{
    Auth, Request,
    document::{Members, Part},
    flag, text,
};
use crate::script::Listen;

/// Deepest folder that is read; a tree of a document holds no deeper one either.
const DEEPEST: usize = 64;

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
#[derive(Debug, Clone, Default)]
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
    /// Where in the text of the document it stands.
    pub place: Range<usize>,
}

impl Folder {
    /// Reads a folder, or the collection as the outermost one. `None` when something in it
    /// has not the shape that [`crate::load`] asks for.
    pub(super) fn read_members(members: &Members<'_>, document: &str, position: &str, depth: usize) -> Option<Self> {
        if depth > DEEPEST {
            return None;
        }
        let entries = match members.find("item") {
            Some(list) if list.sign() == b'[' => list.entries()?,
            Some(other) if other.sign() != b'n' => return None,
            _ => Vec::new(),
        };
        let mut items = Vec::with_capacity(entries.len());
        for (index, node) in entries.iter().enumerate() {
            match node.sign() {
                b'{' => items.push(Node::read(node, document, &child(position, index), depth + 1)?),
                b'n' => {}
                _ => return None,
            }
        }
        let own = own_fields(members)?;
        Some(Self {
            id: identity(&own, position),
            name: text(&own["name"]).unwrap_or_default(),
            items,
            events: events(&own["event"]),
            auth: Auth::from_value(&own["auth"]),
            profile: profile(&own),
        })
    }
}

/// What a folder says beside its items.
fn own_fields(members: &Members<'_>) -> Option<Value> {
    let keys = ["id", "_postman_id", "name", "event", "auth", "protocolProfileBehavior"];
    let fields: Option<Map<String, Value>> = keys.iter().map(|key| Some(((*key).to_owned(), members.value(key)?))).collect();
    fields.map(Value::Object)
}

impl Node {
    fn read(part: &Part<'_>, document: &str, position: &str, depth: usize) -> Option<Self> {
        let members = part.members()?;
        let items = members.find("item").map(|items| items.sign());
        // As the reference: what has no list of items is a request, perhaps an empty one.
        if items == Some(b'[') {
            let folder = Folder::read_members(&members, document, position, depth)?;
            return Some(Self::Folder(Box::new(folder)));
        }
        let value = part.value()?;
        let request = &value["request"];
        let is_request = request.is_null() || request.is_object() || request.is_string();
        let is_alone = items.is_none_or(|sign| sign == b'n');
        (is_request && is_alone).then(|| {
            Self::Item(Box::new(Item {
                id: identity(&value, position),
                name: text(&value["name"]).unwrap_or_default(),
                request: Request::from_value(request),
                events: events(&value["event"]),
                profile: profile(&value),
                place: part.place(document),
            }))
        })
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
