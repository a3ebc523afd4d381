//! The filters and tests that templates have: few, and each bounded.

use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::{OUTPUT_BYTES, charge};

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("default", |value: Value, other: Option<Value>| {
        if value.is_undefined() || value.is_none() {
            other.unwrap_or_default()
        } else {
            value
        }
    });
    environment.add_filter("upper", |state: &State<'_, '_>, text: String| one(state, &text, str::to_uppercase));
    environment.add_filter("lower", |state: &State<'_, '_>, text: String| one(state, &text, str::to_lowercase));
    environment.add_filter("trim", |state: &State<'_, '_>, text: String| {
        one(state, &text, |text| text.trim().to_owned())
    });
    environment.add_filter("replace", replace);
    environment.add_filter("truncate", truncate);
    environment.add_filter("join", join);
    environment.add_filter("json", |state: &State<'_, '_>, value: Value| {
        let text = serde_json::to_string(&value).map_err(|_| Error::new(ErrorKind::BadSerialization, "this value cannot be written"))?;
        charge(state, text.len())?;
        Ok::<_, Error>(text)
    });
    environment.add_filter("length", |value: Value| value.len().unwrap_or(0));
    environment.add_filter("first", |value: Value| value.get_item_by_index(0).unwrap_or_default());
    environment.add_filter("last", |value: Value| match value.len() {
        Some(length) if length > 0 => value.get_item_by_index(length - 1).unwrap_or_default(),
        _ => Value::UNDEFINED,
    });
    environment.add_test("defined", |value: Value| !value.is_undefined());
    environment.add_test("none", |value: Value| value.is_none() || value.is_undefined());
}

fn one(state: &State<'_, '_>, text: &str, change: impl Fn(&str) -> String) -> Result<String, Error> {
    charge(state, text.len())?;
    Ok(change(text))
}

#[allow(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn replace(state: &State<'_, '_>, text: String, from: String, to: String) -> Result<String, Error> {
    charge(state, text.len())?;
    let more = text.matches(&*from).count().saturating_mul(to.len());
    if text.len().saturating_add(more) > OUTPUT_BYTES {
        return Err(Error::new(ErrorKind::InvalidOperation, "`replace` gives more than fits a body"));
    }
    charge(state, more)?;
    Ok(text.replace(&*from, &to))
}

/// At most so many characters, the last one `…` if any were left out.
#[allow(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn truncate(state: &State<'_, '_>, text: String, most: usize) -> Result<String, Error> {
    charge(state, text.len())?;
    Ok(crate::profile::headline::cut(&text, most))
}

#[allow(clippy::needless_pass_by_value, reason = "the shape of a filter")]
fn join(state: &State<'_, '_>, list: Value, between: Option<String>) -> Result<String, Error> {
    let between = between.unwrap_or_default();
    let mut joined = String::new();
    for (number, item) in list.try_iter()?.enumerate() {
        if number > 0 {
            joined.push_str(&between);
        }
        match item.as_str() {
            Some(text) => joined.push_str(text),
            None => joined.push_str(&item.to_string()),
        }
        if joined.len() > OUTPUT_BYTES {
            return Err(Error::new(ErrorKind::InvalidOperation, "`join` gives more than fits a body"));
        }
    }
    charge(state, joined.len())?;
    Ok(joined)
}
