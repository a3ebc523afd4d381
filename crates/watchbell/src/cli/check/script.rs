//! What a script names, found by its text: comments and the inside of strings are blanked
//! first, so that prose is not taken for code. Offsets stay those of the script.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    finding::Severity,
    vocabulary::{DEPRECATED, LIBRARIES, PM, REFUSED, near},
};

/// A finding at a byte offset of the script.
pub struct InScript {
    pub severity: Severity,
    pub offset: usize,
    pub message: String,
    pub hint: String,
}

fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static MEMBER: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"(?:^|[^.\w$])pm\s*\.\s*(\w+)(?:\s*\.\s*(\w+))?"));
static REQUIRE: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r#"\brequire\s*\(\s*['"`]([^'"`]+)['"`]"#));
static SETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?:(?:environment|globals|collectionVariables|variables)\s*\.\s*set|postman\s*\.\s*set(?:Environment|Global)Variable)\s*\(\s*(?:['"`]([^'"`]+)['"`])?"#,
    )
});
static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r#"\bsetNextRequest\s*\(\s*['"]([^'"]+)['"]"#));
static OLD: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    DEPRECATED
        .iter()
        .filter_map(|(pattern, now)| Some((regex(pattern)?, *now)))
        .collect()
});

/// Unknown members of `pm`, unknown libraries, and forms from before `pm`.
pub fn findings(code: &str) -> Vec<InScript> {
    let bare = blank(code, true);
    let mut found = Vec::new();
    for captures in MEMBER.iter().flat_map(|regex| regex.captures_iter(&bare)) {
        let Some(first) = captures.get(1) else { continue };
        if let Some((message, hint)) = member(first.as_str(), captures.get(2).map(|m| m.as_str())) {
            found.push(InScript {
                severity: Severity::Error,
                offset: first.start(),
                message,
                hint,
            });
        }
    }
    for (regex, now) in OLD.iter() {
        for hit in regex.find_iter(&bare) {
            let form = hit
                .as_str()
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .trim_end_matches('[')
                .trim_end();
            let message = format!("`{form}` is the interface from before `pm`");
            found.push(InScript {
                severity: Severity::Note,
                offset: hit.start(),
                message,
                hint: format!("write `{now}`"),
            });
        }
    }
    let with_strings = blank(code, false);
    for name in REQUIRE
        .iter()
        .flat_map(|regex| regex.captures_iter(&with_strings))
        .filter_map(|captures| captures.get(1))
    {
        let plain = name
            .as_str()
            .trim_start_matches("node:")
            .trim_start_matches("npm:")
            .trim_start_matches("jsr:");
        let plain = plain.rfind('@').filter(|at| *at > 0).map_or(plain, |at| &plain[..at]);
        if !LIBRARIES.contains(&plain) {
            let message = format!("`require('{}')`: there is no such library", name.as_str());
            let hint = near(plain, LIBRARIES.iter().copied()).map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            found.push(InScript {
                severity: Severity::Error,
                offset: name.start(),
                message,
                hint,
            });
        }
    }
    found.sort_by_key(|finding| finding.offset);
    found
}

fn member(first: &str, second: Option<&str>) -> Option<(String, String)> {
    let suggest = |near: Option<&str>| near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    let Some((_, members)) = PM.iter().find(|(name, _)| *name == first) else {
        return Some((
            format!("`pm.{first}` does not exist here"),
            suggest(near(first, PM.iter().map(|(name, _)| *name))),
        ));
    };
    let second = second?;
    let both = format!("{first}.{second}");
    if let Some((_, why)) = REFUSED.iter().find(|(name, _)| *name == both) {
        return Some((format!("`pm.{both}` is not supported"), (*why).to_owned()));
    }
    if members.is_empty() || members.contains(&second) {
        return None;
    }
    Some((
        format!("`pm.{both}` does not exist here"),
        suggest(near(second, members.iter().copied())),
    ))
}

/// Names of variables that a script sets, and whether it also sets some by computed names.
pub fn sets(code: &str) -> (Vec<String>, bool) {
    let text = blank(code, false);
    let (mut names, mut computed) = (Vec::new(), false);
    for captures in SETS.iter().flat_map(|regex| regex.captures_iter(&text)) {
        match captures.get(1) {
            Some(name) if !name.as_str().contains("${") => names.push(name.as_str().to_owned()),
            _ => computed = true,
        }
    }
    (names, computed)
}

/// Names given to `setNextRequest`, with their offsets.
pub fn next_requests(code: &str) -> Vec<(usize, String)> {
    let text = blank(code, false);
    let names = NEXT
        .iter()
        .flat_map(|regex| regex.captures_iter(&text))
        .filter_map(|captures| captures.get(1));
    names.map(|name| (name.start(), name.as_str().to_owned())).collect()
}

/// Replaces comments, and with `strings` what quotes hold, by blanks of the same length.
fn blank(code: &str, strings: bool) -> String {
    let mut out = code.as_bytes().to_vec();
    let bytes = code.as_bytes();
    let (mut at, mut before) = (0, b'(');
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'/')) => find(bytes, at, b"\n"),
            (b'/', Some(b'*')) => find(bytes, at + 2, b"*/"),
            (quote @ (b'"' | b'\'' | b'`'), _) => {
                before = quote;
                let end = closing(bytes, at + 1, quote);
                if strings {
                    wipe(&mut out, at + 1, end.saturating_sub(1));
                }
                at = end;
                continue;
            }
            // A division stands behind a value, a regular expression does not.
            (b'/', _) if b"(,=:[!&|?{};\n+-".contains(&before) => closing(bytes, at + 1, b'/'),
            (byte, _) => {
                if byte != b' ' && byte != b'\t' {
                    before = byte;
                }
                at += 1;
                continue;
            }
        };
        wipe(&mut out, at, end);
        at = end;
    }
    // Only whole characters were replaced, each by as many blanks as it has bytes.
    String::from_utf8(out).unwrap_or_else(|_| code.to_owned())
}

