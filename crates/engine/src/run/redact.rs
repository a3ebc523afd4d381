//! What the log of a run must not show: the values of secret variables, and the credentials in headers and queries.
//!
//! Environments are sealed in the store; what a run made of them would stand there in plain text otherwise. A secret is found
//! wherever its value stands, also where a script or a server repeats it, as it is or encoded for a URL or for JSON.

use collection::{Collection, Environment, report::Execution};
use serde_json::Value;

use crate::mask;

/// Shorter values are not looked for: they stand everywhere by chance.
const SHORTEST: usize = 4;

/// The texts that are not shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    /// The longest first, so that no part of one stays.
    texts: Vec<String>,
}

impl Secrets {
    /// Those of the documents of a run: variables of the type `secret`.
    pub fn of(collection: &Collection, environment: Option<&Environment>) -> Self {
        let own = collection.document().member("variable");
        let variables = [own.as_ref(), environment.map(|environment| &environment.raw()["values"])];
        let entries = variables.into_iter().flatten().filter_map(Value::as_array).flatten();
        let secret = entries.filter(|entry| entry["type"] == "secret");
        let values = secret.filter_map(|entry| match &entry["value"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        Self::new(values)
    }

    fn new(values: impl Iterator<Item = String>) -> Self {
        let long = values.filter(|value| value.trim().len() >= SHORTEST);
        let mut texts: Vec<String> = long.flat_map(|value| forms(&value)).collect();
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        texts.dedup();
        Self { texts }
    }

    /// The text without them.
    pub fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.texts {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), mask::MASK);
            }
        }
        text
    }

    /// A URL without them and without the credentials of its query.
    pub fn hide_url(&self, url: &str) -> String {
        mask::url(&self.hide(url))
    }

    /// The whole execution as JSON, without them anywhere and without the credentials of its headers.
    pub fn detail(&self, execution: &Execution) -> String {
        let Ok(mut value) = serde_json::to_value(execution) else {
            return "{}".to_owned();
        };
        self.walk(&mut value);
        value.to_string()
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.hide(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), &mut *member) {
                        ("headers", Value::Array(headers)) => headers.iter_mut().for_each(mask_header),
                        ("url", Value::String(url)) => *url = mask::url(url),
                        _ => {}
                    }
                    self.walk(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A pair of name and value.
fn mask_header(header: &mut Value) {
    if let Some([Value::String(name), Value::String(value)]) = header.as_array_mut().map(Vec::as_mut_slice)
        && mask::is_credential(name)
    {
        mask::MASK.clone_into(value);
    }
}

/// A value as it may stand in a log.
fn forms(value: &str) -> [String; 4] {
    let json = Value::from(value).to_string();
    [
        value.to_owned(),
        collection::url::encode_form(value),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        json.trim_matches('"').to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use collection::{parse_collection, parse_environment, report::Received, request::Sent, script::ConsoleLine};
    use serde_json::json;

    use super::*;

    fn secrets() -> Secrets {
        let environment = json!({"name": "Shop", "values": [
            {"key": "token", "value": "s3cret/\"x", "type": "secret"},
            {"key": "pin", "value": "12", "type": "secret"},
            {"key": "host", "value": "example.org", "type": "default"},
        ]});
        let collection = json!({"info": {"name": "c", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
            "item": [], "variable": [{"key": "k", "value": "collection-secret", "type": "secret"}]});
        let environment = parse_environment(environment.to_string().as_bytes(), "e").unwrap();
        Secrets::of(
            &parse_collection(collection.to_string().as_bytes(), "c").unwrap(),
            Some(&environment),
        )
    }

    #[test]
    fn neither_secret_variables_nor_credentials_are_in_what_is_kept() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let execution = Execution {
            request: Some(Sent {
                method: "POST".to_owned(),
                url: "https://example.org/s3cret%2F%22x?api_key=abcdef&page=12".to_owned(),
                headers: vec![
                    header("Authorization", "Basic YWJj"),
                    header("X-Shop", "s3cret/\"x"),
                    header("Accept", "a/b"),
                ],
                body: Some(r#"{"token":"s3cret/\"x","other":"collection-secret"}"#.to_owned()),
            }),
            response: Some(Received {
                headers: vec![header("Set-Cookie", "session=abcdef")],
                body: "you sent s3cret/\"x".to_owned(),
                ..serde_json::from_value(
                    json!({"status": 200, "reason": "", "http_version": "", "headers": [], "body": "", "size": 0,
                    "time_ms": 0, "phases": collection::transport::Phases::default(), "redirects": 0}),
                )
                .unwrap()
            }),
            console: vec![ConsoleLine {
                level: "log".to_owned(),
                text: "collection-secret".to_owned(),
            }],
            ..Execution::default()
        };
        let detail = secrets().detail(&execution);
        for secret in ["s3cret", "YWJj", "abcdef", "collection-secret"] {
            assert!(!detail.contains(secret), "`{secret}` is in {detail}");
        }
        for shown in ["example.org", "page=12", "a/b", "you sent"] {
            assert!(detail.contains(shown), "`{shown}` is not in {detail}");
        }
        let kept: Execution = serde_json::from_str(&detail).unwrap();
        assert_eq!(kept.request.unwrap().headers[1].1, mask::MASK);
    }
}
