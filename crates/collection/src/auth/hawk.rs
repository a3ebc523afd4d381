//! Hawk: a keyed hash over method, resource, host and time, and over the body if wanted.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Signing;
use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request, signing: &Signing<'_>) -> Option<String> {
    let id = auth.param("authId");
    let key = auth.param("authKey");
    if id.is_empty() || key.is_empty() {
        // As the reference: without both there is nothing to sign with.
        return None;
    }
    let sha1 = match auth.param("algorithm").as_str() {
        "sha1" => true,
        "sha256" => false,
        other => {
            // As the reference: an empty header.
            request.set_header("Authorization", "");
            return Some(format!(
                "the request is sent without a Hawk signature: the algorithm `{other}` is neither `sha256` nor `sha1`"
            ));
        }
    };
    let or = |name: &str, default: String| Some(auth.param(name)).filter(|v| !v.is_empty()).unwrap_or(default);
    let given = Some(auth.param("timestamp")).filter(|t| t.trim_start().starts_with(|c: char| ('1'..='9').contains(&c)));
    let time = given.unwrap_or_else(|| signing.now.div_euclid(1_000_000).to_string());
    let nonce = or("nonce", signing.nonce.to_owned());
    let (ext, app, dlg) = (auth.param("extraData"), auth.param("app"), auth.param("delegation"));
    let wants_hash = auth.switch("includePayloadHash") && !signing.is_multipart && !signing.body.is_empty();
    let hash = if wants_hash { payload_hash(sha1, signing) } else { String::new() };
    let (resource, host, port) = parts(signing.url);
    let escaped = ext.replace('\\', "\\\\").replace('\n', "\\n");
    let method = request.method.to_ascii_uppercase();
    let mut signed = format!("hawk.1.header\n{time}\n{nonce}\n{method}\n{resource}\n{host}\n{port}\n{hash}\n{escaped}\n");
    if !app.is_empty() {
        signed.push_str(&format!("{app}\n{dlg}\n"));
    }
    let algorithm = if sha1 {
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY
    } else {
        hmac::HMAC_SHA256
    };
    let mac = STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), signed.as_bytes()));
    let fields = [
        ("id", &id),
        ("ts", &time),
        ("nonce", &nonce),
        ("hash", &hash),
        ("ext", &ext),
        ("mac", &mac),
        ("app", &app),
        ("dlg", if app.is_empty() { &app } else { &dlg }),
    ];
    let written: Vec<String> = fields
        .iter()
        .filter(|(_, v)| !v.is_empty())
        .map(|(k, v)| format!("{k}=\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    request.set_header("Authorization", &format!("Hawk {}", written.join(", ")));
    None
}

fn payload_hash(sha1: bool, signing: &Signing<'_>) -> String {
    let kind = signing
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let mut text = format!("hawk.1.payload\n{kind}\n").into_bytes();
    text.extend_from_slice(signing.body);
    text.push(b'\n');
    let algorithm = if sha1 { &digest::SHA1_FOR_LEGACY_USE_ONLY } else { &digest::SHA256 };
    STANDARD.encode(digest::digest(algorithm, &text))
}

/// Path with query, host and port of an absolute URL, as written.
fn parts(url: &str) -> (&str, String, String) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, resource) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let default = if scheme == "https" { "443" } else { "80" };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (resource, host.to_owned(), port.to_owned()),
        _ => (resource, authority.to_owned(), default.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_protocols_own_examples_sign_as_printed() {
        // https://github.com/mozilla/hawk: the example of the protocol's description.
        let params = json!({"authId": "dh37fgj492je", "authKey": "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn", "algorithm": "sha256",
            "timestamp": "1353832234", "nonce": "j4h3g2", "extraData": "some-app-ext-data"});
        let auth = Auth::from_value(&json!({"type": "hawk", "hawk": params})).unwrap();
        let mut request = Request::from_value(&json!("h"));
        let url = "http://example.com:8000/resource/1?b=1&a=2";
        let signing = Signing {
            url,
            body: b"",
            is_form: false,
            is_multipart: false,
            encode: true,
            content_type: "",
            now: 0,
            nonce: "unused",
        };
        apply(&auth, &mut request, &signing);
        assert_eq!(
            request.header("authorization").unwrap(),
            "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"j4h3g2\", ext=\"some-app-ext-data\", \
             mac=\"6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=\""
        );
    }

    #[test]
    fn the_body_is_hashed_when_wanted() {
        let signing = Signing {
            url: "http://h/",
            body: b"Thank you for flying Hawk",
            is_form: false,
            is_multipart: false,
            encode: true,
            content_type: "text/plain; charset=utf-8",
            now: 0,
            nonce: "n",
        };
        assert_eq!(payload_hash(false, &signing), "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=");
    }
}
