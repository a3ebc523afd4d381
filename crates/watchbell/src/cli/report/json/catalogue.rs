//! The collection's items by id, for reports that show the item beside what it did.

use std::{collections::HashMap, ops::Range, sync::Arc};

use collection::{
    Collection,
    format::{Folder, Node},
};
use serde_json::{Value, json};

use super::normal::{self, Shown};

/// A collection with a way from an item's id and name to its place in the document.
pub struct Catalogue {
    collection: Collection,
    places: HashMap<(String, String), Place>,
}

struct Place {
    text: Range<usize>,
    /// The innermost folder, or the collection.
    parent: Arc<Parent>,
}

struct Parent {
    id: String,
    name: String,
}

impl Catalogue {
    pub fn new(collection: &Collection) -> Self {
        let mut places = HashMap::new();
        walk(collection.root(), &mut places);
        Self {
            collection: collection.clone(),
            places,
        }
    }

    /// The collection as a report has it.
    pub fn shown(&self) -> Shown<'_> {
        Shown {
            document: self.collection.document(),
            root: self.collection.root(),
        }
    }

    /// The item in the form of a report.
    pub fn item(&self, id: &str, name: &str) -> Option<Value> {
        let place = self.places.get(&(id.to_owned(), name.to_owned()))?;
        Some(normal::item(self.collection.document().value_at(&place.text)?, id))
    }

    /// What the item stands in.
    pub fn parent(&self, id: &str, name: &str) -> Option<Value> {
        let parent = &self.places.get(&(id.to_owned(), name.to_owned()))?.parent;
        Some(json!({"id": parent.id, "name": parent.name}))
    }
}

fn walk(folder: &Folder, places: &mut HashMap<(String, String), Place>) {
    let parent = Arc::new(Parent {
        id: folder.id.clone(),
        name: folder.name.clone(),
    });
    for node in &folder.items {
        match node {
            Node::Folder(inner) => walk(inner, places),
            Node::Item(item) => {
                let place = Place {
                    text: item.place.clone(),
                    parent: Arc::clone(&parent),
                };
                // Of two alike the first is shown.
                places.entry((item.id.clone(), item.name.clone())).or_insert(place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_found_with_its_folder() {
        let document = json!({"info": {"name": "C", "_postman_id": "c"}, "item": [
            null, {"name": "F", "id": "f", "item": [{"name": "a", "request": "h"}, {"name": "empty"}]}, {"name": "b", "id": "b", "request": "h"}]});
        let collection = Collection::from_value(document);
        let catalogue = Catalogue::new(&collection);
        let names: Vec<_> = collection
            .requests()
            .iter()
            .map(|(_, item)| (item.id.clone(), item.name.clone()))
            .collect();
        let parents: Vec<_> = names
            .iter()
            .map(|(id, name)| catalogue.parent(id, name).unwrap()["name"].clone())
            .collect();
        // An entry with neither request nor items is a request without an address, as in newman.
        assert_eq!(parents, ["F", "F", "C"]);
        for (id, name) in &names {
            assert_eq!(catalogue.item(id, name).unwrap()["name"], json!(name));
        }
        assert!(catalogue.item("nothing", "a").is_none());
    }
}
