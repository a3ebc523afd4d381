//! Text, base64 and URLs for scripts: what is slow or long-winded in JavaScript.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use url::{Url, form_urlencoded};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Standard base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    general_purpose::STANDARD.encode(bytes)
}

/// Reads both alphabets, with or without padding; other characters are skipped, as Node does.
pub fn from_base64(text: &str) -> Vec<u8> {
    if let Ok(bytes) = general_purpose::STANDARD.decode(text) {
        return bytes;
    }
    let clean: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect();
    let usable = if clean.len() % 4 == 1 { clean.len() - 1 } else { clean.len() };
    LENIENT.decode(&clean[..usable]).unwrap_or_default()
}

/// Parses `input` against `base` and sets `part` to `value` when it is named. Answers the
/// parts in the order of the WHATWG `URL` interface, or `None` for an invalid URL.
pub fn url_parts(input: &str, base: Option<&str>, part: &str, value: &str) -> Option<Vec<String>> {
    let mut url = match base {
        Some(base) => Url::parse(base).ok()?.join(input).ok()?,
        None => Url::parse(input).ok()?,
    };
    set_part(&mut url, part, value);
    let port = url.port().map(|port| port.to_string()).unwrap_or_default();
    let hostname = url.host_str().unwrap_or_default().to_owned();
    let host = if port.is_empty() {
        hostname.clone()
    } else {
        format!("{hostname}:{port}")
    };
    let mark = |mark: char, text: Option<&str>| match text {
        Some(text) if !text.is_empty() => format!("{mark}{text}"),
        _ => String::new(),
    };
    Some(vec![
        url.to_string(),
        url.origin().ascii_serialization(),
        format!("{}:", url.scheme()),
        url.username().to_owned(),
        url.password().unwrap_or_default().to_owned(),
        host,
        hostname,
        port,
        url.path().to_owned(),
        mark('?', url.query()),
        mark('#', url.fragment()),
    ])
}

/// A part that cannot be set so stays as it is, as in browsers.
fn set_part(url: &mut Url, part: &str, value: &str) {
    let some = |text: &str, mark: char| (!text.is_empty()).then(|| text.trim_start_matches(mark).to_owned());
    let _: Result<(), ()> = match part {
        "protocol" => url.set_scheme(value.trim_end_matches(':')),
        "username" => url.set_username(value),
        "password" => url.set_password((!value.is_empty()).then_some(value)),
        "port" => url.set_port(value.parse().ok()),
        "hostname" => url.set_host(Some(value)).map_err(|_| ()),
        "host" => {
            let (host, port) = value.rsplit_once(':').unwrap_or((value, ""));
            let host = url.set_host(Some(host)).map_err(|_| ());
            host.and_then(|()| if port.is_empty() { Ok(()) } else { url.set_port(port.parse().ok()) })
        }
        _ => {
            match part {
                "search" => url.set_query(some(value, '?').as_deref()),
                "hash" => url.set_fragment(some(value, '#').as_deref()),
                "pathname" => url.set_path(value),
                _ => {}
            }
            Ok(())
        }
    };
}

/// `a=1&b=2` as pairs, percent-decoded.
pub fn query_pairs(query: &str) -> Vec<Vec<String>> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| vec![key.into_owned(), value.into_owned()])
        .collect()
}

/// Pairs as `application/x-www-form-urlencoded`.
pub fn query_string(pairs: &[Vec<String>]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for pair in pairs {
        if let [key, value] = pair.as_slice() {
            text.append_pair(key, value);
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn base64_goes_there_and_back(bytes: Vec<u8>) {
            let text = to_base64(&bytes);
            prop_assert_eq!(from_base64(&text), bytes.clone());
            prop_assert_eq!(from_base64(&text.replace('+', "-").replace('/', "_").replace('=', "")), bytes);
        }

        #[test]
        fn any_text_is_read_as_base64_and_as_url(text: String, part in "host|port|search|hash|protocol|pathname", value: String) {
            let _ = from_base64(&text);
            let parts = url_parts("http://a.test/p", None, &part, &value);
            prop_assert_eq!(parts.map(|parts| parts.len()), Some(11));
        }
    }
}
