//! From a body of a document, variables substituted, to bytes with their content type.

use bytes::Bytes;
use serde_json::Value;

use crate::files::{FileAccess, content_type};
use crate::format::body::PartValue;
use crate::format::{Body, FormPart, Mode};
use crate::script::engine::text::from_base64;
use crate::url::encode_form;

/// Methods whose body is not sent unless the profile says `disableBodyPruning`.
const BODYLESS: [&str; 5] = ["GET", "COPY", "HEAD", "PURGE", "UNLOCK"];

/// Bytes of a body and what must be said about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payload {
    pub bytes: Bytes,
    /// Content type when the user gave none.
    pub content_type: Option<String>,
    /// The content type stands before the system headers (raw bodies), not behind them.
    pub leads: bool,
    /// Files that were not sent, with the reason.
    pub warnings: Vec<String>,
}

/// Whether the method sends a body at all.
pub fn is_pruned(method: &str, keep: bool) -> bool {
    !keep && BODYLESS.contains(&method.to_ascii_uppercase().as_str())
}

/// Builds the payload; `None` when nothing is sent, not even a length.
///
/// `boundary` separates the parts of a multipart body.
pub fn build(body: &Body, files: &dyn FileAccess, boundary: &str) -> Option<Payload> {
    if body.disabled {
        return None;
    }
    match &body.mode {
        // An empty raw body says nothing of its type but is sent with length 0.
        Mode::Raw { text, .. } if text.is_empty() => Some(Payload::default()),
        Mode::Raw { text, language } => Some(leading(text.clone(), language_type(language.as_deref()))),
        Mode::Urlencoded(rows) => {
            let enabled = rows.iter().filter(|r| !r.disabled);
            // Rows of one key come together at the place of the first.
            let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
            for row in enabled {
                let (key, value) = (row.key.as_deref().unwrap_or_default(), row.value.as_deref().unwrap_or_default());
                match grouped.iter_mut().find(|(k, _)| *k == key) {
                    Some((_, values)) => values.push(value),
                    None => grouped.push((key, vec![value])),
                }
            }
            // The reference keeps them in a JavaScript object, where numbers come first.
            grouped.sort_by_key(|(key, _)| index(key).map_or((true, 0), |n| (false, n)));
            let pairs = grouped.iter().flat_map(|(key, values)| {
                values
                    .iter()
                    .map(move |value| format!("{}={}", encode_form(key), encode_form(value)))
            });
            let text = pairs.collect::<Vec<_>>().join("&");
            (!rows.is_empty()).then(|| trailing(text, "application/x-www-form-urlencoded".into()))
        }
        Mode::Formdata(parts) => (!parts.is_empty()).then(|| multipart(parts, files, boundary)),
        Mode::File { src, content } => file(src.as_deref(), content.as_deref(), files),
        Mode::Graphql {
            query,
            operation_name,
            variables,
        } => {
            let text = graphql([("query", query), ("operationName", operation_name), ("variables", variables)]);
            Some(leading(text, "application/json"))
        }
    }
}

/// A key that JavaScript takes for an index.
fn index(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number < u32::MAX && number.to_string() == key).then_some(number)
}

fn leading(text: String, content_type: &str) -> Payload {
    Payload {
        bytes: text.into(),
        content_type: Some(content_type.into()),
        leads: true,
        warnings: Vec::new(),
    }
}

fn trailing(text: String, content_type: String) -> Payload {
    Payload {
        bytes: text.into(),
        content_type: Some(content_type),
        leads: false,
        warnings: Vec::new(),
    }
}

/// The content type that a language of the editor stands for.
pub fn language_type(language: Option<&str>) -> &'static str {
    match language {
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("html") => "text/html",
        Some("javascript") => "application/javascript",
        _ => "text/plain",
    }
}

fn file(src: Option<&str>, content: Option<&str>, files: &dyn FileAccess) -> Option<Payload> {
    let mut payload = Payload {
        leads: true,
        ..Payload::default()
    };
    match (src.filter(|s| !s.is_empty()), content) {
        (Some(path), _) => match files.read(path) {
            Ok(bytes) => {
                payload.bytes = bytes;
                payload.content_type = Some(content_type(path).into());
                payload.leads = false;
            }
            Err(why) => payload.warnings.push(why),
        },
        (None, Some(content)) => payload.bytes = from_base64(content).into(),
        (None, None) => return None,
    }
    Some(payload)
}

