//! What is wrong with an input, in words: where, why, and the name that was probably meant.

use domain::Problem;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Path;

/// Parses JSON: 400 with line and column when it is none, 422 with the field when it does not fit.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Keeping track of the path costs as much as parsing: only what is wrong pays for it.
    serde_json::from_slice(bytes).or_else(|_| with_path(bytes))
}

fn with_path<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = field_of(error.path());
        json(error.into_inner(), path)
    })?;
    reader.end().map_err(|error| json(error, String::new()))?;
    Ok(parsed)
}

fn json(error: serde_json::Error, path: String) -> Problem {
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
            misfit(text, &path)
        }
        Category::Eof if error.line() <= 1 && error.column() == 0 => Problem::malformed("the body is empty").hint("send a JSON document"),
        Category::Syntax | Category::Eof | Category::Io => {
            let text = error.to_string();
            let text = text.split(" at line ").next().unwrap_or_default();
            Problem::malformed(format!(
                "the body is not JSON: line {}, column {}: {text}",
                error.line(),
                error.column()
            ))
        }
    }
}

/// A problem of a query, from the text of the rejection.
pub fn query(text: &str) -> Problem {
    let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text);
    let problem = match text.split_once(": ") {
        Some((field, why)) if !field.contains(' ') => misfit(why, field),
        _ => misfit(text, ""),
    };
    if problem.field.is_some() {
        return problem;
    }
    Problem {
        title: "The query cannot be read".to_owned(),
        ..problem
    }
}

/// A well-formed value that does not fit.
fn misfit(text: &str, path: &str) -> Problem {
    if let Some(name) = quoted_after(text, "missing field ") {
        let field = join(path, name);
        return Problem::invalid(field.clone(), format!("`{field}` is missing"));
    }
    if let Some(name) = quoted_after(text, "unknown field ") {
        let field = join(path, name);
        let problem = Problem::invalid(field.clone(), format!("`{field}` is no field here"));
        return match nearest(name, expected(text)) {
            Some(meant) => problem.hint(format!("did you mean `{meant}`?")),
            None => problem.hint(expected_hint(text)),
        };
    }
    if let Some(name) = quoted_after(text, "unknown variant ") {
        let problem = Problem::invalid(path, format!("`{name}` is none of the words of `{path}`"));
        return problem.hint(expected_hint(text));
    }
    if path.is_empty() {
        return Problem::new(422, "wrong-shape", "The body has not the expected shape", text);
    }
    Problem::invalid(path, format!("`{path}`: {text}"))
}

/// `.` is the document itself; an unknown member's own name may be missing.
fn field_of(path: &Path) -> String {
    let text = path.to_string();
    if text == "." {
        String::new()
    } else {
        text.trim_end_matches(".?").to_owned()
    }
}

fn join(path: &str, name: &str) -> String {
    let already = path == name || path.ends_with(&format!(".{name}"));
    match path {
        "" => name.to_owned(),
        _ if already => path.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

/// The names that serde lists after `expected`.
fn expected(text: &str) -> impl Iterator<Item = &str> {
    let list = text.split_once("expected").map_or("", |(_, list)| list);
    list.split('`').skip(1).step_by(2)
}

fn expected_hint(text: &str) -> String {
    let names: Vec<String> = expected(text).map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "there are no fields here".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    }
}

/// The name that is at most two edits (or a third of its length) away.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names
        .map(|other| (distance(name, other), other))
        .min_by_key(|(distance, _)| *distance)?;
    (near.0 <= 2.max(near.1.len() / 3)).then_some(near.1)
}

/// Levenshtein's distance in bytes; names are ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().take(100).enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let cost = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = cost.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[allow(dead_code)]
        name: String,
        #[serde(default)]
        #[allow(dead_code)]
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        seconds: u32,
    }

    fn problem(text: &str) -> (u16, String, String, String) {
        let problem = parse_json::<Outer>(text.as_bytes()).unwrap_err();
        (
            problem.status,
            problem.field.unwrap_or_default(),
            problem.detail,
            problem.hint.unwrap_or_default(),
        )
    }

    #[test]
    fn a_syntax_error_has_line_and_column() {
        let (status, _, detail, _) = problem("{\n \"name\": }");
        assert_eq!(
            (status, detail.as_str()),
            (400, "the body is not JSON: line 2, column 10: expected value")
        );
        assert_eq!(problem("").2, "the body is empty");
        assert_eq!(problem("{\"name\":\"a\"} x").0, 400);
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_path() {
        assert_eq!(problem("{}"), (422, "name".into(), "`name` is missing".into(), String::new()));
        let (status, field, detail, _) = problem(r#"{"name":"a","inner":{"seconds":"5"}}"#);
        assert_eq!((status, field.as_str()), (422, "inner.seconds"));
        assert!(detail.contains("expected u32"), "{detail}");
        let (_, field, _, hint) = problem(r#"{"name":"a","inner":{"second":5}}"#);
        assert_eq!((field.as_str(), hint.as_str()), ("inner.second", "did you mean `seconds`?"));
        let (_, field, _, hint) = problem(r#"{"name":"a","colour":5}"#);
        assert_eq!((field.as_str(), hint.as_str()), ("colour", "one of `name`, `inner`"));
        assert_eq!(problem("[]").0, 422);
    }
}
