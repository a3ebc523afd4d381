//! Filters: which of the subscribed events a webhook hears of, as a CEL expression over the event.
//!
//! CEL is the Common Expression Language (github.com/google/cel-spec). A filter is text from a stranger: it is bounded when
//! it is saved (size, depth, loops, regular expressions), and every loop asks while it runs whether it may go on. What a
//! filter cannot answer (a key that is not there, a comparison of a text with a number) counts as *does not match*, with
//! the reason kept.

mod check;
mod kinds;
mod names;
mod reason;
mod rewrite;
mod values;

use std::{
    collections::HashMap,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, LazyLock},
};

use cel::{
    Context, Env, ExecutionError, Value,
    common::{ast::IdedExpr, value::CowVal},
    context::VariableResolver,
    extractors::This,
};
use regex::Regex;

pub use values::Seen;

use crate::Problem;

/// A filter, in bytes.
pub const BYTES: usize = 2_000;
/// Loops (`all`, `exists`, `exists_one`, `map`, `filter`) in a filter.
pub const LOOPS: usize = 4;
/// Operators and calls within each other.
const DEPTH: usize = 48;
/// `+` in a filter: texts and lists must not be grown without bound.
const PLUSES: usize = 8;
/// The compiled form of a regular expression, in bytes.
const REGEX_BYTES: usize = 1 << 18;

/// CEL's standard functions without optional values.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let env = Env::stdlib().with_optional_support(false);
    Arc::new(env)
});

/// A filter that may be asked.
#[derive(Debug)]
pub struct Filter {
    expression: IdedExpr,
    /// By their text, each a literal in the filter.
    patterns: Arc<HashMap<String, Regex>>,
    loops: usize,
}

/// What a filter says of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Matches,
    /// It does not, and asking again says the same: `filter: …`.
    Differs(String),
    /// It could not be asked to the end, so it does not; asked again it may say something else.
    Unfinished(String),
}

impl Verdict {
    /// Whether the event passes.
    pub fn matches(&self) -> bool {
        *self == Self::Matches
    }

    /// For people.
    pub fn reason(&self) -> &str {
        match self {
            Self::Matches => "filter: it matches",
            Self::Differs(reason) | Self::Unfinished(reason) => reason,
        }
    }

    /// It took longer than it may.
    pub fn too_slow() -> Self {
        Self::Unfinished("filter: it took too long for this event".to_owned())
    }
}

impl Filter {
    /// Reads and checks a filter.
    ///
    /// # Errors
    /// 422 at `filter`: what is wrong, with line and column, and what to do.
    pub fn compile(text: &str) -> Result<Self, Problem> {
        if text.len() > BYTES {
            let detail = format!("the filter is longer than {BYTES} bytes");
            return Err(Problem::invalid("filter", detail).hint("filter on less, or let two webhooks share the work"));
        }
        // The parser is somebody else's; a mistake of its own must not take anything else along.
        panic::catch_unwind(|| Self::parse(text))
            .unwrap_or_else(|_| Err(Problem::invalid("filter", "the filter cannot be read").hint(check::EXAMPLE)))
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        check::brackets(text)?;
        let parser = ENV.parser().max_recursion_depth(DEPTH as u16).error_recovery_limit(1);
        let parsed = parser.parse_with_source_info(text);
        let (mut expression, source) = parsed.map_err(|errors| reason::syntax(&errors, text))?;
        let checked = check::check(&expression, &source)?;
        rewrite::add_ticks(&mut expression);
        Ok(Self {
            expression,
            patterns: Arc::new(checked.patterns),
            loops: checked.loops,
        })
    }

    /// Whether its cost can grow faster than the event's size.
    pub fn has_loops(&self) -> bool {
        self.loops > 0
    }

    /// Asks it about an event. Before each turn of a loop it asks `may_go_on`; `false` ends it.
    pub fn judge(&self, seen: &Seen<'_>, may_go_on: &(dyn Fn() -> bool + Sync)) -> Verdict {
        let asked = panic::catch_unwind(AssertUnwindSafe(|| self.ask(seen, may_go_on)));
        match asked {
            Ok(Ok(Value::Bool(true))) => Verdict::Matches,
            Ok(Ok(Value::Bool(false))) => Verdict::Differs("filter: it is false".to_owned()),
            Ok(Ok(other)) => Verdict::Differs(format!("filter: it is {}, not true or false", reason::kind(&other))),
            Ok(Err(error)) => Verdict::Differs(format!("filter: {}", reason::of(&error))),
            Err(payload) if payload.is::<Stopped>() => Verdict::too_slow(),
            Err(_) => Verdict::Unfinished("filter: it failed for a reason of Watchbell's own".to_owned()),
        }
    }

    fn ask(&self, seen: &Seen<'_>, may_go_on: &(dyn Fn() -> bool + Sync)) -> Result<Value, ExecutionError> {
        if let Some(reason) = seen.unreadable() {
            return Err(ExecutionError::function_error("data", reason));
        }
        let variables = Variables { seen, may_go_on };
        let mut context = Context::with_env(Arc::clone(&ENV));
        context.set_variable_resolver(&variables);
        if !self.patterns.is_empty() {
            let patterns = Arc::clone(&self.patterns);
            let matches = move |This(text): This<Arc<String>>, pattern: Arc<String>| {
                let found = patterns.get(pattern.as_str()).map(|regex| regex.is_match(&text));
                found.ok_or_else(|| ExecutionError::function_error("matches", "the pattern is not a literal"))
            };
            // Only fails if the standard library had one.
            context
                .add_function("matches", matches)
                .map_err(|error| ExecutionError::function_error("matches", error))?;
        }
        Value::resolve(&self.expression, &context)
    }
}

/// What a stopped filter unwinds with: an error could be swallowed by `||`.
struct Stopped;

/// The event's members, and the hook in every loop.
struct Variables<'e> {
    seen: &'e Seen<'e>,
    may_go_on: &'e (dyn Fn() -> bool + Sync),
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        if variable == rewrite::TICK {
            if !(self.may_go_on)() {
                panic::resume_unwind(Box::new(Stopped));
            }
            return Some(CowVal::owned(cel::common::types::CelBool::from(true)));
        }
        self.seen.member(variable)
    }
}

#[cfg(test)]
mod tests;
