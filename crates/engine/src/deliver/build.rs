//! The request of one attempt. The body is the profile's rendering of the event, the same bytes for every attempt;
//! timestamp and signature are renewed. What is signed is what is sent and what is logged.

use bytes::Bytes;
use domain::{Micros, Problem, limits, profile, webhook::Method};
use egress::Request;

use super::{
    Job,
    target::{Address, Target},
};

/// How Watchbell names itself to receivers.
const USER_AGENT: &str = concat!("Watchbell/", env!("CARGO_PKG_VERSION"));

/// A request, and its headers as the log shows them.
pub(super) struct Built {
    pub request: Request,
    pub shown_headers: Vec<(String, String)>,
    /// The body as the log shows it: byte by byte, unless a secret is part of it.
    pub shown_body: Bytes,
}

/// Builds the request that goes out at `now`; its deadline is the sender's to set ([`Target::deadline`]).
///
/// # Errors
/// The profile cannot render this event, or the secret does not sign.
pub(super) fn build(target: &Target, address: &Address, job: &Job, now: Micros) -> Result<Built, Problem> {
    let body = target.profile.render(&job.event, target.setting(address))?;
    let signed = profile::headers(target.signature, &job.event.id, address.keys(now), now, &body.bytes)?;
    let mut shown_headers = Vec::with_capacity(3 + signed.len() + address.headers.len());
    if !body.content_type.is_empty() {
        shown_headers.push(("content-type".to_owned(), body.content_type));
    }
    shown_headers.push(("user-agent".to_owned(), USER_AGENT.to_owned()));
    shown_headers.extend(signed);
    shown_headers.push(("watchbell-hops".to_owned(), job.event.hops.saturating_add(1).to_string()));
    if let Some(replay_id) = &job.delivery.replay_id {
        shown_headers.push(("watchbell-replay".to_owned(), replay_id.clone()));
    }
    // The user's content type or agent wins.
    let given = |name: &str| address.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    shown_headers.retain(|(name, _)| !given(name));
    let mut headers = shown_headers.clone();
    headers.extend(address.headers.iter().cloned());
    shown_headers.extend(address.shown_headers.iter().cloned());
    let method = target.options.method();
    let shown_body = body.shown.map(Bytes::from);
    let body = Bytes::from(body.bytes);
    let request = Request {
        headers,
        body: (method != Method::Get).then(|| body.clone()),
        max_body: limits::RESPONSE_KEPT_BYTES,
        verify_tls: target.options.verify_tls,
        client_certificate: address.certificate.clone(),
        ..Request::new(method.as_str(), address.url.clone())
    };
    Ok(Built {
        request,
        shown_headers,
        shown_body: shown_body.unwrap_or(body),
    })
}
