//! Documents out of the workspace of a Watchbell server: `watchbell run Orders --server URL`.
//! A document is named by its id, its uid or its name.

use anyhow::{Result, bail};
use collection::Environment;
use serde::Deserialize;

use crate::cli::remote::Address;

/// What a server shows in the place of a secret value (`web::actions::environments`).
const MASK: &str = "••••••••";

/// A server, and the token that opens one of its workspaces.
#[derive(Debug, Clone)]
pub struct Workspace(Address);

#[derive(Deserialize)]
struct List {
    items: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    uid: String,
    name: String,
}

impl Workspace {
    /// # Errors
    /// As [`Address::new`].
    pub fn new(server: &str, token: Option<&str>) -> Result<Self> {
        Ok(Self(Address::new(server, token)?))
    }

    /// Adds the token to a request that goes to this server.
    pub fn authorize(&self, request: &mut egress::Request) {
        self.0.authorize(request);
    }

    /// Where the list of a kind (`collections`, `environments`) is.
    pub fn list(&self, plural: &str) -> String {
        self.0.api(plural)
    }

    /// Where the document is that a word names.
    ///
    /// # Errors
    /// None or several of that name; the message names what is near.
    pub fn document(&self, list: &[u8], plural: &str, word: &str) -> Result<String> {
        let Ok(List { items }) = serde_json::from_slice(list) else {
            bail!(
                "`{}` does not answer as a Watchbell server\n\nhint: --server takes the address of its pages, such as https://watch.example.com",
                self.0
            );
        };
        let singular = plural.trim_end_matches('s');
        let is_it = |entry: &&Entry| entry.id == word || entry.uid == word;
        let mut found: Vec<&Entry> = items.iter().filter(is_it).collect();
        if found.is_empty() {
            found = items
                .iter()
                .filter(|entry| entry.name.to_lowercase() == word.to_lowercase())
                .collect();
        }
        match found.as_slice() {
            [one] => Ok(format!("{}/{}/document", self.list(plural), one.id)),
            [] => {
                let names = items.iter().map(|entry| entry.name.as_str());
                let otherwise = format!("`GET /api/v1/{plural}` lists what is there; a file of that name is not here either");
                let hint = domain::near::hint(word, names, &otherwise);
                bail!("the workspace on `{}` has no {singular} `{word}`\n\nhint: {hint}", self.0)
            }
            several => {
                let ids: Vec<String> = several.iter().map(|entry| format!("`{}`", entry.id)).collect();
                bail!(
                    "the workspace has {} {plural} named `{word}`\n\nhint: say which by its id: {}",
                    several.len(),
                    ids.join(", ")
                )
            }
        }
    }
}

/// What to do about an answer of the server that is no document.
pub const fn hint(status: u16) -> &'static str {
    match status {
        401 => "\n\nhint: the server does not know this token; give one as --token or in WATCHBELL_TOKEN (made under Settings, API tokens)",
        403 => "\n\nhint: the token may not read this; make one whose role may",
        404 => "\n\nhint: is this the address of a Watchbell server?",
        _ => "",
    }
}

/// Takes the values out of an environment that the server does not give away, and names them.
pub fn without_masked(environment: &Environment) -> Option<(Environment, Vec<String>)> {
    let mut raw = environment.raw().clone();
    let mut names = Vec::new();
    raw["values"].as_array_mut()?.retain(|entry| {
        let masked = entry["type"] == "secret" && entry["value"] == MASK;
        if masked {
            names.extend(entry["key"].as_str().map(str::to_owned));
        }
        !masked
    });
    (!names.is_empty()).then(|| (Environment::from_value(raw), names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_an_id_or_a_name_and_near_names_are_told() {
        let workspace = Workspace::new("https://w.test/", Some("t")).unwrap();
        let list = br#"{"items":[{"id":"1","uid":"9-1","name":"Orders"},{"id":"2","uid":"9-2","name":"Stock"},{"id":"3","uid":"9-3","name":"Stock"}],"next":null}"#;
        let find = |word: &str| workspace.document(list, "collections", word).map_err(|error| error.to_string());
        let orders = Ok("https://w.test/api/v1/collections/1/document".to_owned());
        assert_eq!([find("1"), find("9-1"), find("orders")], [orders.clone(), orders.clone(), orders]);
        assert!(find("Order").unwrap_err().contains("did you mean `Orders`?"));
        assert!(find("stock").unwrap_err().contains("`2`, `3`"));
    }
}
