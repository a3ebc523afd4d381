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
    Digest(Box<digest::Session>),
    /// `negotiated`: the first message is out.
    Ntlm {
        auth: Auth,
        negotiated: bool,
    },
}

/// How a request is sent once more, or for the first time.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// As it is.
    AsItIs,
    /// With this `Authorization`.
    With(String),
    /// Without any; a sentence for the report says why.
    Without(String),
}

impl Step {
    /// Gives a request the `Authorization` of this step.
    pub fn dress(self, wire: &mut WireRequest, warnings: &mut Vec<String>) {
        if self != Self::AsItIs {
            wire.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        }
        match self {
            Self::AsItIs => {}
            Self::With(value) => wire.headers.push(("Authorization".into(), value)),
            Self::Without(why) => warnings.push(why),
        }
    }
}

impl From<Option<Result<String, String>>> for Step {
    fn from(signed: Option<Result<String, String>>) -> Self {
        match signed {
            None => Self::AsItIs,
            Some(Ok(header)) => Self::With(header),
            Some(Err(why)) => Self::Without(why),
        }
    }
}

impl Handshake {
    /// The handshake of an authentication whose variables are substituted; `kept` is what
    /// earlier requests with it learned.
    pub fn new(auth: Option<&Auth>, kept: digest::Kept) -> Self {
        match auth {
            Some(auth) if auth.kind == "digest" => Self::Digest(Box::new(digest::Session::new(auth, kept))),
            Some(auth) if auth.switch("disableRetryRequest") => Self::Done,
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

    /// How the request is sent for the first time: signed, when a challenge is known.
    pub fn first(&self, request: &WireRequest, token: &str) -> Step {
        match self {
            Self::Digest(session) => session.sign(request, token).into(),
            Self::Done | Self::Ntlm { .. } => Step::AsItIs,
        }
    }

    /// What later requests with the same authentication begin with.
    pub fn into_kept(self) -> Option<digest::Kept> {
        match self {
            Self::Digest(session) => Some(session.into_kept()),
            Self::Done | Self::Ntlm { .. } => None,
        }
    }

    /// How to send the request once more; `None`: this is the answer.
    pub fn next(&mut self, request: &WireRequest, response: &WireResponse, fresh: &Fresh<'_>) -> Option<Step> {
        let refused = matches!(response.status, 401 | 403);
        let mut asked = response
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
            .map(|(_, value)| value.as_str());
        match std::mem::replace(self, Self::Done) {
            Self::Done => None,
            Self::Digest(mut session) => {
                let challenge = asked.find_map(digest::Challenge::parse).filter(|_| refused);
                let again = session.again(challenge, fresh.token);
                let step = again.then(|| session.sign(request, fresh.token).into());
                *self = Self::Digest(session);
                step
            }
            Self::Ntlm { .. } if !refused => None,
            Self::Ntlm { auth, negotiated: false } => {
                asked.find(|value| is_ntlm(value))?;
                *self = Self::Ntlm { auth, negotiated: true };
                Some(Step::With(ntlm::negotiate()))
            }
            Self::Ntlm { auth, negotiated: true } => {
                let challenge = asked.find_map(ntlm::parse)?;
                let mut nonce = [0; 8];
                nonce.iter_mut().zip(fresh.token.bytes()).for_each(|(to, from)| *to = from);
                Some(Step::With(ntlm::authenticate(&auth, &challenge, fresh.now, nonce)))
            }
        }
    }
}

fn is_ntlm(value: &str) -> bool {
    let scheme = value.split_ascii_whitespace().next().unwrap_or_default().trim_end_matches(',');
    scheme.eq_ignore_ascii_case("ntlm") || scheme.eq_ignore_ascii_case("negotiate")
}
