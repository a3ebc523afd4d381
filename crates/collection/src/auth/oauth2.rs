//! OAuth 2.0 (RFC 6749): a token is put into the header or the query.
//!
//! A document without a token may say how to get one without a person: client
//! credentials, password, refresh token. The request for it is made here, sent by the
//! runner, and its answer kept for the run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::place;
use crate::format::{Auth, Request};

pub(super) fn apply(auth: &Auth, request: &mut Request) -> Option<String> {
    let token = auth.param("accessToken");
    if token.is_empty() {
        return Some("the OAuth 2.0 authentication holds no access token; the request is sent without one".into());
    }
    if auth.param("tokenType").eq_ignore_ascii_case("mac") {
        return Some("OAuth 2.0 tokens of type `mac` are not supported; the request is sent without one".into());
    }
    let given = auth.params.iter().any(|(key, value)| key == "headerPrefix" && !value.is_null());
    let prefix = if given { auth.param("headerPrefix") } else { "Bearer".into() };
    let query_key = match auth.param("addTokenTo").as_str() {
        "queryParams" => Some("access_token"),
        "header" | "" => None,
        other => {
            return Some(format!(
                "the OAuth 2.0 token has no place `{other}`; the request is sent without it"
            ));
        }
    };
    place(request, query_key, prefix.trim(), &token);
    None
}

/// The request for a token, when the document has none and says how to get one. Its
/// variables are substituted already.
///
/// # Errors
/// A grant that needs a person with a browser, or a part that is missing, as a sentence.
pub fn token_request(auth: &Auth) -> Result<Option<Request>, String> {
    let address = auth.param("accessTokenUrl");
    if auth.kind != "oauth2" || !auth.param("accessToken").is_empty() || address.is_empty() {
        return Ok(None);
    }
    let mut form = grant(auth)?;
    if !auth.param("scope").is_empty() {
        form.push(("scope".into(), auth.param("scope")));
    }
    for name in ["audience", "resource"] {
        if !auth.param(name).is_empty() {
            form.push((name.into(), auth.param(name)));
        }
    }
    let mut headers = vec![json!({"key": "Accept", "value": "application/json"})];
    let (id, secret) = (auth.param("clientId"), auth.param("clientSecret"));
    // RFC 6749, 2.3.1: in the header unless the document says otherwise.
    if auth.param("client_authentication") == "body" || secret.is_empty() {
        form.push(("client_id".into(), id));
        if !secret.is_empty() {
            form.push(("client_secret".into(), secret));
        }
    } else {
        let encoded = |text: &str| crate::url::encode_form(text);
        let login = STANDARD.encode(format!("{}:{}", encoded(&id), encoded(&secret)));
        headers.push(json!({"key": "Authorization", "value": format!("Basic {login}")}));
    }
    form.extend(extra(auth));
    let rows: Vec<Value> = form.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    Ok(Some(Request::from_value(&json!({
        "method": "POST", "url": address, "header": headers, "auth": {"type": "noauth"},
        "body": {"mode": "urlencoded", "urlencoded": rows},
    }))))
}

fn grant(auth: &Auth) -> Result<Vec<(String, String)>, String> {
    let needed = |name: &str| {
        let value = auth.param(name);
        if value.is_empty() {
            Err(format!("no token is fetched: the authentication has no `{name}`"))
        } else {
            Ok(value)
        }
    };
    let refresh = auth.param("refreshToken");
    match auth.param("grant_type").as_str() {
        _ if !refresh.is_empty() => Ok(vec![
            ("grant_type".into(), "refresh_token".into()),
            ("refresh_token".into(), refresh),
        ]),
        "client_credentials" => {
            needed("clientId")?;
            Ok(vec![("grant_type".into(), "client_credentials".into())])
        }
        "password_credentials" | "password" => Ok(vec![
            ("grant_type".into(), "password".into()),
            ("username".into(), needed("username")?),
            ("password".into(), auth.param("password")),
        ]),
        other => Err(format!(
            "no token is fetched: the grant `{other}` needs a person; use `client_credentials`, `password_credentials` or a refresh token"
        )),
    }
}

