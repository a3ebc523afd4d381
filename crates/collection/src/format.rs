//! The Postman documents as types: Collection v2.0 and v2.1, Environment, Globals.
//!
//! Reading is tolerant: exporters and hand-written files give a URL as a string, headers
//! as text, `exec` as one string, `null` nearly anywhere. Each type has a `from_value`
//! that accepts all common forms and a `to_value` that writes v2.1. A collection keeps its
//! JSON text beside the typed view, so that fields we do not know survive an export.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};

pub mod auth;
pub mod body;
pub mod document;
pub mod item;
pub mod request;
pub mod url;
pub mod variable;

pub use auth::Auth;
pub use body::{Body, FormPart, Mode};
pub use document::Document;
pub use item::{Event, Folder, Item, Node};
pub use request::Request;
pub use url::{Param, Url};
pub use variable::Variable;

/// A Postman collection, v2.0 or v2.1. Cheap to clone: documents may have 50 MB.
#[derive(Debug, Clone)]
pub struct Collection {
    document: Document,
    root: Arc<Folder>,
    variables: Arc<[Variable]>,
}

impl Collection {
    /// Builds the typed view over a document, one item at a time: no tree of the whole is
    /// ever held. `None` when something in it has not the shape of a collection.
    pub(crate) fn read(document: Document) -> Option<Self> {
        let members = document.members()?;
        let member = |key: &str| members.value(key);
        let (info, id) = (member("info")?, member("id")?);
        let root = Folder {
            name: text(&info["name"]).unwrap_or_default(),
            id: text(&info["_postman_id"])
                .or_else(|| text(&info["id"]))
                .or_else(|| text(&id))
                .unwrap_or_default(),
            ..Folder::read_members(&members, document.text(), "item", 0)?
        };
        let variables = variable::list(&member("variable")?).into();
        Some(Self {
            root: Arc::new(root),
            variables,
            document,
        })
    }

    /// Builds the typed view over a document that a program made; an empty collection when
    /// it is none.
    pub fn from_value(raw: Value) -> Self {
        Self::read(Document::new(raw.to_string())).unwrap_or_else(|| Self {
            document: Document::new("{}".to_owned()),
            root: Arc::new(Folder::default()),
            variables: Arc::new([]),
        })
    }

    /// Name of the collection, `""` when it has none.
    pub fn name(&self) -> &str {
        &self.root.name
    }

    /// `info._postman_id`, `""` when the document has none.
    pub fn id(&self) -> &str {
        &self.root.id
    }

    /// The uid under an owner's number, as Postman writes it.
    pub fn uid(&self, owner: &str) -> String {
        crate::uid::uid(owner, self.id())
    }

    /// The document as it was read, unknown fields included.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The collection itself as the outermost folder: its events, auth and items.
    pub fn root(&self) -> &Folder {
        &self.root
    }

    /// Folders and requests on the first level.
    pub fn items(&self) -> &[Node] {
        &self.root.items
    }

    /// Collection variables, disabled ones included.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// All requests, depth first, with the names of the folders around them.
    pub fn requests(&self) -> Vec<(Vec<&str>, &Item)> {
        fn walk<'a>(nodes: &'a [Node], path: &mut Vec<&'a str>, out: &mut Vec<(Vec<&'a str>, &'a Item)>) {
            for node in nodes {
                match node {
                    Node::Item(item) => out.push((path.clone(), item)),
                    Node::Folder(folder) => {
                        path.push(&folder.name);
                        walk(&folder.items, path, out);
                        path.pop();
                    }
                }
            }
        }
        let mut out = Vec::new();
        walk(&self.root.items, &mut Vec::new(), &mut out);
        out
    }

    /// The document with other collection variables, for an export after a run; written
    /// without a copy of it.
    pub fn export(&self, variables: &[(String, Value)]) -> impl Serialize + '_ {
        let own = self.document.member("variable");
        let has_some = !variables.is_empty() || own.is_some();
        Exported {
            document: &self.document,
            variables: has_some.then(|| variable::export(&own.unwrap_or_default(), variables, false)),
        }
    }
}

/// A collection as it is written after a run.
struct Exported<'a> {
    document: &'a Document,
    /// In the place of its own; `None` leaves the document as it is.
    variables: Option<Value>,
}

impl Serialize for Exported<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (Some(variables), Some(members)) = (&self.variables, self.document.members()) else {
            return self.document.serialize(serializer);
        };
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in members.iter() {
            if key != "variable" {
                map.serialize_entry(key, &value)?;
            }
        }
        map.serialize_entry("variable", variables)?;
        map.end()
    }
}

/// An environment, or a globals document: both are a named list of values.
#[derive(Debug, Clone)]
pub struct Environment {
    raw: Value,
    values: Vec<Variable>,
}

impl Environment {
    /// Builds the typed view over a document whose shape [`crate::load`] has checked.
    pub fn from_value(raw: Value) -> Self {
        let values = variable::list(&raw["values"]);
        Self { raw, values }
    }

    /// An empty document of that name.
    pub fn empty(name: &str) -> Self {
        Self::from_value(json!({ "name": name, "values": [] }))
    }

    /// Name of the document, `""` when it has none.
    pub fn name(&self) -> String {
        text(&self.raw["name"]).unwrap_or_default()
    }

    /// Id of the document, `""` when it has none.
    pub fn id(&self) -> String {
        text(&self.raw["id"]).unwrap_or_default()
    }

    /// The document as it was read.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// The values, disabled ones included.
    pub fn values(&self) -> &[Variable] {
        &self.values
    }

    /// Sets one value (`--env-var`), over an existing one of that key.
    pub fn set(&mut self, key: &str, value: Value) {
        self.values.retain(|v| v.key != key);
        self.values.push(Variable::new(key, value));
    }

    /// The document with other values, for an export after a run.
    pub fn export(&self, values: &[(String, Value)]) -> Value {
        let mut raw = if self.raw.is_object() { self.raw.clone() } else { json!({}) };
        raw["values"] = variable::export(&self.raw["values"], values, true);
        raw
    }
}

/// A scalar as text: strings as they are, numbers and booleans written out, else `None`.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(number(n)),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// A number as JavaScript writes it: `100000`, not `100000.0`.
fn number(n: &serde_json::Number) -> String {
    match n.as_f64() {
        Some(f) if n.is_f64() && f.fract() == 0.0 && f.abs() < 1e15 => format!("{f:.0}"),
        _ => n.to_string(),
    }
}

/// A flag as users write it: `true`, `"true"`, `1`.
pub(crate) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(b) => *b,
        Value::String(s) => s == "true",
        Value::Number(n) => n.as_i64() == Some(1),
        _ => false,
    }
}