/// Variables that are text are JSON already and go in unparsed; empty ones are left out. With
/// them, only fields that are text count, without them whatever the document has.
fn graphql(fields: [(&str, &Option<Value>); 3]) -> String {
    let as_text = fields[2].1.as_ref().is_some_and(Value::is_string);
    let written = fields.into_iter().filter_map(|(name, value)| match value.as_ref()? {
        Value::String(text) if name == "variables" => (!text.is_empty()).then(|| format!("\"variables\":{text}")),
        other if as_text && !other.is_string() => None,
        other => Some(format!("\"{name}\":{other}")),
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

fn multipart(parts: &[FormPart], files: &dyn FileAccess, boundary: &str) -> Payload {
    let mut out: Vec<u8> = Vec::new();
    let mut warnings = Vec::new();
    let mut sent = 0;
    let mut part = |head: String, content: &[u8]| {
        out.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        out.extend_from_slice(content);
        out.extend_from_slice(b"\r\n");
    };
    for entry in parts.iter().filter(|p| !p.disabled) {
        let name = format!("name=\"{}\"", quoted(&entry.key));
        let typed = |default: Option<&str>| {
            entry
                .content_type
                .as_deref()
                .or(default)
                .map_or_else(String::new, |t| format!("\r\nContent-Type: {t}"))
        };
        let named = |shown: &str| format!("{name}; filename=\"{}\"", quoted(shown));
        match &entry.value {
            PartValue::Text(text) => {
                let guessed = entry.file_name.as_deref().filter(|f| !f.is_empty()).map(content_type);
                let shown = entry.file_name.as_deref().map_or_else(|| name.clone(), named);
                part(format!("{shown}{}", typed(guessed)), text.as_bytes());
                sent += 1;
            }
            // No file is chosen: browsers send an empty one, and so does the reference.
            PartValue::Files(paths) if paths.is_empty() => {
                let guessed = entry.file_name.as_deref().filter(|f| !f.is_empty()).map(content_type);
                let shown = named(entry.file_name.as_deref().unwrap_or_default());
                part(format!("{shown}{}", typed(guessed)), b"");
                sent += 1;
            }
            PartValue::Inline(content) => {
                let guessed = entry.file_name.as_deref().map_or("application/octet-stream", content_type);
                let shown = entry.file_name.as_deref().map_or_else(|| name.clone(), named);
                part(format!("{shown}{}", typed(Some(guessed))), &from_base64(content));
                sent += 1;
            }
            PartValue::Files(paths) => {
                for path in paths {
                    match files.read(path) {
                        Ok(content) => {
                            let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
                            let shown = named(entry.file_name.as_deref().unwrap_or(base));
                            part(format!("{shown}{}", typed(Some(content_type(path)))), &content);
                            sent += 1;
                        }
                        Err(why) => warnings.push(why),
                    }
                }
            }
        }
    }
    if sent == 0 && !warnings.is_empty() {
        return Payload {
            warnings,
            ..Payload::default()
        };
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={boundary}");
    Payload {
        bytes: out.into(),
        content_type: Some(content_type),
        leads: false,
        warnings,
    }
}

/// A name within quotes of a header, as browsers escape it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::files::NoFiles;

    struct OneFile;
    impl FileAccess for OneFile {
        fn read(&self, path: &str) -> Result<Bytes, String> {
            if path == "hello.txt" {
                Ok(Bytes::from_static(b"hello"))
            } else {
                Err(format!("no `{path}`"))
            }
        }
    }

    fn built(body: Value, files: &dyn FileAccess) -> Payload {
        build(&Body::from_value(&body).unwrap(), files, "B").unwrap()
    }

    #[test]
    fn graphql_keeps_the_text_of_its_variables() {
        let body = json!({"mode": "graphql", "graphql": {"query": "query A { a }", "operationName": "B", "variables": "{\"id\": \"12\"}"}});
        assert_eq!(
            built(body, &NoFiles).bytes,
            r#"{"query":"query A { a }","operationName":"B","variables":{"id": "12"}}"#
        );
        let empty = json!({"mode": "graphql", "graphql": {"query": "{ ping }", "variables": ""}});
        assert_eq!(built(empty, &NoFiles).bytes, r#"{"query":"{ ping }"}"#);
    }

    #[test]
    fn a_multipart_body_is_written_as_the_reference_writes_it() {
        let body = json!({"mode": "formdata", "formdata": [
            {"key": "note", "value": "ü", "type": "text"}, {"key": "off", "value": "x", "disabled": true},
            {"key": "j", "value": "{}", "contentType": "application/json"}, {"key": "doc", "type": "file", "src": ["hello.txt", "gone"]}]});
        let payload = built(body, &OneFile);
        assert_eq!(
            payload.bytes,
            "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nü\r\n\
             --B\r\nContent-Disposition: form-data; name=\"j\"\r\nContent-Type: application/json\r\n\r\n{}\r\n\
             --B\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"hello.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B--\r\n"
        );
        assert_eq!(payload.warnings, ["no `gone`"]);
    }

    #[test]
    fn an_empty_raw_body_has_a_length_but_no_type() {
        let payload = built(
            json!({"mode": "raw", "raw": "", "options": {"raw": {"language": "json"}}}),
            &NoFiles,
        );
        assert_eq!(payload, Payload::default());
    }

    #[test]
    fn forms_encode_strictly_and_bring_duplicates_together() {
        let body = json!({"mode": "urlencoded", "urlencoded": [
            {"key": "a", "value": "x y!"}, {"key": "b", "value": "1"}, {"key": "a", "value": "2"}, {"key": "c", "value": "3", "disabled": true}]});
        assert_eq!(built(body, &NoFiles).bytes, "a=x%20y%21&a=2&b=1");
    }

    #[test]
    fn bodies_of_get_are_pruned_unless_kept() {
        assert!(is_pruned("get", false) && is_pruned("PURGE", false));
        assert!(!is_pruned("GET", true) && !is_pruned("POST", false) && !is_pruned("DELETE", false));
    }
}
