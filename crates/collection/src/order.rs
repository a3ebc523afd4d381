//! Which item runs next: flattening, folder selection, `setNextRequest`.
//!
//! Pure: a [`Plan`] is made once, then each step is a function of the plan, the position
//! and what the scripts asked for.

use std::collections::HashMap;

use crate::format::{Collection, Folder, Item, Node};
use crate::script::NextRequest;

/// One item with the folders around it, the collection first.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    pub item: &'a Item,
    pub folders: Vec<&'a Folder>,
}

impl Entry<'_> {
    /// Names from the collection to the item.
    pub fn path(&self) -> Vec<String> {
        self.folders
            .iter()
            .map(|f| f.name.clone())
            .chain([self.item.name.clone()])
            .collect()
    }
}

/// The items of one iteration, in order.
#[derive(Debug)]
pub struct Plan<'a> {
    pub entries: Vec<Entry<'a>>,
    by_id: HashMap<&'a str, usize>,
    by_name: HashMap<&'a str, usize>,
}

/// A folder or request that was asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unable to find a folder or request: {name}")]
pub struct UnknownFolder {
    pub name: String,
}

/// What comes after an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Run the item at this position.
    Run(usize),
    /// The iteration ends.
    EndIteration,
}

impl<'a> Plan<'a> {
    /// Items in the collection's order; with folders given, only those within any of them
    /// (by id or name; a request may be named too).
    ///
    /// # Errors
    /// A folder that the collection does not have.
    pub fn new(collection: &'a Collection, folders: &[String]) -> Result<Self, UnknownFolder> {
        let mut entries = Vec::new();
        let mut found = vec![false; folders.len()];
        walk(
            collection.root(),
            &mut vec![collection.root()],
            folders.is_empty(),
            (folders, &mut found),
            &mut entries,
        );
        if let Some(missing) = found.iter().position(|found| !found) {
            return Err(UnknownFolder {
                name: folders[missing].clone(),
            });
        }
        let (mut by_id, mut by_name) = (HashMap::new(), HashMap::new());
        for (index, entry) in entries.iter().enumerate() {
            // Of several with one name the last one is meant, as in the reference.
            by_id.insert(entry.item.id.as_str(), index);
            by_name.insert(entry.item.name.as_str(), index);
        }
        Ok(Self { entries, by_id, by_name })
    }

    /// The first step of an iteration.
    pub fn first(&self) -> Step {
        if self.entries.is_empty() {
            Step::EndIteration
        } else {
            Step::Run(0)
        }
    }

    /// The step after `position`, given the last word of that item's scripts. An unknown
    /// name ends the iteration, as `null` does.
    pub fn next(&self, position: usize, asked: &NextRequest) -> Step {
        let target = match asked {
            NextRequest::Unset => Some(position + 1).filter(|next| *next < self.entries.len()),
            NextRequest::Stop => None,
            NextRequest::To(name) => self.by_id.get(name.as_str()).or_else(|| self.by_name.get(name.as_str())).copied(),
        };
        target.map_or(Step::EndIteration, Step::Run)
    }
}

/// Of two requests by scripts of one item the later one counts, if it said anything.
pub fn later(before: NextRequest, after: NextRequest) -> NextRequest {
    if after == NextRequest::Unset { before } else { after }
}

fn walk<'a>(
    folder: &'a Folder,
    path: &mut Vec<&'a Folder>,
    chosen: bool,
    (wanted, found): (&[String], &mut Vec<bool>),
    out: &mut Vec<Entry<'a>>,
) {
    for node in &folder.items {
        let mut inside = chosen;
        for (index, name) in wanted.iter().enumerate() {
            // Of several with one name the first is meant, as in the reference.
            if !found[index] && (node.id() == name || node.name() == name) {
                found[index] = true;
                inside = true;
            }
        }
        match node {
            Node::Item(item) if inside => out.push(Entry {
                item,
                folders: path.clone(),
            }),
            Node::Item(_) => {}
            Node::Folder(inner) => {
                path.push(inner);
                walk(inner, path, inside, (wanted, found), out);
                path.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn collection() -> Collection {
        let item = |name: &str| json!({"name": name, "id": format!("id-{name}"), "request": "h"});
        Collection::from_value(json!({"info": {"name": "C"}, "item": [
            {"name": "one", "item": [item("a"), {"name": "two", "item": [item("b")]}]},
            {"name": "three", "item": [item("c")]}, item("d"), {"name": "d", "id": "second-d", "request": "h"}]}))
    }

    fn names(folders: &[&str]) -> Vec<String> {
        let collection = collection();
        let folders: Vec<String> = folders.iter().map(|f| (*f).to_owned()).collect();
        let plan = Plan::new(&collection, &folders).unwrap();
        plan.entries.iter().map(|e| e.path().join("/")).collect()
    }

    #[test]
    fn depth_first_and_folders_in_the_collections_order() {
        assert_eq!(names(&[]), ["C/one/a", "C/one/two/b", "C/three/c", "C/d", "C/d"]);
        assert_eq!(names(&["three", "two"]), ["C/one/two/b", "C/three/c"]);
        assert_eq!(names(&["id-a"]), ["C/one/a"]);
        let missing = Plan::new(&collection(), &["nowhere".into()]).unwrap_err();
        assert_eq!(missing.to_string(), "unable to find a folder or request: nowhere");
    }

    #[test]
    fn scripts_choose_by_id_or_name_and_end_the_iteration() {
        let collection = collection();
        let plan = Plan::new(&collection, &[]).unwrap();
        assert_eq!(plan.next(0, &NextRequest::Unset), Step::Run(1));
        assert_eq!(plan.next(4, &NextRequest::Unset), Step::EndIteration);
        assert_eq!(plan.next(2, &NextRequest::To("id-b".into())), Step::Run(1));
        assert_eq!(plan.next(0, &NextRequest::To("d".into())), Step::Run(4));
        assert_eq!(plan.next(0, &NextRequest::To("nowhere".into())), Step::EndIteration);
        assert_eq!(plan.next(0, &NextRequest::Stop), Step::EndIteration);
    }

    #[test]
    fn the_last_word_counts_and_silence_does_not() {
        let to = |s: &str| NextRequest::To(s.into());
        assert_eq!(later(to("a"), NextRequest::Unset), to("a"));
        assert_eq!(later(to("a"), NextRequest::Stop), NextRequest::Stop);
    }

    proptest! {
        #[test]
        fn without_a_word_every_item_runs_once(count in 0_usize..30) {
            let items: Vec<_> = (0..count).map(|i| json!({"name": format!("n{i}"), "request": "h"})).collect();
            let collection = Collection::from_value(json!({"item": items}));
            let plan = Plan::new(&collection, &[]).unwrap();
            let (mut step, mut seen) = (plan.first(), Vec::new());
            while let Step::Run(at) = step {
                seen.push(at);
                step = plan.next(at, &NextRequest::Unset);
            }
            prop_assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }
}
