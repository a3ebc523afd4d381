//! Text from outside, made readable: bodies, headers, JSON.

use super::{Html, escape};

/// Bytes as text; JSON is indented, what is not UTF-8 is shown with replacements and said so.
pub fn body(bytes: &[u8]) -> Html {
    if bytes.is_empty() {
        return Html::raw("<p class=\"muted\">Empty.</p>".to_owned());
    }
    let lossy = String::from_utf8_lossy(bytes);
    let note = if matches!(lossy, std::borrow::Cow::Owned(_)) {
        "<p class=\"small muted\">Not all of it is UTF-8 text.</p>"
    } else {
        ""
    };
    Html::raw(format!(
        "{note}<pre class=\"code\" tabindex=\"0\">{}</pre>",
        escape(&pretty(&lossy))
    ))
}

/// JSON objects and arrays indented, everything else as it is.
pub fn pretty(text: &str) -> String {
    if !text.trim_start().starts_with(['{', '[']) || text.len() > 1_000_000 {
        return text.to_owned();
    }
    serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}

/// Header lines as a list of names and values.
pub fn headers(pairs: &[(String, String)]) -> Html {
    if pairs.is_empty() {
        return Html::raw("<p class=\"muted\">None.</p>".to_owned());
    }
    let rows: String = pairs
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value)))
        .collect();
    Html::raw(format!("<dl class=\"headers\">{rows}</dl>"))
}

/// One line with a button that copies it.
pub fn copyline(id: &str, text: &str) -> Html {
    let (id, text) = (escape(id), escape(text));
    Html::raw(format!(
        "<div class=\"copyline\"><code id=\"{id}\">{text}</code><button class=\"btn small\" type=\"button\" data-copy=\"{id}\" hidden>{}<span class=\"copy-label\">Copy</span></button></div>",
        super::icon("copy")
    ))
}

/// A path segment or query value, percent-encoded.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The first letters of a name, for an avatar.
pub fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_text() {
        assert!(
            body(b"{\"a\":\"</pre><script>\"}")
                .to_string()
                .contains("&lt;/pre&gt;&lt;script&gt;")
        );
        assert!(body(&[0xff, b'a']).to_string().contains("Not all of it is UTF-8"));
        assert_eq!(pretty("{\"b\":1,\"a\":2}"), "{\n  \"b\": 1,\n  \"a\": 2\n}");
        assert_eq!(pretty("{oops"), "{oops");
    }

    #[test]
    fn names_and_queries() {
        assert_eq!(initials("ada  lovelace king"), "AL");
        assert_eq!(encoded("a b&c"), "a+b%26c");
    }
}
