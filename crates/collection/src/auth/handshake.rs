//! Types that answer a refusal: the same request is sent again with what the refusal asks
//! for. A handshake knows how far it has come, so that it ends.

use super::{digest, ntlm};
use crate::format::Auth;
use crate::transport::{WireRequest, WireResponse};

/// What a step needs fresh.
pub struct Fresh<'a> {
    /// Random letters and digits, eight or more.
    pub token: &'a str,
    /// Microseconds since the epoch.
    pub now: i64,
}

/// The way to an answer that is not refused.
pub enum Handshake {
    /// The type has none, or it is over.
    Done,
    Digest {
        auth: Auth,
    },
    /// `negotiated`: the first message is out.
    Ntlm {
        auth: Auth,
        negotiated: bool,
    },
}

impl Handshake {
    /// The handshake of an authentication whose variables are substituted.
    pub fn new(auth: Option<&Auth>) -> Self {
        match auth {
            Some(auth) if auth.param("disableRetryRequest") == "true" => Self::Done,
            Some(auth) if auth.kind == "digest" => Self::Digest { auth: auth.clone() },
            Some(auth) if auth.kind == "ntlm" => Self::Ntlm {
                auth: auth.clone(),
                negotiated: false,
            },
            _ => Self::Done,
        }
    }

    /// Whether its messages must stay on one connection.
    pub fn is_bound_to_connection(&self) -> bool {
        matches!(self, Self::Ntlm { .. })
    }

    /// The `Authorization` to send the request with once more; `None`: this is the answer.
    /// `Err` is a sentence for the report.
    pub fn next(&mut self, request: &WireRequest, response: &WireResponse, fresh: &Fresh<'_>) -> Option<Result<String, String>> {
        if !matches!(response.status, 401 | 403) {
            return None;
        }
        let mut asked = response
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
            .map(|(_, value)| value.as_str());
        match std::mem::replace(self, Self::Done) {
            Self::Done => None,
            Self::Digest { auth } => {
                let challenge = asked.find_map(digest::Challenge::parse)?;
                Some(digest::header(&auth, &challenge, request, fresh.token))
            }
            Self::Ntlm { auth, negotiated: false } => {
                asked.find(|value| is_ntlm(value))?;
                *self = Self::Ntlm { auth, negotiated: true };
                Some(Ok(ntlm::negotiate()))
            }
            Self::Ntlm { auth, negotiated: true } => {
                let challenge = asked.find_map(ntlm::parse)?;
                let mut nonce = [0; 8];
                nonce.iter_mut().zip(fresh.token.bytes()).for_each(|(to, from)| *to = from);
                Some(Ok(ntlm::authenticate(&auth, &challenge, fresh.now, nonce)))
            }
        }
    }
}

fn is_ntlm(value: &str) -> bool {
    let scheme = value.split_ascii_whitespace().next().unwrap_or_default().trim_end_matches(',');
    scheme.eq_ignore_ascii_case("ntlm") || scheme.eq_ignore_ascii_case("negotiate")
}

/// What the first request carries already: a digest whose challenge the document holds.
pub fn first(auth: &Auth, request: &WireRequest, token: &str) -> Option<String> {
    if auth.kind != "digest" {
        return None;
    }
    digest::header(auth, &digest::Challenge::of_document(auth)?, request, token).ok()
}
