//! The collection's items by id, for reports that show the item beside what it did.

use std::collections::HashMap;

use collection::Collection;
use serde_json::{Value, json};

/// A collection with a way from an item's id to its place in the document.
pub struct Catalogue {
    collection: Collection,
    /// Indices from `item` to `item`, and the innermost folder's (or the collection's) id and name.
    places: HashMap<(String, String), Place>,
}

struct Place {
    steps: Vec<usize>,
    parent: (String, String),
}

impl Catalogue {
    pub fn new(collection: &Collection) -> Self {
        let mut found = Vec::new();
        let root = (collection.id().to_owned(), collection.name().to_owned());
        walk(&collection.raw()["item"], &root, &mut Vec::new(), &mut found);
        // Both walks go depth first over the same nodes, so the n-th place is the n-th request's.
        let requests = collection.requests();
        let mut places = HashMap::with_capacity(found.len());
        for ((_, item), place) in requests.into_iter().zip(found) {
            places.entry((item.id.clone(), item.name.clone())).or_insert(place);
        }
        Self {
            collection: collection.clone(),
            places,
        }
    }

    pub fn document(&self) -> &Value {
        self.collection.raw()
    }

    /// The item as the document has it, its id filled in.
    pub fn item(&self, id: &str, name: &str) -> Option<Value> {
        let place = self.places.get(&(id.to_owned(), name.to_owned()))?;
        let mut item = place
            .steps
            .iter()
            .try_fold(self.document(), |node, index| node.get("item")?.get(index))?
            .clone();
        if let Some(object) = item.as_object_mut() {
            object.insert("id".to_owned(), json!(id));
        }
        Some(item)
    }

    /// What the item stands in.
    pub fn parent(&self, id: &str, name: &str) -> Option<Value> {
        let place = self.places.get(&(id.to_owned(), name.to_owned()))?;
        Some(json!({"id": place.parent.0, "name": place.parent.1}))
    }
}

fn walk(list: &Value, parent: &(String, String), steps: &mut Vec<usize>, found: &mut Vec<Place>) {
    let nodes = list.as_array().map(Vec::as_slice).unwrap_or_default();
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.is_object()) {
        steps.push(index);
        if node.get("item").is_some_and(Value::is_array) || node.get("request").is_none() {
            let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
            walk(&node["item"], &(text("id"), text("name")), steps, found);
        } else {
            found.push(Place {
                steps: steps.clone(),
                parent: parent.clone(),
            });
        }
        steps.pop();
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
        assert_eq!(parents, ["F", "C"]);
        for (id, name) in &names {
            assert_eq!(catalogue.item(id, name).unwrap()["name"], json!(name));
        }
        assert!(catalogue.item("nothing", "a").is_none());
    }
}
