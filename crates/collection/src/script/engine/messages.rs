//! QuickJS's most frequent error messages in the words that users know from Node.
//!
//! Reports are compared with newman's and searched for on the web; a message that says the
//! same in other words helps nobody.

/// The message as V8 words it; unknown messages stay.
pub fn familiar(message: &str) -> String {
    access(message, "cannot read property '", "read", "reading")
        .or_else(|| access(message, "cannot set property '", "set", "setting"))
        .or_else(|| unexpected(message))
        .or_else(|| (message == "value is not iterable").then(|| "object is not iterable".to_owned()))
        .unwrap_or_else(|| message.to_owned())
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
    use super::familiar;

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
    }

    #[test]
    fn other_messages_stay() {
        for message in ["not a function", "cannot read property 'a' of the user", ""] {
            assert_eq!(familiar(message), message);
        }
    }
}
