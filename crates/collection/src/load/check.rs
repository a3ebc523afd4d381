//! Shape checks: what must hold before a document is used, and nothing more.

use serde_json::Value;

use super::{LoadError, locate};
use crate::format::document::Members;

/// What is wrong and where, before the place is looked up in the text.
pub struct Problem {
    path: String,
    message: String,
    hint: String,
}

impl Problem {
    fn new(path: &str, message: impl Into<String>, hint: &str) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
            hint: hint.to_owned(),
        }
    }

    /// Finds the line and column of the path.
    pub fn locate(self, text: &str, origin: &str) -> LoadError {
        // A document out of an envelope has its paths one level deeper in the text.
        let deeper = ["collection", "environment", "globals"].map(|key| format!("{key}.{}", self.path));
        let offset = locate::offset_of(text, &self.path)
            .or_else(|| deeper.iter().find_map(|path| locate::offset_of(text, path)))
            .unwrap_or(0);
        let (line, column) = locate::line_column(text, offset);
        LoadError {
            origin: origin.to_owned(),
            line,
            column,
            path: self.path,
            message: self.message,
            hint: self.hint,
        }
    }
}

/// Whether [`collection`] has nothing against the outermost members of a document.
pub fn looks_like_collection(members: &Members<'_>) -> bool {
    let has = |key: &str| members.find(key).is_some();
    let schema = members.value("info").unwrap_or_default()["schema"]
        .as_str()
        .is_some_and(|schema| schema.contains("/v1."));
    has("item") && !schema && !has("openapi") && !has("swagger")
}

/// A collection has `info` and a list `item` whose entries are objects.
pub fn collection(value: &Value) -> Result<(), Problem> {
    let Some(map) = value.as_object() else {
        return Err(Problem::new("", format!("a collection is an object, this is {}", kind(value)), ""));
    };
    let schema = value["info"]["schema"].as_str().unwrap_or_default();
    let is_v1 = map.contains_key("requests") && !map.contains_key("item") || schema.contains("/v1.");
    if is_v1 {
        return Err(Problem::new(
            if map.contains_key("requests") { "requests" } else { "info.schema" },
            "this is a collection of format v1, which is not supported",
            "open it in Postman and export it as Collection v2.1",
        ));
    }
    if map.contains_key("values") && !map.contains_key("item") {
        return Err(Problem::new(
            "values",
            "this is an environment or globals document, not a collection",
            "give it as the environment (`-e FILE`), and a collection as the collection",
        ));
    }
    if map.contains_key("openapi") || map.contains_key("swagger") {
        return Err(Problem::new(
            "",
            "this is an OpenAPI document, not a collection",
            "import it in Postman and export the collection that comes out",
        ));
    }
    if !map.contains_key("item") {
        return Err(Problem::new(
            "",
            "no `item` list: this is no Postman collection",
            "export the collection from Postman as Collection v2.1",
        ));
    }
    items(&value["item"], "item")
}

fn items(list: &Value, path: &str) -> Result<(), Problem> {
    let nodes = match list {
        Value::Array(nodes) => nodes,
        Value::Null => return Ok(()),
        other => {
            return Err(Problem::new(
                path,
                format!("expected a list of requests and folders, found {}", kind(other)),
                "write `[…]` here",
            ));
        }
    };
    for (index, node) in nodes.iter().enumerate() {
        let here = format!("{path}[{index}]");
        if node.is_null() {
            continue;
        }
        if !node.is_object() {
            return Err(Problem::new(
                &here,
                format!("expected a request or a folder, found {}", kind(node)),
                "an entry is an object with `request` or `item`",
            ));
        }
        let request = &node["request"];
        if !(request.is_null() || request.is_object() || request.is_string()) {
            return Err(Problem::new(
                &format!("{here}.request"),
                format!("expected a request, found {}", kind(request)),
                "a request is an object, or its URL as a string",
            ));
        }
        if node.get("item").is_some() {
            items(&node["item"], &format!("{here}.item"))?;
        }
    }
    Ok(())
}

/// An environment or globals document has a list (or map) of `values`.
pub fn values(value: &Value, what: &'static str) -> Result<(), Problem> {
    let hint = "export it from Postman, or write `{\"name\": \"…\", \"values\": [{\"key\": \"…\", \"value\": \"…\"}]}`";
    if value.get("item").is_some() || value.get("info").is_some() {
        return Err(Problem::new("", format!("this is a collection, not {what}"), hint));
    }
    match value.get("values") {
        Some(Value::Object(_) | Value::Null) => Ok(()),
        Some(Value::Array(entries)) => match entries.iter().position(|e| !e.is_object()) {
            Some(index) => Err(Problem::new(
                &format!("values[{index}]"),
                format!("expected `{{\"key\": …, \"value\": …}}`, found {}", kind(&entries[index])),
                hint,
            )),
            None => Ok(()),
        },
        Some(other) => Err(Problem::new("values", format!("expected a list, found {}", kind(other)), hint)),
        None => Err(Problem::new("", format!("no `values` list: this is no {what} document"), hint)),
    }
}

/// What a value is, in words.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
