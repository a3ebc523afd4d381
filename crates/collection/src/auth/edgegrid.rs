//! Akamai EdgeGrid: a keyed hash over the request, its chosen headers and its body.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Signing;
use super::hash::{base64_hash, hmac_sha256, url_parts};
use crate::format::{Auth, Request};

/// Bytes of a body that are hashed unless `maxBodySize` says otherwise.
const MAX_BODY: usize = 131_072;

pub(super) fn apply(auth: &Auth, request: &mut Request, signing: &Signing<'_>) {
    let (client, access, secret) = (auth.param("clientToken"), auth.param("accessToken"), auth.param("clientSecret"));
    if client.is_empty() || access.is_empty() || secret.is_empty() {
        // As the reference: without all three there is nothing to sign with.
        return;
    }
    let or = |name: &str, default: String| Some(auth.param(name)).filter(|v| !v.is_empty()).unwrap_or(default);
    let time = or("timestamp", time(signing.now));
    let nonce = or("nonce", uuid::Builder::from_random_bytes(seed(signing)).into_uuid().to_string());
    let unsigned = format!("EG1-HMAC-SHA256 client_token={client};access_token={access};timestamp={time};nonce={nonce};");
    let (scheme, authority, path, query) = url_parts(signing.url);
    let target = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let base = auth.param("baseURL");
    let host = if base.is_empty() { authority } else { url_parts(&base).1 };
    let headers = headers(auth, request);
    let hashed = if request.method == "POST" {
        body_hash(auth, signing.body)
    } else {
        String::new()
    };
    let data = [request.method.as_str(), scheme, host, &target, &headers, &hashed, &unsigned].join("\t");
    let key = STANDARD.encode(hmac_sha256(secret.as_bytes(), time.as_bytes()));
    let signature = STANDARD.encode(hmac_sha256(key.as_bytes(), data.as_bytes()));
    request.set_header("Authorization", &format!("{unsigned}signature={signature}"));
}

/// The run's own randomness, so that a seed repeats it.
fn seed(signing: &Signing<'_>) -> [u8; 16] {
    super::hash::md5(format!("{}{}", signing.nonce, signing.now).as_bytes())
}

/// `20260102T03:04:05+0000` of microseconds since the epoch.
fn time(now: i64) -> String {
    let iso = crate::dynamic::iso(now);
    let (day, clock) = iso.split_once('T').unwrap_or_default();
    let clock = clock.split('.').next().unwrap_or_default();
    format!("{}T{clock}+0000", day.replace('-', ""))
}

fn headers(auth: &Auth, request: &Request) -> String {
    let given = auth
        .params
        .iter()
        .rev()
        .find(|(key, _)| key == "headersToSign")
        .map(|(_, value)| value);
    let names: Vec<String> = match given {
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let lines = names.iter().filter_map(|name| {
        let name = name.trim().to_ascii_lowercase();
        let value = request.header(&name).filter(|value| !value.is_empty())?;
        Some(format!("{name}:{}", value.split_whitespace().collect::<Vec<_>>().join(" ")))
    });
    lines.collect::<Vec<_>>().join("\t")
}

fn body_hash(auth: &Auth, body: &[u8]) -> String {
    let limit = auth.param("maxBodySize").parse().unwrap_or(MAX_BODY);
    if body.is_empty() {
        return String::new();
    }
    base64_hash(&digest::SHA256, &body[..body.len().min(limit)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_signers_own_test_data_comes_out_as_printed() {
        // https://github.com/akamai/AkamaiOPEN-edgegrid-python: testdata.json, "simple GET".
        let params = json!({"accessToken": "akab-access-token-xxx-xxxxxxxxxxxxxxxx", "clientToken": "akab-client-token-xxx-xxxxxxxxxxxxxxxx",
            "clientSecret": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=", "nonce": "nonce-xx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "timestamp": "20140321T19:34:21+0000"});
        let auth = Auth::from_value(&json!({"type": "edgegrid", "edgegrid": params})).unwrap();
        let url = "https://akaa-baseurl-xxxxxxxxxxx-xxxxxxxxxxxxx.luna.akamaiapis.net/";
        let mut request = Request::from_value(&json!(url));
        apply(
            &auth,
            &mut request,
            &Signing {
                url,
                body: b"",
                is_form: false,
                is_multipart: false,
                encode: true,
                content_type: "",
                now: 0,
                nonce: "",
            },
        );
        let header = request.header("authorization").unwrap();
        assert!(
            header.ends_with("signature=tL+y4hxyHxgWVD30X3pWnGKHcPzmrIF+LThiAOhMxYU="),
            "{header}"
        );
    }

    #[test]
    fn times_are_written_as_akamai_does() {
        assert_eq!(time(1_395_430_461_000_000), "20140321T19:34:21+0000");
    }
}
