//! Deliveries and the verdict on one attempt.

use serde::{Deserialize, Serialize};

crate::run::text_enum!(/// Where a delivery stands.
DeliveryState { Pending = "pending", Delivered = "delivered", Failed = "failed", Dropped = "dropped" });
crate::run::text_enum!(/// Why there is a delivery.
DeliveryKind { Event = "event", Test = "test", Resend = "resend", Replay = "replay" });

/// What one exchange means for its delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub success: bool,
    /// Stable code: `ok`, `http_status`, or the transport's (`connect_refused`, `timeout_headers`, `guard_refused` …).
    pub code: String,
    /// For people.
    pub message: Option<String>,
    /// Another attempt can help.
    pub retry: bool,
    /// 410.
    pub gone: bool,
    /// `Retry-After` in seconds from now.
    pub retry_after_s: Option<i64>,
}

impl Verdict {
    /// A response came. 2xx is success, 410 disables, redirects are failures that say so,
    /// `Retry-After` is heard with 429 and 503.
    pub fn of_status(status: u16, retry_after_s: Option<i64>) -> Self {
        let success = (200..300).contains(&status);
        let message = match status {
            200..300 => None,
            300..400 => Some(format!(
                "answered {status}: redirects are never followed; set the webhook's URL to the final address"
            )),
            410 => Some("answered 410 Gone: it wants no more events".to_owned()),
            _ => Some(format!("answered {status}")),
        };
        Self {
            success,
            code: if success { "ok" } else { "http_status" }.to_owned(),
            message,
            retry: !success && status != 410,
            gone: status == 410,
            retry_after_s: retry_after_s.filter(|_| matches!(status, 429 | 503)),
        }
    }

    /// No response came.
    pub fn of_failure(code: &str, message: &str, passing: bool) -> Self {
        Self {
            success: false,
            code: code.to_owned(),
            message: Some(message.to_owned()),
            retry: passing,
            gone: false,
            retry_after_s: None,
        }
    }

    /// Until when a receiver that asked for a pause is to be left alone: what it asked for, capped.
    pub fn hold_until(&self, now: crate::Micros) -> Option<crate::Micros> {
        let asked = self
            .retry_after_s
            .filter(|asked| *asked > 0)?
            .min(crate::limits::RETRY_AFTER_SECONDS);
        Some(now.saturating_add(asked * crate::clock::SECOND))
    }
}

/// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date from which `now` is taken. Seconds from now, not negative.
pub fn retry_after(value: &str, now: crate::Micros) -> Option<i64> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() {
        return Some(value.parse().unwrap_or(i64::MAX));
    }
    let at = jiff::fmt::rfc2822::parse(value).ok()?.timestamp().as_microsecond();
    Some(at.saturating_sub(now).max(0).div_euclid(crate::clock::SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 784_111_777_000_000; // Sun, 06 Nov 1994 08:49:37 GMT
        assert_eq!(retry_after("120", now), Some(120));
        assert_eq!(retry_after(" Sun, 06 Nov 1994 08:50:37 GMT ", now), Some(60));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(0));
        assert_eq!(retry_after("99999999999999999999", now), Some(i64::MAX));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }
}
