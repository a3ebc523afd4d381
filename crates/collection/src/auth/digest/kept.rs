//! What challenges said, kept for the requests that follow.
//!
//! As the reference: a later request with the same authentication is signed at once with the
//! nonce it has, and its count goes up. A value that the document holds is never replaced. A
//! refusal that says nothing new is the answer. Only where a server turned to a new nonce since
//! the last request we answer it, and the reference goes on with the old one for good.

use std::collections::BTreeMap;

use super::{Challenge, FIRST, header, is_session};
use crate::format::Auth;
use crate::transport::WireRequest;

/// How often one request is sent again.
const MOST_REPLAYS: u8 = 3;

/// Parameters that servers gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept(BTreeMap<&'static str, String>);

/// One request's way through challenges.
#[derive(Debug)]
pub struct Session {
    auth: Auth,
    kept: Kept,
    replays: u8,
}

impl Session {
    /// Begins with what earlier requests learned.
    pub fn new(auth: &Auth, kept: Kept) -> Self {
        Self {
            auth: auth.clone(),
            kept,
            replays: 0,
        }
    }

    /// What was learned, for the next request.
    pub fn into_kept(self) -> Kept {
        self.kept
    }

    /// A parameter: the document's, else a server's, else `""`.
    pub(super) fn value(&self, name: &str) -> String {
        let own = self.auth.param(name);
        if own.is_empty() {
            self.kept.0.get(name).cloned().unwrap_or_default()
        } else {
            own
        }
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.kept.0.insert(name, value);
    }

    /// The `Authorization` of the request; `None`: too little is known to sign with. `Err` is a
    /// sentence for the report.
    pub fn sign(&self, request: &WireRequest, client_nonce: &str) -> Option<Result<String, String>> {
        let known = ["nonce", "realm", "username"].iter().all(|name| !self.value(name).is_empty());
        known.then(|| header(self, request, client_nonce))
    }

    /// Learns from an answer, `challenge` being that of a refusal. Whether the request is to be sent again.
    pub fn again(&mut self, challenge: Option<Challenge>, client_nonce: &str) -> bool {
        if self.auth.switch("disableRetryRequest") {
            return false;
        }
        let Some(challenge) = challenge else {
            let count = next_count(&self.value("nonceCount"));
            self.set("nonceCount", count);
            return false;
        };
        let turned = self.replays == 0
            && !challenge.nonce.is_empty()
            && self.auth.param("nonce").is_empty()
            && self
                .kept
                .0
                .get("nonce")
                .is_some_and(|old| !old.is_empty() && *old != challenge.nonce);
        let news = self.news(challenge, client_nonce);
        let known = news
            .iter()
            .filter(|(name, _)| *name != "algorithm")
            .all(|(name, _)| !self.value(name).is_empty());
        if self.replays == MOST_REPLAYS || (known && !turned) {
            return false;
        }
        for (name, value) in news {
            self.set(name, value);
        }
        self.replays += 1;
        true
    }

    /// What a challenge sets; optional fields only where they say something.
    fn news(&self, challenge: Challenge, client_nonce: &str) -> Vec<(&'static str, String)> {
        let mut news = vec![("nonce", challenge.nonce), ("realm", challenge.realm)];
        let said = |value: &String| !value.is_empty();
        let own = self.value("qop");
        let algorithm = Some(self.auth.param("algorithm"))
            .filter(said)
            .unwrap_or_else(|| challenge.algorithm.clone());
        if said(&own) || said(&challenge.qop) || is_session(&algorithm) {
            news.push(("clientNonce", client_nonce.to_owned()));
            news.push(("nonceCount", FIRST.to_owned()));
        }
        let optional = [
            ("opaque", challenge.opaque),
            ("qop", challenge.qop),
            ("algorithm", challenge.algorithm),
        ];
        news.extend(optional.into_iter().filter(|(_, value)| said(value)));
        news
    }
}

/// Counts in decimal, as the reference does; the standard's count is hexadecimal.
fn next_count(count: &str) -> String {
    let digits: String = count.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse::<u64>()
        .map_or_else(|_| FIRST.to_owned(), |n| format!("{:08}", n.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &str = "Digest realm=\"r\", qop=\"auth\", nonce=";

    fn session(params: serde_json::Value, kept: Kept) -> Session {
        Session::new(&Auth::from_value(&json!({"type": "digest", "digest": params})).unwrap(), kept)
    }

    fn ada(kept: Kept) -> Session {
        session(json!({"username": "ada", "password": "x"}), kept)
    }

    fn challenge(nonce: &str) -> Option<Challenge> {
        Challenge::parse(&format!("{FIELDS}\"{nonce}\""))
    }

    fn signed(session: &Session) -> String {
        session.sign(&WireRequest::plain("GET", "http://h/"), "c").unwrap().unwrap()
    }

    #[test]
    fn later_requests_are_signed_at_once_and_counted() {
        let mut first = ada(Kept::default());
        assert_eq!(first.sign(&WireRequest::plain("GET", "http://h/"), "c"), None);
        assert!(first.again(challenge("n"), "c"));
        assert!(signed(&first).contains("nc=00000001"));
        assert!(!first.again(None, "c"), "that was the answer");
        let second = ada(first.into_kept());
        assert!(signed(&second).contains("nonce=\"n\"") && signed(&second).contains("nc=00000002"));
    }

    #[test]
    fn a_refusal_without_news_is_the_answer_and_a_new_nonce_is_answered_once() {
        let mut first = ada(Kept::default());
        assert!(first.again(challenge("n"), "c"));
        assert!(!first.again(challenge("n"), "c"), "a wrong password");
        assert!(!first.again(challenge("other"), "c"), "a server that refuses everything");
        let mut second = ada(first.into_kept());
        assert!(second.again(challenge("new"), "c"));
        assert!(signed(&second).contains("nonce=\"new\"") && signed(&second).contains("nc=00000001"));
        assert!(!second.again(challenge("newer"), "c"));
    }

    #[test]
    fn what_the_document_holds_stays() {
        let mut given = session(
            json!({"username": "u", "nonce": "mine", "realm": "r", "nonceCount": "00000007"}),
            Kept::default(),
        );
        assert!(given.again(challenge("n"), "c"), "the quality of protection is news");
        assert!(signed(&given).contains("nonce=\"mine\"") && signed(&given).contains("nc=00000007"));
        assert!(!given.again(challenge("n"), "c"));
    }

    #[test]
    fn a_challenge_that_cannot_be_answered_ends_after_three() {
        let mut session = ada(Kept::default());
        let empty = || Challenge::parse("Digest qop=\"auth\"");
        assert_eq!([(); 4].map(|()| session.again(empty(), "c")), [true, true, true, false]);
        assert_eq!(session.sign(&WireRequest::plain("GET", "http://h/"), "c"), None);
    }

    #[test]
    fn counts_are_decimal() {
        assert_eq!(next_count("00000009"), "00000010");
        assert_eq!(next_count(""), "00000001");
        assert_eq!(next_count("x"), "00000001");
    }
}
