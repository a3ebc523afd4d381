//! QuickJS's most frequent error messages in the words that users know from Node.
//!
//! Reports are compared with newman's and searched for on the web; a message that says the
//! same in other words helps nobody.

use super::place::{Place, Token};

/// The message as V8 words it; unknown messages stay.
pub fn familiar(message: &str) -> String {
    plain(message).unwrap_or_else(|| message.to_owned())
}

/// The message as V8 words it, with what the source says at the place of the error.
/// `None`: it stays as it is.
pub fn worded(kind: &str, message: &str, place: Option<Place<'_>>) -> Option<String> {
    match kind {
        "TypeError" => place.and_then(|place| type_error(message, place)).or_else(|| plain(message)),
        "SyntaxError" => place.and_then(|place| syntax_error(message, place)).or_else(|| plain(message)),
        "RangeError" | "URIError" => plain(message),
        "ReferenceError" => message
            .strip_suffix(" is not initialized")
            .filter(|name| *name != "this")
            .map(|name| format!("Cannot access '{name}' before initialization")),
        _ => None,
    }
}

fn plain(message: &str) -> Option<String> {
    const SAME: &[(&str, &str)] = &[
        ("value is not iterable", "object is not iterable"),
        (
            "cannot read property 'Symbol.iterator' of undefined",
            "undefined is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        (
            "cannot read property 'Symbol.iterator' of null",
            "object null is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        ("invalid array length", "Invalid array length"),
        ("Date value is NaN", "Invalid time value"),
        ("expecting hex digit", "URI malformed"),
        ("expecting surrogate pair", "URI malformed"),
        ("empty array", "Reduce of empty array with no initial value"),
        ("invalid regular expression flags", "Invalid flags supplied to RegExp constructor"),
        ("circular reference", "Converting circular structure to JSON"),
        ("toPrimitive", "Cannot convert object to primitive value"),
        ("cannot convert symbol to string", "Cannot convert a Symbol value to a string"),
        ("cannot convert symbol to number", "Cannot convert a Symbol value to a number"),
        (
            "cannot convert BigInt to number",
            "Cannot mix BigInt and other types, use explicit conversions",
        ),
        ("BigInt are forbidden in JSON.stringify", "Do not know how to serialize a BigInt"),
        (
            "invalid 'instanceof' right operand",
            "Right-hand side of 'instanceof' is not callable",
        ),
        ("missing initializer for variable", "Missing initializer in const declaration"),
        ("expecting catch or finally", "Missing catch or finally after try"),
        ("invalid assignment left-hand side", "Invalid left-hand side in assignment"),
        ("break must be inside loop or switch", "Illegal break statement"),
        ("function name expected", "Function statements require a function name"),
        ("return not in a function", "Illegal return statement"),
        ("unexpected end of regexp", "Invalid regular expression: missing /"),
        ("unexpected character", "Invalid or unexpected token"),
        ("unexpected end of string", "Invalid or unexpected token"),
        ("unexpected token in expression: ''", "Unexpected end of input"),
    ];
    let same = || {
        SAME.iter()
            .find(|(ours, _)| *ours == message)
            .map(|(_, theirs)| (*theirs).to_owned())
    };
    same()
        .or_else(|| access(message, "cannot read property '", "read", "reading"))
        .or_else(|| access(message, "cannot set property '", "set", "setting"))
        .or_else(|| unexpected(message))
}

fn type_error(message: &str, place: Place<'_>) -> Option<String> {
    match message {
        "not a function" => {
            let called = place.callee()?;
            let what = if called.made { "constructor" } else { "function" };
            Some(format!("{} is not a {what}", called.text))
        }
        "not a constructor" => place.callee().map(|called| format!("{} is not a constructor", called.text)),
        "class constructors must be invoked with 'new'" => {
            let called = place.callee().filter(|called| called.text != "constructor")?;
            Some(format!("Class constructor {} cannot be invoked without 'new'", called.text))
        }
        "value is not iterable"
        | "cannot read property 'Symbol.iterator' of undefined"
        | "cannot read property 'Symbol.iterator' of null" => place.operand().map(|name| format!("{name} is not iterable")),
        _ => {
            let name = message.strip_prefix('\'')?.strip_suffix("' is read-only")?;
            Some(if place.is_property(name) {
                format!("Cannot assign to read only property '{name}' of object '#<Object>'")
            } else {
                "Assignment to constant variable.".to_owned()
            })
        }
    }
}

fn syntax_error(message: &str, place: Place<'_>) -> Option<String> {
    let token = place.token();
    if message.starts_with("invalid redefinition of") {
        return match token {
            Token::Identifier(name) => Some(format!("Identifier '{name}' has already been declared")),
            _ => None,
        };
    }
    let general = [
        "expecting '",
        "unexpected token",
        "variable name expected",
        "identifier expected",
        "invalid property name",
        "expecting field name",
    ];
    if !general.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    Some(match token {
        Token::End => "Unexpected end of input".to_owned(),
        _ if place.is_after_argument() => "missing ) after argument list".to_owned(),
        Token::Identifier(name) => format!("Unexpected identifier '{name}'"),
        Token::Number => "Unexpected number".to_owned(),
        Token::Text => "Unexpected string".to_owned(),
        Token::Template => "Unexpected template string".to_owned(),
        Token::Sign("import") => "Cannot use import statement outside a module".to_owned(),
        Token::Sign(sign) if sign.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '#' | '\\')) => {
            format!("Unexpected token '{sign}'")
        }
        Token::Sign(_) => "Invalid or unexpected token".to_owned(),
    })
}

