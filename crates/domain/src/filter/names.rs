//! The words of a filter: the event's members and the functions, which are those of CEL's standard library.

use super::kinds::Kind;

/// Members of an event.
pub(super) const MEMBERS: [&str; 5] = ["type", "subject", "time", "id", "data"];

/// Names of types, for `type(data.count) == int`.
pub(super) const TYPES: [&str; 9] = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "uint"];

/// What a member is. Of data nothing is known but that they are an object.
pub(super) fn member_kind(name: &str) -> Option<Kind> {
    match name {
        "type" | "subject" | "id" => Some(Kind::Text),
        "time" => Some(Kind::Time),
        "data" | "event" => Some(Kind::Map),
        _ => None,
    }
}

/// A function: how it is called, with how many arguments, and what it gives.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// `f(x)`: number of arguments.
    pub(super) global: &'static [usize],
    /// `x.f(…)`: number of arguments beside `x`.
    pub(super) member: &'static [usize],
    pub(super) gives: Option<Kind>,
}

const fn global(name: &'static str, gives: Option<Kind>) -> Function {
    Function {
        name,
        global: &[1],
        member: &[],
        gives,
    }
}

const fn of_text(name: &'static str) -> Function {
    Function {
        name,
        global: &[],
        member: &[1],
        gives: Some(Kind::Truth),
    }
}

/// With a time zone or without.
const fn of_time(name: &'static str) -> Function {
    Function {
        name,
        global: &[],
        member: &[0, 1],
        gives: Some(Kind::Whole),
    }
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "size",
        global: &[1],
        member: &[0],
        gives: Some(Kind::Whole),
    },
    of_text("contains"),
    of_text("startsWith"),
    of_text("endsWith"),
    of_text("matches"),
    global("bool", Some(Kind::Truth)),
    global("bytes", None),
    global("double", Some(Kind::Fraction)),
    global("duration", Some(Kind::Span)),
    global("dyn", None),
    global("int", Some(Kind::Whole)),
    global("string", Some(Kind::Text)),
    global("timestamp", Some(Kind::Time)),
    global("type", None),
    global("uint", None),
    of_time("getDate"),
    of_time("getDayOfMonth"),
    of_time("getDayOfWeek"),
    of_time("getDayOfYear"),
    of_time("getFullYear"),
    of_time("getHours"),
    of_time("getMilliseconds"),
    of_time("getMinutes"),
    of_time("getMonth"),
    of_time("getSeconds"),
];

/// The loops and `has`, for hints: the parser knows them itself.
pub(super) const MACROS: [&str; 6] = ["has", "all", "exists", "exists_one", "map", "filter"];
