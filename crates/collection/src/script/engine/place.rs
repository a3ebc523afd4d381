//! What stands in a script's source where an error arose.
//!
//! QuickJS says `not a function` and a place; users know `pm.foo is not a function`. The words
//! between are in the source. Reading it is guessing with care: where two answers are possible
//! there is none, since a wrong name is worse than no name.

mod chain;

use chain::{chain_start, close_of, is_name};

/// Line and column of an error, and the text they count in.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    source: &'a str,
    at: usize,
}

/// The token at which reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    End,
    Identifier(&'a str),
    Number,
    Text,
    Template,
    Sign(&'a str),
}

const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
    "return",
    "switch",
    "throw",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
];

impl<'a> Place<'a> {
    /// `line` and `column` count from 1, the column in bytes. `None`: there is no such place.
    pub fn new(source: &'a str, line: usize, column: usize) -> Option<Self> {
        let mut start = 0;
        for _ in 1..line {
            start += source.get(start..)?.find('\n')? + 1;
        }
        let at = start + column.checked_sub(1)?;
        source.is_char_boundary(at).then_some(Self { source, at })
    }

    /// The token that begins here, blanks passed over.
    pub fn token(self) -> Token<'a> {
        let rest = self.source[self.at..].trim_start();
        let Some(first) = rest.chars().next() else { return Token::End };
        if is_name(first) && !first.is_ascii_digit() {
            let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
            return if KEYWORDS.contains(&name) {
                Token::Sign(name)
            } else {
                Token::Identifier(name)
            };
        }
        match first {
            '0'..='9' => Token::Number,
            '"' | '\'' => Token::Text,
            '`' => Token::Template,
            _ => {
                let long = ["=>", "===", "==", "&&", "||", "??", "?."]
                    .iter()
                    .find(|sign| rest.starts_with(**sign));
                Token::Sign(&rest[..long.map_or(first.len_utf8(), |sign| sign.len())])
            }
        }
    }

    /// Whether `name` is a property on this line: a dot stands before it.
    pub fn is_property(self, name: &str) -> bool {
        let start = self.source[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let line = self.source[start..].lines().next().unwrap_or_default();
        line.contains(&format!(".{name}")) || line.contains(&format!("[\"{name}\"]")) || line.contains(&format!("['{name}']"))
    }

    /// Whether an argument of an open call has just ended here.
    pub fn is_after_argument(self) -> bool {
        !self.source[..self.at]
            .trim_end()
            .ends_with(['(', ',', '=', '+', ':', '?', '&', '|'])
            && self.open_call().is_some()
    }

    /// The expression that is called here, as written: `pm.foo`, `pm.response.json(...).foo`.
    /// The place is that of the last name before the call happens: the callee's own or one of
    /// its arguments'.
    pub fn callee(self) -> Option<Called> {
        let own_end = self.name_end();
        let own = self.source[own_end..].trim_start().starts_with(['(', '`']).then_some(own_end);
        // `f()()`: the first or the second?
        if own.is_some_and(|end| self.follows(end, '(')) {
            return None;
        }
        let end = match (own, self.open_call()) {
            (Some(end), None) => end,
            // `f(g(1))`: which of the two was no function is not told.
            (Some(end), Some(open)) => {
                let outer = self.written(chain_start(self.source, open), open);
                let known = outer.is_empty()
                    || [
                        "pm.test",
                        "pm.expect",
                        "console.",
                        "JSON.",
                        "Object.",
                        "String",
                        "Number",
                        "describe",
                        "it",
                    ]
                    .iter()
                    .any(|name| outer.starts_with(name));
                if !known && !self.follows(end, '.') {
                    return None;
                }
                end
            }
            (None, Some(open)) => open,
            (None, None) => return None,
        };
        let start = chain_start(self.source, end);
        let text = self.written(start, end);
        let before = self.source[..start].trim_end();
        // `"text".foo()`: only half of it is a name.
        if before.ends_with('.') {
            return None;
        }
        let made = before.strip_suffix("new").is_some_and(|rest| !rest.ends_with(is_name));
        (!text.is_empty() && !KEYWORDS.contains(&text.as_str())).then_some(Called { text, made })
    }

    /// The expression that ends here, for what is iterated over: `list.items`.
    pub fn operand(self) -> Option<String> {
        let mut end = self.name_end();
        loop {
            let rest = &self.source[end..];
            let more = if rest.starts_with(['(', '[']) {
                close_of(rest).map_or(0, |close| close + 1)
            } else {
                rest.strip_prefix('.')
                    .map_or(0, |name| rest.len() - name.trim_start_matches(is_name).len())
            };
            if more == 0 {
                break;
            }
            end += more;
        }
        let next = self.source[end..].trim_start().chars().next();
        let start = chain_start(self.source, end);
        // V8 leaves the parentheses of calls out here.
        let text = self.written(start, end).replace("(...)", "");
        (matches!(next, Some(')' | ';' | ']' | ',' | '}') | None) && !text.is_empty()).then_some(text)
    }

    /// Whether `sign` stands behind the call whose arguments begin at `end`.
    fn follows(self, end: usize, sign: char) -> bool {
        let rest = self.source[end..].trim_start();
        close_of(rest).is_some_and(|close| rest[close + 1..].trim_start().starts_with(sign))
    }

    fn name_end(self) -> usize {
        let rest = &self.source[self.at..];
        self.at + rest.find(|c| !is_name(c)).unwrap_or(rest.len())
    }

    /// The parenthesis around this place, when it opens a call.
    fn open_call(self) -> Option<usize> {
        let mut depth = 0;
        for (at, byte) in self.source.as_bytes()[..self.at].iter().enumerate().rev() {
            match byte {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                b'(' => {
                    let before = self.source[..at].trim_end();
                    let name = &before[before.trim_end_matches(is_name).len()..];
                    let calls = before.ends_with(|c| is_name(c) || c == ')' || c == ']') && !KEYWORDS.contains(&name);
                    return calls.then_some(at);
                }
                b'[' | b'{' | b';' => return None,
                _ => {}
            }
        }
        None
    }

    /// The text between, without blanks; arguments of inner calls become `...`.
    fn written(self, start: usize, end: usize) -> String {
        let mut text = String::new();
        let mut depth = 0_u32;
        for c in self.source[start..end].trim().chars() {
            if c == ')' {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 && !c.is_whitespace() {
                text.push(c);
            }
            if c == '(' {
                depth += 1;
                if depth == 1 {
                    text.push_str("...");
                }
            }
        }
        text
    }
}

/// What was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    pub text: String,
    /// With `new`.
    pub made: bool,
}

#[cfg(test)]
mod tests;
