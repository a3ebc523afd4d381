//! A request as a command for the shell: `curl` with exactly this method, URL, headers and body, whatever bytes they hold.
//!
//! Quoting is bash's: `'…'`, or `$'…'` where control characters occur. A body that no argument can carry (not UTF-8, a NUL,
//! long) or that curl would take for a file's name (`@…`) comes as base64 through a pipe.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Longest body that is written as an argument, in bytes: Linux takes 128 KiB for one.
const ARGUMENT: usize = 32 * 1024;

/// Headers that curl sends by itself, unless it is told not to.
const CURLS_OWN: [&str; 4] = ["accept", "content-type", "expect", "user-agent"];

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a [(String, String)],
    pub body: Option<&'a [u8]>,
    /// Check the receiver's certificate.
    pub verify_tls: bool,
}

/// The command, with `comment` above it.
pub fn command(comment: &str, request: Request<'_>) -> String {
    let mut text = String::new();
    for line in comment.lines() {
        let _ = writeln!(text, "# {line}");
    }
    let piped = request.body.filter(|body| !fits_argument(body));
    if piped.is_some() {
        text.push_str("base64 -d <<'WATCHBELL' | ");
    }
    let _ = write!(
        text,
        "curl --globoff --path-as-is -X {} {}",
        quote(request.method),
        quote(request.url)
    );
    if !request.verify_tls {
        text.push_str(" \\\n  --insecure");
    }
    for (name, value) in request.headers {
        // `name:` would take the header out; `name;` sends it empty.
        let header = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {value}")
        };
        let _ = write!(text, " \\\n  -H {}", quote(&header));
    }
    let given = |own: &&str| request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(own));
    for own in CURLS_OWN.iter().filter(|own| !given(own)) {
        let _ = write!(text, " \\\n  -H '{own}:'");
    }
    match (request.body, piped) {
        (None, _) => text.push('\n'),
        (Some(_), Some(body)) => {
            text.push_str(" \\\n  --data-binary @-\n");
            let encoded = STANDARD.encode(body);
            let mut rest = encoded.as_str();
            while !rest.is_empty() {
                let (line, more) = rest.split_at(rest.len().min(76));
                let _ = writeln!(text, "{line}");
                rest = more;
            }
            text.push_str("WATCHBELL\n");
        }
        (Some(body), None) => {
            let _ = writeln!(text, " \\\n  --data-binary {}", quote(&String::from_utf8_lossy(body)));
        }
    }
    text
}

fn fits_argument(body: &[u8]) -> bool {
    body.len() <= ARGUMENT && !body.contains(&0) && !body.starts_with(b"@") && std::str::from_utf8(body).is_ok()
}

/// A word of bash that means exactly this text, which holds no NUL.
fn quote(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = "$'".to_owned();
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str(r"\\"),
            '\'' => quoted.push_str(r"\'"),
            '\n' => quoted.push_str(r"\n"),
            '\r' => quoted.push_str(r"\r"),
            '\t' => quoted.push_str(r"\t"),
            character if character.is_control() => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(quoted, "\\x{byte:02x}");
                }
            }
            character => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(headers: &'a [(String, String)], body: Option<&'a [u8]>) -> Request<'a> {
        Request {
            method: "POST",
            url: "https://example.org/a?b=[1]&c='d'",
            headers,
            body,
            verify_tls: true,
        }
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        for (text, quoted) in [
            ("plain", "'plain'"),
            ("it's $HOME `x`", r"'it'\''s $HOME `x`'"),
            ("a\nb\t\\'", r"$'a\nb\t\\\''"),
            ("\u{7f}\u{85}é", r"$'\x7f\xc2\x85é'"),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }

    #[test]
    fn a_command_has_every_part_and_none_of_curls_own_headers() {
        let headers = [
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-empty".to_owned(), String::new()),
        ];
        let text = command("two\nlines", request(&headers, Some(br#"{"a":"it's"}"#)));
        assert!(
            text.starts_with("# two\n# lines\ncurl --globoff --path-as-is -X 'POST' 'https://"),
            "{text}"
        );
        for part in [
            "-H 'x-empty;'",
            "-H 'accept:'",
            "-H 'expect:'",
            r#"--data-binary '{"a":"it'\''s"}'"#,
        ] {
            assert!(text.contains(part), "`{part}` is not in {text}");
        }
        assert!(!text.contains("-H 'content-type:'"), "{text}");
    }

    #[test]
    fn what_no_argument_can_carry_comes_through_a_pipe() {
        for body in [&b"\xff\x00"[..], b"@/etc/passwd", &[b'x'; ARGUMENT + 1]] {
            let text = command("", request(&[], Some(body)));
            assert!(
                text.starts_with("base64 -d <<'WATCHBELL' | curl") && text.contains("--data-binary @-\n"),
                "{text}"
            );
            assert!(text.ends_with("\nWATCHBELL\n"), "{text}");
        }
        assert!(!command("", request(&[], None)).contains("--data"));
    }
}
