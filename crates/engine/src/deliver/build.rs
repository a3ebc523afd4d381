//! The request of one attempt. The body is the profile's rendering of the event, the same bytes for every attempt;
//! timestamp and signature are renewed. What is signed is what is sent and what is logged.

use std::time::Duration;

use bytes::Bytes;
use domain::{Micros, Problem, limits};
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
    pub body: Bytes,
}

/// Builds the request that goes out at `now`.
///
/// # Errors
/// The profile cannot render this event, or the secret does not sign.
pub(super) fn build(target: &Target, address: &Address, job: &Job, now: Micros) -> Result<Built, Problem> {
    let body = target.profile.render(&job.event)?;
    let signed = target.profile.headers(&job.event.id, address.keys(now), now, &body.bytes)?;
    let mut shown_headers = Vec::with_capacity(3 + signed.len() + address.headers.len());
    shown_headers.push(("content-type".to_owned(), body.content_type.to_owned()));
    shown_headers.push(("user-agent".to_owned(), USER_AGENT.to_owned()));
    shown_headers.extend(signed);
    shown_headers.push(("watchbell-hops".to_owned(), job.event.hops.saturating_add(1).to_string()));
    // The user's content type or agent wins.
    let given = |name: &str| address.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    shown_headers.retain(|(name, _)| !given(name));
    let mut headers = shown_headers.clone();
    headers.extend(address.headers.iter().cloned());
    shown_headers.extend(address.shown_headers.iter().cloned());
    let body = Bytes::from(body.bytes);
    let request = Request {
        headers,
        body: Some(body.clone()),
        deadline: Duration::from_millis(target.timeout_ms),
        max_body: limits::RESPONSE_KEPT_BYTES,
        verify_tls: target.verify_tls,
        ..Request::new("POST", address.url.clone())
    };
    Ok(Built {
        request,
        shown_headers,
        body,
    })
}