fn wipe(out: &mut [u8], from: usize, to: usize) {
    let to = to.min(out.len());
    if from < to {
        out[from..to]
            .iter_mut()
            .filter(|byte| **byte != b'\n')
            .for_each(|byte| *byte = b' ');
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(what.len()).position(|window| window == what);
    found.map_or(bytes.len(), |at| if what == b"\n" { from + at } else { from + at + what.len() })
}

/// Behind the quote that ends a string; only backticks go over lines.
fn closing(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if quote != b'`' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(code: &str) -> Vec<String> {
        findings(code).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn unknown_members_and_libraries_are_found_in_code_alone() {
        assert_eq!(messages("pm.enviroment.get('a')"), ["`pm.enviroment` does not exist here"]);
        assert_eq!(messages("pm.response.jsn()"), ["`pm.response.jsn` does not exist here"]);
        assert_eq!(messages("// pm.foo\n'pm.bar'; /* pm.baz */ x.pm.qux; `pm.quux`"), [""; 0]);
        assert_eq!(
            messages("const r = /['\"]pm.x/; pm.test('a', () => pm.expect(1).to.equal(1))"),
            [""; 0]
        );
        assert_eq!(messages("require('lodahs')"), ["`require('lodahs')`: there is no such library"]);
        assert_eq!(messages("pm.vault.get('k')"), ["`pm.vault.get` is not supported"]);
        assert_eq!(
            messages("tests['ok'] = responseCode.code === 200"),
            [
                "`tests` is the interface from before `pm`",
                "`responseCode` is the interface from before `pm`"
            ]
        );
    }

    #[test]
    fn variables_that_scripts_set_are_known() {
        let code = "pm.environment.set('a', 1); pm.variables.set(`b`, 2); postman.setGlobalVariable(\"c\", 3); pm.globals.set(name, 4)";
        assert_eq!(sets(code), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], true));
        assert_eq!(next_requests("postman.setNextRequest('Log in')")[0].1, "Log in");
    }
}
