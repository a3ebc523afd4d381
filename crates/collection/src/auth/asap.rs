//! Atlassian's ASAP: a short-lived JSON Web Token with issuer, audience and key id.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::{Signing, javascript, jwt};
use crate::format::{Auth, Request};

/// Seconds that a token is good for.
const LIFETIME: i64 = 3600;

/// Gives a warning when no token can be made.
pub(super) fn apply(auth: &Auth, request: &mut Request, signing: &Signing<'_>) -> Option<String> {
    match token(auth, signing) {
        Ok(token) => {
            request.set_header("Authorization", &format!("Bearer {token}"));
            None
        }
        Err(why) => Some(format!("no ASAP token is sent: {why}")),
    }
}

fn token(auth: &Auth, signing: &Signing<'_>) -> Result<String, String> {
    let mut claims = jwt::object(auth, "claims")?;
    let algorithm = Some(auth.param("alg")).filter(|a| !a.is_empty()).unwrap_or_else(|| "RS256".into());
    if algorithm.starts_with("HS") {
        return Err(format!("the algorithm `{algorithm}` is not allowed by ASAP"));
    }
    let claim = |claims: &Map<String, Value>, name: &str| {
        let own = claims.get(name).filter(|value| !value.is_null() && *value != "").cloned();
        own.or_else(|| Some(auth.param(name)).filter(|v| !v.is_empty()).map(Value::String))
    };
    let needed = |value: Option<Value>, name: &str| value.ok_or_else(|| format!("its `{name}` is missing"));
    let key_id = needed(claim(&claims, "kid"), "kid")?;
    let issuer = needed(claim(&claims, "iss"), "iss")?;
    let audience = needed(claim(&claims, "aud"), "aud")?;
    let subject = claim(&claims, "sub").unwrap_or_else(|| issuer.clone());
    let now = signing.now.div_euclid(1_000_000);
    // As JavaScript's `parseInt`: the digits at the start count.
    let given = auth.param("exp");
    let digits = given.trim_start().find(|c: char| !c.is_ascii_digit()).unwrap_or(given.len());
    let lifetime = given
        .trim_start()
        .get(..digits)
        .and_then(|d| d.parse().ok())
        .filter(|n| *n > 0)
        .unwrap_or(LIFETIME);
    claims.entry("iat").or_insert(json!(now));
    claims.insert("iss".into(), issuer);
    claims.insert("sub".into(), subject);
    let id = uuid::Builder::from_random_bytes(super::hash::md5(signing.nonce.as_bytes())).into_uuid();
    claims.entry("jti").or_insert(json!(id.to_string()));
    claims.insert("aud".into(), audience);
    claims.entry("exp").or_insert(json!(now + lifetime));
    let header = json!({"alg": algorithm, "kid": key_id});
    let part = |value: String| URL_SAFE_NO_PAD.encode(value);
    let signed = format!(
        "{}.{}",
        part(javascript::json(&header)),
        part(javascript::json(&Value::Object(claims)))
    );
    let signature = jwt::sign(&algorithm, &with_key(auth), signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Keys may be given as `data:application/pkcs8;kid=…;base64,…`.
fn with_key(auth: &Auth) -> Auth {
    let given = super::hash::decode(auth.param("privateKey").trim_matches('"'));
    let mut auth = auth.clone();
    if let Some((_, key)) = given.strip_prefix("data:").and_then(|rest| rest.split_once("base64,")) {
        auth.params.push(("privateKey".into(), json!(key)));
    }
    auth
}