fn access(message: &str, start: &str, verb: &str, doing: &str) -> Option<String> {
    let (name, owner) = message.strip_prefix(start)?.rsplit_once("' of ")?;
    matches!(owner, "null" | "undefined").then(|| format!("Cannot {verb} properties of {owner} ({doing} '{name}')"))
}

fn unexpected(message: &str) -> Option<String> {
    let token = message
        .strip_prefix("unexpected token in expression: ")
        .or_else(|| message.strip_prefix("unexpected token: "))?;
    Some(format!("Unexpected token {token}"))
}

#[cfg(test)]
mod tests {
    use super::{Place, familiar, worded};

    #[test]
    fn property_access_is_worded_like_v8() {
        assert_eq!(
            familiar("cannot read property 'a' of undefined"),
            "Cannot read properties of undefined (reading 'a')"
        );
        assert_eq!(
            familiar("cannot set property 'it's' of null"),
            "Cannot set properties of null (setting 'it's')"
        );
    }

    #[test]
    fn syntax_errors_are_worded_like_v8() {
        assert_eq!(familiar("unexpected token in expression: ';'"), "Unexpected token ';'");
        assert_eq!(familiar("unexpected token: '<'"), "Unexpected token '<'");
        let at = |source, column| worded("SyntaxError", "expecting ';'", Place::new(source, 1, column)).unwrap();
        assert_eq!(at("foo bar", 5), "Unexpected identifier 'bar'");
        assert_eq!(at("foo", 4), "Unexpected end of input");
        let call = worded("SyntaxError", "expecting ')'", Place::new("f('a' function () {})", 1, 7));
        assert_eq!(call.as_deref(), Some("missing ) after argument list"));
    }

    #[test]
    fn what_is_no_function_is_named() {
        let words = worded("TypeError", "not a function", Place::new("pm.foo()", 1, 4));
        assert_eq!(words.as_deref(), Some("pm.foo is not a function"));
        let words = worded("TypeError", "value is not iterable", Place::new("for (var x of o.list) {}", 1, 17));
        assert_eq!(words.as_deref(), Some("o.list is not iterable"));
        assert_eq!(worded("TypeError", "not a function", None), None);
    }

    #[test]
    fn other_messages_stay() {
        for message in ["not a function", "cannot read property 'a' of the user", ""] {
            assert_eq!(familiar(message), message);
        }
        assert_eq!(worded("Error", "value is not iterable", None), None);
    }
}
