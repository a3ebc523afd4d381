//! OAuth 1.0 (RFC 5849), with the body hash extension: signs a request and puts the
//! parameters into the header, the form body or the query.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::hash::{base64_hash, encode, form_decode, form_pairs, url_parts};
use super::{Signed, Signing, jwt};
use crate::format::{Auth, Mode, Param, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request, signing: &Signing<'_>) -> Result<Signed, String> {
    let method = auth.param("signatureMethod");
    let rsa = method.starts_with("RSA-");
    if auth.param("consumerKey").is_empty() || (!rsa && auth.param("consumerSecret").is_empty()) {
        // As the reference: without both there is nothing to sign with.
        return Ok(Signed::Nothing);
    }
    let mut params = parameters(auth, &method, signing)?;
    let signature = signature(auth, request, signing, (&method, &params))?;
    params.push(("oauth_signature", signature));
    if signing.encode {
        // RFC 5849, 3.6: what is signed is also sent that way.
        for row in request.url.query.iter_mut().flatten() {
            row.key = row.key.as_deref().map(|key| encode(&form_decode(key)));
            row.value = row.value.as_deref().map(|value| encode(&form_decode(value)));
        }
    }
    if auth.switch("addParamsToHeader") {
        if let Some(rows) = &mut request.url.query {
            rows.retain(|row| !row.key.as_deref().is_some_and(|key| key.starts_with("oauth_")));
        }
        request.set_header("Authorization", &header(auth, &params));
        return Ok(Signed::Url);
    }
    // RFC 5849, 3.5: the body before the query, where the body is a form.
    if matches!(request.method.as_str(), "POST" | "PUT")
        && let Some(body) = &mut request.body
        && let Mode::Urlencoded(rows) = &mut body.mode
    {
        rows.retain(|row| !row.key.as_deref().is_some_and(|key| key.starts_with("oauth_")));
        rows.extend(params.iter().map(|(key, value)| Param::new(key, value)));
        return Ok(Signed::Body);
    }
    let rows = request.url.query.get_or_insert_with(Vec::new);
    rows.retain(|row| !row.key.as_deref().is_some_and(|key| key.starts_with("oauth_")));
    rows.extend(params.iter().map(|(key, value)| Param::new(key, &encode(value))));
    Ok(Signed::Url)
}

/// All parameters but the signature, in the reference's order.
fn parameters(auth: &Auth, method: &str, signing: &Signing<'_>) -> Result<Vec<(&'static str, String)>, String> {
    let or = |name: &str, default: String| Some(auth.param(name)).filter(|v| !v.is_empty()).unwrap_or(default);
    let wants_hash = auth.switch("includeBodyHash") && !signing.is_form && !signing.is_multipart && method.contains('-');
    let hash = if wants_hash {
        base64_hash(digest_of(method)?, signing.body)
    } else {
        String::new()
    };
    let all = [
        ("oauth_consumer_key", auth.param("consumerKey")),
        ("oauth_token", auth.param("token")),
        ("oauth_signature_method", method.to_owned()),
        ("oauth_timestamp", or("timestamp", signing.now.div_euclid(1_000_000).to_string())),
        ("oauth_nonce", or("nonce", signing.nonce.to_owned())),
        ("oauth_version", auth.param("version")),
        ("oauth_callback", auth.param("callback")),
        ("oauth_verifier", auth.param("verifier")),
        ("oauth_body_hash", hash),
    ];
    let with_empty = auth.switch("addEmptyParamsToSign");
    // Extensions are sent only when they say something.
    let extension = |name: &str| matches!(name, "oauth_body_hash" | "oauth_callback" | "oauth_verifier");
    let kept = all
        .into_iter()
        .filter(|(name, value)| !value.trim().is_empty() || (with_empty && !extension(name)));
    Ok(kept.collect())
}

fn digest_of(method: &str) -> Result<&'static digest::Algorithm, String> {
    match method.rsplit('-').next() {
        Some("SHA1") => Ok(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        Some("SHA256") => Ok(&digest::SHA256),
        Some("SHA512") => Ok(&digest::SHA512),
        _ => Err(format!("the signature method `{method}` hashes no body")),
    }
}

