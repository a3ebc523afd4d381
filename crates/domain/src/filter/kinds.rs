//! What is known of a filter's values before any event is there: enough to refuse what can never be true.

use cel::common::ast::{CallExpr, LiteralValue, operators};

/// The kind of a value, where it does not depend on the event's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Truth,
    Whole,
    Fraction,
    Text,
    Null,
    List,
    Map,
    Time,
    Span,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Truth => "true or false",
            Self::Whole => "a whole number",
            Self::Fraction => "a number with a fraction",
            Self::Text => "a text",
            Self::Null => "null",
            Self::List => "a list",
            Self::Map => "an object",
            Self::Time => "a time",
            Self::Span => "a duration",
        }
    }

    const fn is_number(self) -> bool {
        matches!(self, Self::Whole | Self::Fraction)
    }

    pub(super) const fn of(literal: &LiteralValue) -> Option<Self> {
        match literal {
            LiteralValue::Boolean(_) => Some(Self::Truth),
            LiteralValue::Int(_) => Some(Self::Whole),
            LiteralValue::Double(_) => Some(Self::Fraction),
            LiteralValue::String(_) => Some(Self::Text),
            LiteralValue::Null => Some(Self::Null),
            LiteralValue::Bytes(_) | LiteralValue::UInt(_) => None,
        }
    }
}

/// What an operator gives; an error says in what way its operands do not fit. `None`: not an operator.
pub(super) fn of_operator(call: &CallExpr, given: &[Option<Kind>]) -> Option<Result<Option<Kind>, String>> {
    let truth = Some(Ok(Some(Kind::Truth)));
    let name = call.func_name.as_str();
    match (name, given) {
        (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, _) => {
            match given.iter().flatten().find(|kind| **kind != Kind::Truth) {
                Some(wrong) => Some(Err(format!("`{}` joins what is true or false, not {}", symbol(name), wrong.word()))),
                None => truth,
            }
        }
        (operators::NOT_STRICTLY_FALSE, _) => truth,
        (operators::CONDITIONAL, [condition, yes, no]) => match condition {
            Some(wrong) if *wrong != Kind::Truth => Some(Err(format!("what stands before `?` is {}, not true or false", wrong.word()))),
            _ => Some(Ok(yes.filter(|_| yes == no))),
        },
        (operators::EQUALS | operators::NOT_EQUALS, [Some(left), Some(right)]) if left != right => {
            let alike = (left.is_number() && right.is_number()) || *left == Kind::Null || *right == Kind::Null;
            let never = || format!("`{}` compares {} with {}", symbol(name), left.word(), right.word());
            if alike { truth } else { Some(Err(never())) }
        }
        (operators::EQUALS | operators::NOT_EQUALS, _) => truth,
        (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS, [left, right]) => {
            let unordered = |kind: &Kind| matches!(kind, Kind::List | Kind::Map | Kind::Null);
            match (left, right) {
                (Some(kind), _) | (_, Some(kind)) if unordered(kind) => Some(Err(format!("{} has no order", kind.word()))),
                (Some(left), Some(right)) if left != right && !(left.is_number() && right.is_number()) => {
                    Some(Err(format!("`{}` compares {} with {}", symbol(name), left.word(), right.word())))
                }
                _ => truth,
            }
        }
        (operators::IN, [_, Some(within)]) if !matches!(within, Kind::List | Kind::Map) => {
            Some(Err(format!("`in` looks into a list or an object, not into {}", within.word())))
        }
        (operators::IN, _) => truth,
        (operators::INDEX, [Some(of), _]) if !matches!(of, Kind::List | Kind::Map) => {
            Some(Err(format!("`[…]` takes a member of {}", of.word())))
        }
        (operators::INDEX, _) => Some(Ok(None)),
        (operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO, [left, right]) => {
            Some(arithmetic(name, *left, *right))
        }
        (operators::NEGATE, [kind]) => match kind {
            Some(kind) if !kind.is_number() => Some(Err(format!("`-` negates a number, not {}", kind.word()))),
            kind => Some(Ok(*kind)),
        },
        _ => None,
    }
}

fn arithmetic(name: &str, left: Option<Kind>, right: Option<Kind>) -> Result<Option<Kind>, String> {
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(None);
    };
    let adds = name == operators::ADD;
    let shifts = adds || name == operators::SUBSTRACT;
    match (left, right) {
        (Kind::Whole, Kind::Whole) | (Kind::Fraction, Kind::Fraction) => Ok(Some(left)),
        (Kind::Text, Kind::Text) | (Kind::List, Kind::List) if adds => Ok(Some(left)),
        (Kind::Time, Kind::Span) if shifts => Ok(Some(Kind::Time)),
        (Kind::Span, Kind::Span) if shifts => Ok(Some(Kind::Span)),
        (Kind::Span, Kind::Time) if adds => Ok(Some(Kind::Time)),
        (Kind::Time, Kind::Time) if shifts && !adds => Ok(Some(Kind::Span)),
        _ => Err(format!("`{}` does not take {} and {}", symbol(name), left.word(), right.word())),
    }
}

/// `_&&_` as it is written.
fn symbol(name: &str) -> &str {
    name.trim_matches('_').trim_start_matches('@')
}
