//! Lists of regular expressions over URLs.
//!
//! The syntax is that of the Rust `regex` crate, whose matching takes time linear in the URL whatever the pattern. A
//! pattern matches anywhere in the URL unless it is anchored with `^` and `$`.

use regex::{Regex, RegexBuilder};

use crate::Problem;

/// Patterns in one list.
const PATTERNS: usize = 100;
/// Longest pattern, in bytes.
const PATTERN_BYTES: usize = 1_000;
/// Largest compiled pattern, in bytes.
const COMPILED_BYTES: usize = 1 << 20;

/// Compiles a list. `field` is named in the problem.
///
/// # Errors
/// 422 with the entry (`field[i]`) and the position of the fault in it: a character, counted from 1.
pub fn compile(field: &str, patterns: &[String]) -> Result<Vec<Regex>, Problem> {
    if patterns.len() > PATTERNS {
        return Err(Problem::invalid(field, format!("`{field}` has more than {PATTERNS} entries")).hint("join patterns with `|`"));
    }
    patterns
        .iter()
        .enumerate()
        .map(|(at, text)| one(&format!("{field}[{at}]"), text))
        .collect()
}

fn one(field: &str, text: &str) -> Result<Regex, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::invalid(field, format!("`{field}` is empty and would allow every URL")).hint("leave the entry out"));
    }
    if text.len() > PATTERN_BYTES {
        return Err(Problem::invalid(field, format!("`{field}` is longer than {PATTERN_BYTES} bytes")));
    }
    if let Err(error) = regex_syntax::Parser::new().parse(text) {
        let (offset, what) = match &error {
            regex_syntax::Error::Parse(error) => (error.span().start.offset, error.kind().to_string()),
            regex_syntax::Error::Translate(error) => (error.span().start.offset, error.kind().to_string()),
            other => (0, other.to_string()),
        };
        let position = text.get(..offset).map_or(1, |before| before.chars().count() + 1);
        return Err(Problem::invalid(field, format!("`{field}` at position {position}: {what}"))
            .hint("a regular expression such as `^https://hooks\\.example\\.com/`; `\\` before a character that is meant literally"));
    }
    RegexBuilder::new(text)
        .size_limit(COMPILED_BYTES)
        .build()
        .map_err(|_| Problem::invalid(field, format!("`{field}` is too large when compiled")).hint("use smaller repetitions"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pattern: &str) -> String {
        compile("allowedUrlRegexes", &["ok".to_owned(), pattern.to_owned()])
            .unwrap_err()
            .detail
    }

    #[test]
    fn a_wrong_pattern_is_named_with_the_position_of_its_fault() {
        assert!(
            refused("^https://(a").contains("`allowedUrlRegexes[1]` at position 10: unclosed group"),
            "{}",
            refused("^https://(a")
        );
        assert!(refused("ä[z-a]").contains("at position 3"), "{}", refused("ä[z-a]"));
        assert!(refused("(?=a)").contains("look-around"), "{}", refused("(?=a)"));
        assert!(refused("\\w{1000}{1000}").contains("too large"));
        assert!(refused(" ").contains("would allow every URL"));
    }

    #[test]
    fn patterns_search_unless_anchored() {
        let compiled = compile("f", &["example\\.com/hooks".to_owned()]).unwrap();
        assert!(compiled[0].is_match("https://example.com/hooks/1"));
    }
}
