//! What went wrong in a filter, in words for the person who wrote it.
//!
//! The library's own texts print whole values; an event's data do not belong in a reason, and may be long.

use cel::{ExecutionError, ParseErrors, Value};

use super::check::{self, Place};
use crate::Problem;

/// Longest word of somebody else's that a reason repeats, in characters.
const WORD: usize = 80;

/// What a value is, without itself.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
        Value::String(_) => "a text",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
        Value::Timestamp(_) => "a time",
        Value::Duration(_) => "a duration",
        _ => "something else",
    }
}

/// Why a filter has no answer for an event.
pub(super) fn of(error: &ExecutionError) -> String {
    use ExecutionError as E;
    match error {
        E::NoSuchKey(key) => format!("no such key `{}`", short(key)),
        E::NoSuchOverload(overload) => {
            let types: Vec<String> = overload.argument_types().iter().map(|name| short(name)).collect();
            let function = overload.function().trim_matches('_').trim_start_matches('@');
            format!("`{}` does not take {}", short(function), types.join(" and "))
        }
        E::UnexpectedType { got, want } => format!("{} stands where {} is wanted", short(got), short(want)),
        E::UndeclaredReference(name) => format!("there is no `{}`", short(name)),
        E::ValuesNotComparable(left, right) => format!("{} cannot be compared with {}", kind(left), kind(right)),
        E::UnsupportedBinaryOperator(operator, left, right) => format!("`{operator}` does not take {} and {}", kind(left), kind(right)),
        E::UnsupportedIndex(index, of) => format!("{} has no member by {}", kind(of), kind(index)),
        E::UnsupportedKeyType(key) => format!("{} is no key", kind(key)),
        E::IndexOutOfBounds(_) => "the list is shorter than that".to_owned(),
        E::DivisionByZero(_) | E::RemainderByZero(_) => "a division by zero".to_owned(),
        E::Overflow(..) => "a number grew too large".to_owned(),
        E::InvalidArgumentCount { expected, actual } => format!("a function takes {expected} arguments, not {actual}"),
        E::UnsupportedTargetType { target } => format!("a function does not take {}", kind(target)),
        E::NotSupportedAsMethod { method, target } => format!("`{}` does not take {}", short(method), kind(target)),
        E::FunctionError { function, message } => format!("`{}`: {}", short(function), short(message)),
        E::DuplicateKey(_) => "an object names a key twice".to_owned(),
        _ => "it has no answer for this event".to_owned(),
    }
}

/// The first thing that the parser did not understand.
pub(super) fn syntax(errors: &ParseErrors, text: &str) -> Problem {
    let Some(first) = errors.errors.first() else {
        return Problem::invalid("filter", "the filter cannot be read").hint(check::EXAMPLE);
    };
    let line = usize::try_from(first.pos.0).unwrap_or(1).max(1);
    let lines = text.lines().count().max(1);
    let place = Place {
        line: line.min(lines),
        column: usize::try_from(first.pos.1).unwrap_or(1).max(1),
    };
    // Behind it stands every word that the grammar would take.
    let said = first.msg.split(" expecting ").next().unwrap_or_default();
    let said = said.strip_prefix("Syntax error: ").unwrap_or(said);
    let ended = said.contains("<EOF>");
    let what = if text.trim().is_empty() {
        "it is empty".to_owned()
    } else if ended {
        "it ends too early".to_owned()
    } else {
        short(said)
    };
    check::problem(place, &what, check::EXAMPLE)
}

pub(super) fn short(text: &str) -> String {
    let clean = text.lines().next().unwrap_or_default();
    match clean.char_indices().nth(WORD) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean.to_owned(),
    }
}
