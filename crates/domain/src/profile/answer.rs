//! Which answers mean that an event has arrived, where a receiver has rules of its own.

use serde_json::Value;

use super::{Profile, headline::cut};
use crate::delivery::Verdict;

pub(super) fn judge(profile: Profile, status: u16, retry_after_s: Option<i64>, body: &[u8]) -> Verdict {
    let verdict = Verdict::of_status(status, retry_after_s);
    match profile {
        Profile::Slack if status == 200 && !is_ok(body) => refused(verdict, "answered 200, but not `ok`", body, true),
        // The Events API takes an event with 202 and nothing else; what it calls invalid stays so.
        Profile::Pagerduty if verdict.success && status != 202 => refused(
            verdict,
            &format!("answered {status}; the Events API takes an event with 202"),
            body,
            true,
        ),
        Profile::Pagerduty if status == 400 => refused(verdict, "answered 400: the event or its routing key is not valid", body, false),
        _ => verdict,
    }
}

/// Incoming webhooks answer `ok`, workflow triggers `{"ok": true}`.
fn is_ok(body: &[u8]) -> bool {
    let text = body.trim_ascii();
    text == b"ok" || serde_json::from_slice::<Value>(text).is_ok_and(|answer| answer["ok"] == true)
}

fn refused(verdict: Verdict, why: &str, body: &[u8], retry: bool) -> Verdict {
    let said = cut(String::from_utf8_lossy(body).trim(), 200).replace(char::is_control, " ");
    Verdict {
        success: false,
        code: "http_status".to_owned(),
        message: Some(if said.is_empty() {
            why.to_owned()
        } else {
            format!("{why}: {said}")
        }),
        retry,
        ..verdict
    }
}
