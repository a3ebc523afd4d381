//! JSON Web Tokens (RFC 7519), signed for each request: HMAC, RSA and ECDSA (RFC 7518, 3).

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{javascript, place};
use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) -> Option<String> {
    let token = match token(auth) {
        Ok(token) => token,
        Err(why) => return Some(format!("no JSON Web Token is sent: {why}")),
    };
    let given = auth.params.iter().any(|(key, _)| key == "headerPrefix");
    let prefix = if given { auth.param("headerPrefix") } else { "Bearer".into() };
    let key = Some(auth.param("queryParamKey"))
        .filter(|k| !k.is_empty())
        .unwrap_or_else(|| "token".into());
    let query_key = match auth.param("addTokenTo").as_str() {
        "queryParam" => Some(key.as_str()),
        "header" | "" => None,
        other => return Some(format!("the JSON Web Token has no place `{other}`; the request is sent without it")),
    };
    place(request, query_key, &prefix, &token);
    None
}

fn token(auth: &Auth) -> Result<String, String> {
    let algorithm = auth.param("algorithm");
    if algorithm.is_empty() {
        return Err("it has no algorithm".into());
    }
    let mut header = object(auth, "header")?;
    header.insert("alg".into(), json!(algorithm));
    let written = auth.params.iter().any(|(key, value)| key == "payload" && !value.is_null());
    let payload = object(auth, "payload")?;
    if !written {
        return Err("it has no payload".into());
    }
    let part = |map: Map<String, Value>| URL_SAFE_NO_PAD.encode(javascript::json(&Value::Object(map)));
    let signed = format!("{}.{}", part(header), part(payload));
    let signature = sign(&algorithm, auth, signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// A part that is JSON text or an object; none is an empty object.
pub(super) fn object(auth: &Auth, key: &str) -> Result<Map<String, Value>, String> {
    let written = auth.params.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v);
    match written {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map.clone()),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Map::new()),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|e| format!("its {key} is no JSON object: {e}")),
        Some(_) => Err(format!("its {key} is no JSON object")),
    }
}

pub(super) fn sign(algorithm: &str, auth: &Auth, message: &[u8]) -> Result<Vec<u8>, String> {
    let rsa = |padding: &'static dyn RsaEncoding| rsa(padding, auth, message);
    match algorithm {
        "HS256" => keyed(hmac::HMAC_SHA256, auth, message),
        "HS384" => keyed(hmac::HMAC_SHA384, auth, message),
        "HS512" => keyed(hmac::HMAC_SHA512, auth, message),
        "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
        "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
        "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
        "PS256" => rsa(&signature::RSA_PSS_SHA256),
        "PS384" => rsa(&signature::RSA_PSS_SHA384),
        "PS512" => rsa(&signature::RSA_PSS_SHA512),
        "ES256" => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, auth, message),
        "ES384" => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, auth, message),
        "ES512" => ecdsa(&signature::ECDSA_P521_SHA512_FIXED_SIGNING, auth, message),
        other => Err(format!("the algorithm `{other}` is not supported")),
    }
}

fn keyed(algorithm: hmac::Algorithm, auth: &Auth, message: &[u8]) -> Result<Vec<u8>, String> {
    let secret = auth.param("secret");
    if secret.is_empty() {
        return Err("it has no secret".into());
    }
    let key = if auth.switch("isSecretBase64Encoded") {
        STANDARD.decode(secret.trim()).map_err(|_| "its secret is not base64".to_owned())?
    } else {
        secret.into_bytes()
    };
    Ok(hmac::sign(&hmac::Key::new(algorithm, &key), message).as_ref().to_vec())
}

fn rsa(padding: &'static dyn RsaEncoding, auth: &Auth, message: &[u8]) -> Result<Vec<u8>, String> {
    let der = private_key(auth)?;
    // PKCS#8, or the older PKCS#1.
    let key = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
    let key = key.map_err(|_| "its private key is no RSA key".to_owned())?;
    let mut signature = vec![0; key.public_modulus_len()];
    let done = key.sign(padding, &SystemRandom::new(), message, &mut signature);
    done.map(|()| signature).map_err(|_| "it could not be signed with this key".into())
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, auth: &Auth, message: &[u8]) -> Result<Vec<u8>, String> {
    let key = EcdsaKeyPair::from_pkcs8(algorithm, &private_key(auth)?);
    let key = key.map_err(|_| "its private key does not fit the algorithm (PKCS#8 is expected)".to_owned())?;
    let signature = key.sign(&SystemRandom::new(), message);
    signature
        .map(|s| s.as_ref().to_vec())
        .map_err(|_| "it could not be signed with this key".into())
}

/// The bytes within a PEM armour.
fn private_key(auth: &Auth) -> Result<Vec<u8>, String> {
    let pem = auth.param("privateKey");
    // A PEM text may have lost its line ends on its way through a variable.
    let body = pem.split("-----").max_by_key(|part| part.len()).unwrap_or_default();
    let inner: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD
        .decode(inner)
        .ok()
        .filter(|der| !der.is_empty())
        .ok_or_else(|| "its private key is not PEM".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(params: Value) -> Auth {
        Auth::from_value(&json!({"type": "jwt", "jwt": params})).unwrap()
    }

    #[test]
    fn the_example_of_rfc_7515_signs_as_printed() {
        // RFC 7515, A.1: the same key over a payload of our own is checked by its parts.
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let bytes = URL_SAFE_NO_PAD.decode(key).unwrap();
        let auth = auth(json!({"algorithm": "HS256", "secret": STANDARD.encode(&bytes), "isSecretBase64Encoded": true}));
        let message = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = sign("HS256", &auth, message.as_bytes()).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(signature), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn a_token_goes_where_it_is_asked_for_and_bad_parts_are_said() {
        let mut request = Request::from_value(&json!("h/p"));
        assert_eq!(
            apply(
                &auth(json!({"algorithm": "HS256", "secret": "s", "payload": "{}", "addTokenTo": "queryParam", "queryParamKey": "t"})),
                &mut request
            ),
            None
        );
        assert!(crate::url::unparse(&request.url).starts_with("h/p?t=eyJ"));
        let bad = apply(&auth(json!({"algorithm": "HS256", "secret": "s", "payload": "{"})), &mut request).unwrap();
        assert!(bad.contains("its payload is no JSON object"), "{bad}");
        let unknown = apply(&auth(json!({"algorithm": "none", "payload": "{}"})), &mut request).unwrap();
        assert!(unknown.contains("`none`"), "{unknown}");
    }
}
