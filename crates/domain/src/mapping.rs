//! Mappings: from a sender's body to an [`Observation`].
//!
//! What a resend cannot cure is a problem that names the JSON path; nothing malformed ever
//! becomes good news.

use serde_json::Value;

use crate::{Problem, limits, observation::Observation, source::Provider};

pub mod json;
pub mod postman;
pub mod watchbell;

/// Reads one body. `Ok(None)`: well-formed, but nothing that this source keeps incidents of
/// (an event of another type).
pub fn map(provider: Provider, body: &[u8]) -> Result<Option<Observation>, Problem> {
    let document = json::parse(body)?;
    let (observation, path) = match provider {
        Provider::Postman => (Some(postman::map(&document)?), "$.monitor_uid"),
        Provider::Watchbell => (watchbell::map(&document)?, "$.data.monitor_uid"),
    };
    if let Some(key) = observation.as_ref().map(|o| &o.key) {
        check_key(path, key)?;
    }
    Ok(observation)
}

fn check_key(path: &str, key: &str) -> Result<(), Problem> {
    if key.is_empty() {
        return Err(wrong(path, "is empty"));
    }
    if key.len() > limits::KEY_BYTES {
        return Err(wrong(path, &format!("is longer than {} bytes", limits::KEY_BYTES)));
    }
    if key.contains('\0') {
        return Err(wrong(path, "holds a NUL character"));
    }
    Ok(())
}

/// 422 at a JSON path.
pub(crate) fn wrong(path: &str, why: &str) -> Problem {
    Problem::new(422, "wrong-shape", "The body has not the expected shape", format!("`{path}` {why}")).at(path)
}

/// A text member; NUL characters are shown as U+FFFD (PostgreSQL cannot hold them).
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    value?
        .as_str()
        .map(|s| s.replace('\0', "\u{FFFD}"))
        .filter(|s| !s.trim().is_empty())
}

/// A name for people, cut to what a person may give.
pub(crate) fn title(value: Option<&Value>) -> Option<String> {
    text(value).map(|title| title.chars().take(limits::NAME_CHARACTERS).collect())
}

/// A count: a whole number that is not negative. `1.0` and `1e0` are 1; a number beyond
/// 64 bits stays a very large one, it never wraps.
pub(crate) fn count(path: &str, value: Option<&Value>) -> Result<u64, Problem> {
    let number = match value {
        None => return Err(wrong(path, "is missing")),
        Some(Value::Number(number)) => number,
        Some(Value::Null) => return Err(wrong(path, "is null, not a number")),
        Some(other) => return Err(wrong(path, &format!("is {}, not a number", json::kind(other)))),
    };
    if let Some(count) = number.as_u64() {
        return Ok(count);
    }
    let float = number.as_f64().unwrap_or(f64::NAN);
    if float < 0.0 {
        return Err(wrong(path, "is negative"));
    }
    if float.is_nan() || float.fract() != 0.0 {
        return Err(wrong(path, "is not a whole number"));
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, which is what is wanted"
    )]
    Ok(float as u64)
}

/// `2 failed tests and 1 error in 6 requests`.
pub(crate) fn summary(failed_tests: u64, errors: u64, requests: Option<u64>) -> String {
    let plural = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = Vec::new();
    if failed_tests > 0 {
        parts.push(plural(failed_tests, "failed test", "failed tests"));
    }
    if errors > 0 {
        parts.push(plural(errors, "error", "errors"));
    }
    let what = if parts.is_empty() {
        "no failures".to_owned()
    } else {
        parts.join(" and ")
    };
    requests.map_or_else(|| what.clone(), |n| format!("{what} in {}", plural(n, "request", "requests")))
}
