//! `{{ … }}` templates, as the profile `custom` has them: the Jinja language of the minijinja crate, narrowed.
//!
//! The engine writes a mark in place of every value; the marks are then replaced by position. Nothing is read from
//! anywhere but the context, and steps, output and the bytes that filters go through are bounded.

use std::{
    io,
    sync::{Mutex, OnceLock, PoisonError},
};

use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, value::Object};

use super::{
    Fault, Kind, OUTPUT_BYTES, check_size,
    place::{Piece, place, too_long},
    words::{self, CLOSE, OPEN},
};

mod filters;

/// Steps of the engine for one body.
const FUEL: u64 = 100_000;
/// Bytes that filters may go through for one body.
const FILTERED_BYTES: usize = 16 * OUTPUT_BYTES;
const VALUES: &str = "values";

/// Renders a template with `context`, an object.
///
/// # Errors
/// What the template says wrong, with its place; a body that is not what `kind` says, or too long.
pub fn render(template: &str, kind: Kind, context: &serde_json::Value) -> Result<String, Fault> {
    check_size(template)?;
    words::check(template)?;
    let compiled = environment().template_from_str(template).map_err(fault)?;
    let mut marked = Bounded(Vec::new());
    let captured = compiled.render_captured_to(context, &mut marked).map_err(fault)?;
    let values = captured.state().get_or_set_temp_object(VALUES, Printed::default);
    let mut values = std::mem::take(&mut values.lock().values).into_iter();
    drop(captured);
    let marked = String::from_utf8(marked.0).map_err(|_| Fault::new(None, "it gives no text"))?;
    let mut pieces = Vec::new();
    for (number, part) in marked.split(OPEN).enumerate() {
        let text = match part.split_once(CLOSE) {
            Some((_, text)) if number > 0 => {
                pieces.push(Piece::Value(values.next().unwrap_or_default()));
                text
            }
            _ => part,
        };
        pieces.push(Piece::Text(text, None));
    }
    place(kind, &pieces)
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::empty();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_keep_trailing_newline(true);
        // Positions of faults; the texts that come with them are not shown.
        environment.set_debug(true);
        environment.set_formatter(mark);
        filters::add(&mut environment);
        environment
    })
}

/// The values that were printed, in their order, and what has been used up.
#[derive(Debug, Default)]
struct Printed(Mutex<Used>);

#[derive(Debug, Default)]
struct Used {
    values: Vec<serde_json::Value>,
    printed: usize,
    filtered: usize,
}

impl Object for Printed {}

impl Printed {
    fn lock(&self) -> std::sync::MutexGuard<'_, Used> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints a mark and keeps the value.
fn mark(out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    let known = state.get_or_set_temp_object(VALUES, Printed::default);
    let mut used = known.lock();
    let plain = serde_json::to_value(value).map_err(|_| Error::new(ErrorKind::BadSerialization, "this value cannot be written"))?;
    used.printed += plain.as_str().map_or_else(|| plain.to_string().len(), str::len);
    if used.printed > OUTPUT_BYTES {
        return Err(Error::new(ErrorKind::InvalidOperation, too_long().why));
    }
    used.values.push(plain);
    write!(out, "{OPEN}{CLOSE}").map_err(|_| Error::new(ErrorKind::WriteFailure, "the body cannot be written"))
}

/// Counts bytes that a filter goes through.
fn charge(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    let known = state.get_or_set_temp_object(VALUES, Printed::default);
    let mut used = known.lock();
    used.filtered = used.filtered.saturating_add(bytes);
    if used.filtered > FILTERED_BYTES {
        return Err(Error::new(ErrorKind::InvalidOperation, "its filters have too much to do"));
    }
    Ok(())
}

struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES {
            return Err(io::Error::other(too_long().why));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fault(error: Error) -> Fault {
    let why = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
        ErrorKind::WriteFailure => too_long().why,
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    Fault {
        line: error.line(),
        ..Fault::new(error.range().map(|range| range.start), why)
    }
}