/// `tokenRequestParams`: rows that the document adds to the body.
fn extra(auth: &Auth) -> Vec<(String, String)> {
    let rows = auth
        .params
        .iter()
        .rev()
        .find(|(key, _)| key == "tokenRequestParams")
        .map(|(_, value)| value);
    let rows = rows.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let used = rows
        .iter()
        .filter(|row| row["enabled"].as_bool() != Some(false) && row["send_as"].as_str().is_none_or(|to| to == "request_body"));
    let text = |value: &Value| crate::format::text(value).unwrap_or_default();
    used.map(|row| (text(&row["key"]), text(&row["value"])))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

/// A token and how long it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub value: String,
    /// Seconds; `None` when the server does not say.
    pub lifetime: Option<i64>,
}

/// Reads the answer of a token endpoint (RFC 6749, 5).
///
/// # Errors
/// What the server says instead, as a sentence.
pub fn read_token(status: u16, body: &[u8]) -> Result<Token, String> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(token) = value["access_token"].as_str().filter(|token| !token.is_empty()) {
        let lifetime = value["expires_in"].as_i64().or_else(|| value["expires_in"].as_str()?.parse().ok());
        return Ok(Token {
            value: token.to_owned(),
            lifetime,
        });
    }
    let said = value["error_description"].as_str().or(value["error"].as_str());
    let said = said.map_or_else(|| "it sent no `access_token`".to_owned(), |said| format!("it said `{said}`"));
    Err(format!(
        "no token is fetched: the token endpoint answered with status {status} and {said}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Mode;

    fn auth(params: Value) -> Auth {
        Auth::from_value(&json!({"type": "oauth2", "oauth2": params})).unwrap()
    }

    fn form(request: &Request) -> Vec<(String, String)> {
        let Some(Mode::Urlencoded(rows)) = request.body.as_ref().map(|b| &b.mode) else {
            panic!("no form")
        };
        rows.iter().map(|r| (r.key.clone().unwrap(), r.value.clone().unwrap())).collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.into(), value.into())
    }

    #[test]
    fn client_credentials_go_into_the_header_or_the_body() {
        let params = json!({"grant_type": "client_credentials", "accessTokenUrl": "http://h/t", "clientId": "i d", "clientSecret": "s", "scope": "a b"});
        let request = token_request(&auth(params.clone())).unwrap().unwrap();
        assert_eq!(request.header("authorization"), Some("Basic aSUyMGQ6cw=="));
        assert_eq!(form(&request), [pair("grant_type", "client_credentials"), pair("scope", "a b")]);
        let mut params = params;
        params["client_authentication"] = json!("body");
        let request = token_request(&auth(params)).unwrap().unwrap();
        assert_eq!(request.header("authorization"), None);
        assert!(form(&request).ends_with(&[pair("client_id", "i d"), pair("client_secret", "s")]));
    }

    #[test]
    fn password_and_refresh_token_are_fetched_and_browsers_are_not() {
        let base =
            |grant: &str| json!({"grant_type": grant, "accessTokenUrl": "http://h/t", "clientId": "i", "username": "u", "password": "p"});
        let password = token_request(&auth(base("password_credentials"))).unwrap().unwrap();
        assert_eq!(
            form(&password)[..3],
            [pair("grant_type", "password"), pair("username", "u"), pair("password", "p")]
        );
        let mut refresh = base("authorization_code");
        refresh["refreshToken"] = json!("r");
        assert_eq!(
            form(&token_request(&auth(refresh)).unwrap().unwrap())[1],
            pair("refresh_token", "r")
        );
        assert!(
            token_request(&auth(base("authorization_code")))
                .unwrap_err()
                .contains("needs a person")
        );
        assert_eq!(
            token_request(&auth(json!({"accessToken": "t", "accessTokenUrl": "http://h/t"}))),
            Ok(None)
        );
    }

    #[test]
    fn answers_are_read_or_explained() {
        let token = read_token(200, br#"{"access_token": "t", "expires_in": "60"}"#).unwrap();
        assert_eq!((token.value.as_str(), token.lifetime), ("t", Some(60)));
        let refused = read_token(400, br#"{"error": "invalid_client"}"#).unwrap_err();
        assert!(refused.ends_with("status 400 and it said `invalid_client`"), "{refused}");
        assert!(read_token(502, b"<html>").unwrap_err().contains("no `access_token`"));
    }
}
