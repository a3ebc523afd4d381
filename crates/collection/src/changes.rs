//! What changed between two versions of a collection, for the activity feed.
//!
//! Entries are matched by id. An entry without an id of its own is matched by kind, place
//! and name, so that a document without ids still gives a sensible feed. Each created,
//! changed or deleted folder and request is one change, and so is the collection itself
//! when its own fields changed.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::format::Collection;

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    /// The word of the feed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What kind of entity it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    Collection,
    Folder,
    Request,
}

impl Model {
    /// The word of the feed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Folder => "folder",
            Self::Request => "request",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub action: Action,
    pub model: Model,
    /// Name after the change; before it for a deletion.
    pub name: String,
    /// Id of the entity; the caller puts the owner in front to make it a uid.
    pub id: String,
    /// The name before a rename.
    pub renamed_from: Option<String>,
}

struct Entity {
    model: Model,
    name: String,
    id: String,
    /// Everything but the children and the saved examples.
    own: Value,
    parent: String,
}

/// Changes from one version to the next, in the order of the newer document, deletions last.
pub fn diff(before: &Collection, after: &Collection) -> Vec<Change> {
    let (old, new) = (entities(before), entities(after));
    let old_by_key: HashMap<&str, &Entity> = old.iter().map(|(k, e)| (k.as_str(), e)).collect();
    let new_keys: HashMap<&str, ()> = new.iter().map(|(k, _)| (k.as_str(), ())).collect();
    let mut changes = Vec::new();
    for (key, entity) in &new {
        let (action, renamed_from) = match old_by_key.get(key.as_str()) {
            None => (Action::Create, None),
            Some(was) if was.own != entity.own || was.parent != entity.parent => {
                (Action::Update, (was.name != entity.name).then(|| was.name.clone()))
            }
            Some(_) => continue,
        };
        changes.push(change(action, entity, renamed_from));
    }
    let gone = old.iter().filter(|(key, _)| !new_keys.contains_key(key.as_str()));
    changes.extend(gone.map(|(_, entity)| change(Action::Delete, entity, None)));
    changes
}

fn change(action: Action, entity: &Entity, renamed_from: Option<String>) -> Change {
    Change {
        action,
        model: entity.model,
        name: entity.name.clone(),
        id: entity.id.clone(),
        renamed_from,
    }
}

fn entities(collection: &Collection) -> Vec<(String, Entity)> {
    let raw = &collection.document().to_value();
    let root = Entity {
        model: Model::Collection,
        name: collection.name().to_owned(),
        id: collection.id().to_owned(),
        own: own_fields(raw),
        parent: String::new(),
    };
    // The collection is compared with itself whatever its id says.
    let mut out = vec![("collection".to_owned(), root)];
    walk(&raw["item"], "", &mut HashSet::new(), &mut out);
    out
}

fn walk(list: &Value, parent: &str, seen: &mut HashSet<String>, out: &mut Vec<(String, Entity)>) {
    for node in list.as_array().into_iter().flatten().filter(|n| n.is_object()) {
        let is_folder = node.get("item").is_some_and(Value::is_array) || node.get("request").is_none();
        let model = if is_folder { Model::Folder } else { Model::Request };
        let name = crate::format::text(&node["name"]).unwrap_or_default();
        let id = crate::format::text(&node["id"])
            .or_else(|| crate::format::text(&node["_postman_id"]))
            .filter(|i| !i.is_empty());
        let mut key = id
            .as_ref()
            .map_or_else(|| format!("{parent}/{}:{name}", model.as_str()), |id| format!("#{id}"));
        while !seen.insert(key.clone()) {
            // The second of two alike is matched with the second of the other version.
            key.push('+');
        }
        let entity = Entity {
            model,
            name,
            id: id.unwrap_or_else(|| key.clone()),
            own: own_fields(node),
            parent: parent.to_owned(),
        };
        out.push((key.clone(), entity));
        if is_folder {
            walk(&node["item"], &key, seen, out);
        }
    }
}

/// An entity without its children, and without what an export alone changes.
fn own_fields(node: &Value) -> Value {
    let mut own = node.clone();
    if let Some(map) = own.as_object_mut() {
        map.remove("item");
    }
    if let Some(info) = own.get_mut("info").and_then(Value::as_object_mut) {
        for volatile in ["updatedAt", "lastUpdatedBy", "_exporter_id", "_collection_link"] {
            info.remove(volatile);
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn collection(items: Value) -> Collection {
        Collection::from_value(json!({"info": {"name": "C", "_postman_id": "c"}, "item": items}))
    }

    fn request(id: &str, name: &str, url: &str) -> Value {
        json!({"id": id, "name": name, "request": {"method": "GET", "url": url}})
    }

    #[test]
    fn a_rename_is_one_update_of_that_request() {
        let before = collection(json!([{"id": "f", "name": "F", "item": [request("a", "old", "h")]}]));
        let after = collection(json!([{"id": "f", "name": "F", "item": [request("a", "new", "h")]}]));
        assert_eq!(
            diff(&before, &after),
            [Change {
                action: Action::Update,
                model: Model::Request,
                name: "new".into(),
                id: "a".into(),
                renamed_from: Some("old".into())
            }]
        );
        assert_eq!(diff(&after, &after), []);
    }

    #[test]
    fn creations_moves_deletions_and_the_collection_itself() {
        let before = collection(json!([request("a", "A", "h"), request("b", "B", "h")]));
        let mut raw =
            json!({"info": {"name": "C2", "_postman_id": "c"}, "item": [{"id": "f", "name": "F", "item": [request("a", "A", "h")]}]});
        raw["info"]["updatedAt"] = json!("later");
        let after = Collection::from_value(raw);
        let found: Vec<_> = diff(&before, &after)
            .into_iter()
            .map(|c| (c.action.as_str(), c.model.as_str(), c.id))
            .collect();
        assert_eq!(
            found,
            [
                ("update", "collection", "c".into()),
                ("create", "folder", "f".into()),
                ("update", "request", "a".into()),
                ("delete", "request", "b".to_owned())
            ]
        );
    }

    #[test]
    fn documents_without_ids_are_matched_by_name() {
        let bare = |url: &str| collection(json!([{"name": "x", "request": "h"}, {"name": "x", "request": url}]));
        let changes = diff(&bare("a"), &bare("b"));
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].action, changes[0].name.as_str()), (Action::Update, "x"));
    }
}
