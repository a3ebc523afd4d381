//! What may be saved as a filter: names and functions that exist, operands that can fit, and bounds on what it may cost.

use std::collections::HashMap;

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, SourceInfo, operators};
use regex::{Regex, RegexBuilder};

use super::{
    DEPTH, LOOPS, PLUSES, REGEX_BYTES,
    kinds::{self, Kind},
    names::{FUNCTIONS, MACROS, MEMBERS, TYPES, member_kind},
    reason::short,
};
use crate::{Problem, near};

/// For who does not know the language.
pub(super) const EXAMPLE: &str = "a filter looks like `data.priority > 3 && data.status == \"open\"`";

/// What the check found out.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) patterns: HashMap<String, Regex>,
    pub(super) loops: usize,
}

/// Where in the text, both from 1; the column in characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    fn of(offset: usize, text: &str) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

pub(super) fn problem(place: Place, what: &str, hint: &str) -> Problem {
    Problem::invalid("filter", format!("line {}, column {}: {what}", place.line, place.column)).hint(hint)
}

/// Bounds the nesting before the parser, which goes down into it, sees it.
pub(super) fn brackets(text: &str) -> Result<(), Problem> {
    let (mut depth, mut prefixes) = (0_usize, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        prefixes = match byte {
            b'!' | b'-' => prefixes + 1,
            b' ' | b'\t' | b'\n' | b'\r' => prefixes,
            _ => 0,
        };
        if depth > DEPTH || prefixes > DEPTH {
            return Err(too_deep(Place::of(at, text)));
        }
    }
    Ok(())
}

fn too_deep(place: Place) -> Problem {
    problem(place, &format!("more than {DEPTH} operators within each other"), "write it flatter")
}

pub(super) fn check(expression: &IdedExpr, source: &SourceInfo) -> Result<Checked, Problem> {
    let mut checker = Checker {
        source,
        bound: Vec::new(),
        pluses: 0,
        found: Checked::default(),
    };
    match checker.kind_of(expression, 0)? {
        None | Some(Kind::Truth) => Ok(checker.found),
        Some(other) => {
            let what = format!("the filter gives {}, not true or false", other.word());
            Err(checker.problem(expression, &what, "compare it with something: `==`, `<`, `in` …"))
        }
    }
}

struct Checker<'f> {
    source: &'f SourceInfo,
    /// Variables of the loops around, innermost last.
    bound: Vec<&'f str>,
    pluses: usize,
    found: Checked,
}

impl<'f> Checker<'f> {
    fn problem(&self, at: &IdedExpr, what: &str, hint: &str) -> Problem {
        problem(self.place(at), what, hint)
    }

    fn place(&self, at: &IdedExpr) -> Place {
        let start = self.source.offset_for(at.id).map_or(0, |(start, _)| start as usize);
        Place::of(start, &self.source.source)
    }

