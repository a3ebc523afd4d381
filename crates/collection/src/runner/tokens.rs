//! Tokens that a run fetches (OAuth 2.0) and keeps until they are over.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::digests::Owner;
use super::exchange::{Exchange, Wire};
use crate::auth::oauth2::{self, Token};
use crate::format::{Auth, Request};
use crate::report::SubRequest;
use crate::request::Profile;
use crate::script::Scopes;

/// A token is fetched anew so long before its end, in microseconds.
const MARGIN: i64 = 10_000_000;

/// The tokens of one run, by the authentication that asked for them.
#[derive(Default)]
pub struct Tokens {
    kept: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    value: String,
    /// Microseconds since the epoch; `None`: good for the run.
    until: Option<i64>,
}

impl Tokens {
    /// A token that is still good.
    pub fn get(&self, auth: &Auth, now: i64) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let token = kept
            .get(&key(auth))
            .filter(|token| token.until.is_none_or(|until| now < until - MARGIN))?;
        Some(token.value.clone())
    }

    /// Keeps a fresh token.
    pub fn put(&self, auth: &Auth, token: &Token, now: i64) {
        let until = token.lifetime.map(|seconds| now.saturating_add(seconds.saturating_mul(1_000_000)));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(
            key(auth),
            Kept {
                value: token.value.clone(),
                until,
            },
        );
    }
}

fn key(auth: &Auth) -> String {
    auth.to_value().to_string()
}

impl Wire {
    /// Sends a request and follows its redirects; before that fetches the token that its
    /// authentication asks for.
    pub async fn send(
        &self,
        request: &Request,
        (auth, owner): (Option<&Auth>, Option<Owner>),
        profile: &Profile,
        scopes: &Scopes,
    ) -> Exchange {
        let Some(oauth2) = auth.filter(|auth| auth.kind == "oauth2") else {
            return self.send_as(request, (auth, owner), profile, scopes).await;
        };
        let mut fetched = self.resolve_auth(oauth2, scopes);
        let (token_request, warning) = match oauth2::token_request(&fetched) {
            Ok(None) => (None, None),
            Ok(Some(ask)) => Box::pin(self.fetch_token(&mut fetched, &ask, scopes)).await,
            Err(why) => (None, Some(why)),
        };
        let mut exchange = self.send_as(request, (Some(&fetched), None), profile, scopes).await;
        exchange.warnings.extend(warning);
        exchange.token_request = token_request;
        exchange
    }

    fn resolve_auth(&self, auth: &Auth, scopes: &Scopes) -> Auth {
        let mut dynamic = self.dynamic.lock().unwrap_or_else(PoisonError::into_inner);
        let mut resolver = crate::variables::Resolver::new(scopes, &mut dynamic);
        Auth {
            kind: auth.kind.clone(),
            params: auth.params.iter().map(|(k, v)| (k.clone(), resolver.value(v))).collect(),
        }
    }

    /// Puts a token into an authentication that says how to get one. Answers the request
    /// that was sent for it, and why there is no token.
    async fn fetch_token(&self, auth: &mut Auth, ask: &Request, scopes: &Scopes) -> (Option<SubRequest>, Option<String>) {
        let (sent, token) = match self.tokens.get(auth, (self.now)()) {
            Some(token) => (None, Ok(token)),
            None => {
                let exchange = self.send_as(ask, (None, None), &Profile::default(), scopes).await;
                let sent = exchange.to_sub_request(None, self.options.max_report_bytes);
                (Some(sent), self.keep_token(auth, exchange))
            }
        };
        match token {
            Ok(token) => {
                auth.params.push(("accessToken".into(), serde_json::Value::String(token)));
                (sent, None)
            }
            Err(why) => (sent, Some(why)),
        }
    }

    /// Reads the token out of an answer.
    fn keep_token(&self, auth: &Auth, exchange: Exchange) -> Result<String, String> {
        let answer = exchange.result.map_err(|error| format!("no token is fetched: {}", error.message))?;
        let token = oauth2::read_token(answer.response.status, &answer.response.body)?;
        self.tokens.put(auth, &token, (self.now)());
        Ok(token.value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_kept_until_it_is_nearly_over() {
        let auth = |id: &str| Auth::from_value(&json!({"type": "oauth2", "oauth2": {"clientId": id}})).unwrap();
        let tokens = Tokens::default();
        let fresh = |lifetime| Token {
            value: "t".into(),
            lifetime,
        };
        tokens.put(&auth("a"), &fresh(Some(60)), 0);
        assert_eq!(tokens.get(&auth("a"), 49_000_000).as_deref(), Some("t"));
        assert_eq!(tokens.get(&auth("a"), 51_000_000), None);
        assert_eq!(tokens.get(&auth("b"), 0), None);
        tokens.put(&auth("b"), &fresh(None), 0);
        assert_eq!(tokens.get(&auth("b"), i64::MAX).as_deref(), Some("t"));
    }
}