fn signature(
    auth: &Auth,
    request: &Request,
    signing: &Signing<'_>,
    (method, own): (&str, &[(&'static str, String)]),
) -> Result<String, String> {
    let key = format!("{}&{}", encode(&auth.param("consumerSecret")), encode(&auth.param("tokenSecret")));
    if method == "PLAINTEXT" {
        return Ok(key);
    }
    let base = base_string(request, signing, own);
    let keyed = |algorithm| STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), base.as_bytes()));
    match method {
        // Without a method the reference signs so, and names none.
        "HMAC-SHA1" | "" => Ok(keyed(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
        "HMAC-SHA256" => Ok(keyed(hmac::HMAC_SHA256)),
        "HMAC-SHA512" => Ok(keyed(hmac::HMAC_SHA512)),
        "RSA-SHA1" => super::rsa::sign_sha1(&auth.param("privateKey"), base.as_bytes()).map(|s| STANDARD.encode(s)),
        "RSA-SHA256" => jwt::sign("RS256", auth, base.as_bytes()).map(|s| STANDARD.encode(s)),
        "RSA-SHA512" => jwt::sign("RS512", auth, base.as_bytes()).map(|s| STANDARD.encode(s)),
        other => Err(format!("the signature method `{other}` is not known")),
    }
}

/// RFC 5849, 3.4.1.
fn base_string(request: &Request, signing: &Signing<'_>, own: &[(&'static str, String)]) -> String {
    let (scheme, authority, path, query) = url_parts(signing.url);
    let mut pairs: Vec<(String, String)> = form_pairs(query);
    if let Some(body) = request.body.as_ref().filter(|body| signing.is_form && !body.disabled)
        && let Mode::Urlencoded(rows) = &body.mode
    {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let rows = rows.iter().filter(|row| !row.disabled);
        // What is encoded already reaches the server decoded.
        pairs.extend(rows.map(|row| (super::hash::decode(&text(&row.key)), super::hash::decode(&text(&row.value)))));
    }
    pairs.retain(|(key, _)| !key.starts_with("oauth_"));
    pairs.extend(own.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let mut encoded: Vec<(String, String)> = pairs.iter().map(|(key, value)| (encode(key), encode(value))).collect();
    encoded.sort();
    let joined = encoded
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join("&");
    let address = format!("{}://{}{path}", scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    format!("{}&{}&{}", request.method.to_ascii_uppercase(), encode(&address), encode(&joined))
}

fn header(auth: &Auth, params: &[(&'static str, String)]) -> String {
    let realm = Some(auth.param("realm")).filter(|realm| !realm.is_empty());
    let plain = auth.switch("disableHeaderEncoding");
    let written = |value: &str| if plain { value.to_owned() } else { encode(value) };
    let realm = realm.map(|realm| format!("realm=\"{}\"", written(&realm)));
    let rest = params.iter().map(|(key, value)| format!("{key}=\"{}\"", written(value)));
    format!("OAuth {}", realm.into_iter().chain(rest).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rfcs_example_signs_as_printed() {
        // RFC 5849, 1.2: the photo request.
        let params = json!({"consumerKey": "dpf43f3p2l4k3l03", "consumerSecret": "kd94hf93k423kf44", "token": "nnch734d00sl2jdk",
            "tokenSecret": "pfkkdhi9sl3r4s00", "signatureMethod": "HMAC-SHA1", "timestamp": "137131202", "nonce": "chapoH",
            "realm": "Photos", "addParamsToHeader": true});
        let auth = Auth::from_value(&json!({"type": "oauth1", "oauth1": params})).unwrap();
        let url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
        let mut request = Request::from_value(&json!(url));
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
        assert_eq!(apply(&auth, &mut request, &signing), Ok(Signed::Url));
        let header = request.header("authorization").unwrap();
        assert!(
            header.starts_with("OAuth realm=\"Photos\",oauth_consumer_key=\"dpf43f3p2l4k3l03\""),
            "{header}"
        );
        assert!(header.ends_with("oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""), "{header}");
    }
}