    fn kind_of(&mut self, at: &'f IdedExpr, depth: usize) -> Result<Option<Kind>, Problem> {
        if depth > DEPTH {
            return Err(too_deep(self.place(at)));
        }
        let depth = depth + 1;
        match &at.expr {
            Expr::Literal(literal) => Ok(Kind::of(literal)),
            Expr::Ident(name) => self.ident(at, name),
            Expr::Select(select) => self.select(at, select, depth),
            Expr::Call(call) => self.call(at, call, depth),
            Expr::List(list) => {
                for element in &list.elements {
                    self.kind_of(element, depth)?;
                }
                Ok(Some(Kind::List))
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.kind_of(&entry.key, depth)?;
                        self.kind_of(&entry.value, depth)?;
                    }
                }
                Ok(Some(Kind::Map))
            }
            Expr::Comprehension(of) => self.comprehension(at, of, depth),
            Expr::Struct(_) | Expr::Unspecified => Err(self.problem(at, "it makes an object of a named type", EXAMPLE)),
        }
    }

    fn ident(&self, at: &IdedExpr, name: &str) -> Result<Option<Kind>, Problem> {
        if name.starts_with('@') || TYPES.contains(&name) || self.bound.contains(&name) {
            return Ok(None);
        }
        if let Some(kind) = member_kind(name) {
            return Ok(Some(kind));
        }
        let known = MEMBERS.into_iter().chain(["event"]);
        let hint = near::hint(name, known, &format!("a member of the data is `data.{}`", short(name)));
        Err(self.problem(at, &format!("there is no `{}`", short(name)), &hint))
    }

    fn select(&mut self, at: &'f IdedExpr, select: &'f SelectExpr, depth: usize) -> Result<Option<Kind>, Problem> {
        let of = self.kind_of(&select.operand, depth)?;
        let field = select.field.as_str();
        let of_event = matches!(&select.operand.expr, Expr::Ident(name) if name == "event" && !self.bound.contains(&"event"));
        if of_event && !MEMBERS.contains(&field) {
            let what = format!("an event has no `{}`", short(field));
            return Err(self.problem(at, &what, "its members are `type`, `subject`, `time`, `id` and `data`"));
        }
        match of {
            Some(kind) if kind != Kind::Map => {
                let what = format!("{} has no member `{}`", kind.word(), short(field));
                Err(self.problem(at, &what, EXAMPLE))
            }
            _ if select.test => Ok(Some(Kind::Truth)),
            _ => Ok(member_kind(field).filter(|_| of_event)),
        }
    }

    fn call(&mut self, at: &'f IdedExpr, call: &'f CallExpr, depth: usize) -> Result<Option<Kind>, Problem> {
        let target = call.target.as_deref().map(|target| self.kind_of(target, depth)).transpose()?;
        let mut given = Vec::with_capacity(call.args.len());
        for argument in &call.args {
            given.push(self.kind_of(argument, depth)?);
        }
        if call.func_name == operators::ADD && !matches!(call.args.first().map(|a| &a.expr), Some(Expr::Ident(n)) if n.starts_with('@')) {
            self.pluses += 1;
            if self.pluses > PLUSES {
                return Err(self.problem(
                    at,
                    &format!("more than {PLUSES} `+`"),
                    "a filter compares; let the receiver put texts together",
                ));
            }
        }
        if call.target.is_none()
            && let Some(gives) = kinds::of_operator(call, &given)
        {
            return gives.map_err(|what| {
                self.problem(
                    at,
                    &what,
                    "turn one of them into the other's kind: `string(…)`, `double(…)`, `int(…)`",
                )
            });
        }
        self.function(at, call, target)
    }

    fn function(&mut self, at: &IdedExpr, call: &CallExpr, target: Option<Option<Kind>>) -> Result<Option<Kind>, Problem> {
        let name = call.func_name.as_str();
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) else {
            let known = FUNCTIONS.iter().map(|function| function.name).chain(MACROS);
            let hint = near::hint(name, known, "the functions are in docs/webhooks.md");
            return Err(self.problem(at, &format!("there is no function `{}` of this form", short(name)), &hint));
        };
        let counts = if target.is_some() { function.member } else { function.global };
        if !counts.contains(&call.args.len()) {
            let form = match (target.is_some(), function.member.is_empty()) {
                (_, true) => format!("it is called as `{name}(x)`"),
                (_, false) if function.global.is_empty() => format!("it is called as `x.{name}(…)`"),
                _ => format!("it is called as `{name}(x)` or `x.{name}()`"),
            };
            return Err(self.problem(at, &format!("`{name}` is not called like that"), &form));
        }
        if let Some(Some(kind)) = target
            && function.gives == Some(Kind::Truth)
            && kind != Kind::Text
        {
            let what = format!("`{name}` looks into a text, not into {}", kind.word());
            return Err(self.problem(at, &what, "for a list it is `\"x\" in data.list`"));
        }
        if name == "matches" {
            self.pattern(at, call)?;
        }
        Ok(function.gives)
    }

    /// Compiled here, once, and bounded.
    fn pattern(&mut self, at: &IdedExpr, call: &CallExpr) -> Result<(), Problem> {
        let Some(Expr::Literal(LiteralValue::String(pattern))) = call.args.first().map(|argument| &argument.expr) else {
            let hint = "write it in quotes: `data.title.matches(\"^urgent\")`";
            return Err(self.problem(at, "the pattern of `matches` is not a text in quotes", hint));
        };
        let pattern = pattern.inner();
        let regex = RegexBuilder::new(pattern)
            .size_limit(REGEX_BYTES)
            .dfa_size_limit(REGEX_BYTES)
            .build();
        match regex {
            Ok(regex) => {
                self.found.patterns.insert(pattern.to_owned(), regex);
                Ok(())
            }
            Err(regex::Error::CompiledTooBig(_)) => {
                let what = format!("the pattern `{}` is too large when it is compiled", short(pattern));
                Err(self.problem(at, &what, "repeat less: `{1,1000}` of a class of characters is large"))
            }
            Err(error) => {
                // The last line says what, those before show where.
                let text = error.to_string();
                let said = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let what = format!("`{}` is no regular expression: {}", short(pattern), short(said));
                Err(self.problem(at, &what, "it is RE2's syntax: no look-around and no back-references"))
            }
        }
    }

    fn comprehension(&mut self, at: &'f IdedExpr, of: &'f ComprehensionExpr, depth: usize) -> Result<Option<Kind>, Problem> {
        self.found.loops += 1;
        if self.found.loops > LOOPS {
            let what = format!("more than {LOOPS} loops (`all`, `exists`, `exists_one`, `map`, `filter`)");
            return Err(self.problem(
                at,
                &what,
                "split the webhook in two, or publish what the filter looks for as a member of its own",
            ));
        }
        if self.bound.len() > 1 {
            let what = "a loop in a loop in a loop";
            return Err(self.problem(at, what, "one loop may stand within another, no more"));
        }
        let range = self.kind_of(&of.iter_range, depth)?;
        if let Some(kind) = range.filter(|kind| !matches!(kind, Kind::List | Kind::Map)) {
            let what = format!("a loop runs over a list or an object, not over {}", kind.word());
            return Err(self.problem(at, &what, "for a text there are `contains`, `startsWith`, `endsWith` and `matches`"));
        }
        self.bound.push(of.iter_var.as_str());
        let stepped = self.kind_of(&of.loop_step, depth);
        self.bound.pop();
        stepped?;
        let gives_list = matches!(of.accu_init.expr, Expr::List(_));
        Ok(Some(if gives_list { Kind::List } else { Kind::Truth }))
    }
}
