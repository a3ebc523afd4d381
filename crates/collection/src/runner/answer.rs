//! What scripts and reports see of an exchange.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::exchange::{Answer, Exchange};
use super::millis;
use crate::report::{Received, SubRequest};
use crate::script::{Listen, ScriptResponse};

impl Exchange {
    /// How a report lists it beside the item's own request.
    pub fn to_sub_request(&self, listen: Option<Listen>, body_limit: usize) -> SubRequest {
        SubRequest {
            listen,
            replays: self.replays.clone(),
            request: self.sent.clone(),
            response: self.result.as_ref().ok().map(|answer| answer.to_report(body_limit)),
            error: self.result.as_ref().err().cloned(),
        }
    }
}

impl Answer {
    /// What scripts see.
    pub fn to_script(&self) -> ScriptResponse {
        ScriptResponse {
            code: self.response.status,
            reason: self.response.reason.clone(),
            headers: self.response.headers.clone(),
            body: self.response.body.clone(),
            truncated: self.response.truncated,
            response_time_ms: millis(self.total_us) as f64,
            response_size: self.response.body.len() as u64,
        }
    }

    /// What the report shows, the body cut after `limit` bytes.
    pub fn to_report(&self, limit: usize) -> Received {
        let response = &self.response;
        let shown = &response.body[..response.body.len().min(limit)];
        let (body, base64) = match std::str::from_utf8(shown) {
            Ok(text) => (text.to_owned(), false),
            // A cut in the middle of a character is still text.
            Err(e) if e.error_len().is_none() => (String::from_utf8_lossy(&shown[..e.valid_up_to()]).into_owned(), false),
            Err(_) => (STANDARD.encode(shown), true),
        };
        Received {
            status: response.status,
            reason: response.reason.clone(),
            http_version: response.http_version.clone(),
            headers: response.headers.clone(),
            body,
            base64,
            truncated: response.truncated || shown.len() < response.body.len(),
            size: response.body.len() as u64,
            time_ms: millis(self.total_us),
            phases: response.phases,
            redirects: self.redirects,
            remote_address: response.remote_address.clone(),
        }
    }
}
