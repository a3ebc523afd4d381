//! The log on a webhook's page: the chart of its latest attempts, figures of the day, its deliveries with their attempts.

use std::collections::HashMap;

use domain::delivery::DeliveryState;

use super::super::ui;
use crate::{
    actions::{
        attempts::{AttemptDetail, AttemptStats, DeliveryView},
        webhooks::WebhookView,
    },
    chart::{Bar, Outcome},
};

/// A delivery with its attempts, first to last.
pub struct DeliveryLine {
    pub view: DeliveryView,
    pub kind: &'static str,
    pub note: String,
    pub attempts: Vec<AttemptDetail>,
    pub resendable: bool,
    pub resend_url: String,
    pub curl_url: String,
}

/// Bars of the attempts, which come newest first.
#[allow(clippy::cast_precision_loss, reason = "counts of attempts")]
pub fn bars(log: &[AttemptDetail]) -> Vec<Bar> {
    let bar = |a: &AttemptDetail| {
        let a = &a.attempt;
        let said = a
            .message
            .clone()
            .or_else(|| a.status_code.map(|code| code.to_string()))
            .unwrap_or_else(|| a.verdict.clone());
        Bar {
            outcome: if a.success { Outcome::Success } else { Outcome::Failure },
            value: Some(a.duration_us as f64 / 1_000.0),
            title: format!(
                "{} ({said}), {}, {}",
                if a.success { "Delivered" } else { "Failed" },
                ui::us(&a.duration_us),
                ui::clock(a.at.micros())
            ),
            href: Some(format!("#{}", a.delivery_id)),
        }
    };
    log.iter().rev().map(bar).collect()
}

/// Figures of a day.
#[allow(clippy::cast_precision_loss, reason = "counts of attempts")]
pub fn stats(w: &WebhookView, day: &AttemptStats) -> Vec<(&'static str, String, String)> {
    let all = day.successes + day.failures;
    let rate = if all == 0 {
        "unknown".to_owned()
    } else {
        ui::percent(&(day.successes as f64 / all as f64))
    };
    let time = |us: Option<i64>| us.map_or_else(|| "–".to_owned(), |us| ui::us(&us));
    let failing = w
        .failing_since
        .map_or_else(String::new, |at| format!("failing since {}", ui::clock(at.micros())));
    vec![
        ("Success rate", rate, "of attempts, 24 hours".to_owned()),
        ("Attempts", all.to_string(), format!("{} failed", day.failures)),
        ("Median latency", time(day.p50_us), "24 hours".to_owned()),
        ("95th percentile", time(day.p95_us), "24 hours".to_owned()),
        ("Failures in a row", w.failed_attempts.to_string(), failing),
    ]
}

/// A delivery of the log; takes its attempts out of `attempts`.
pub fn line(view: DeliveryView, attempts: &mut HashMap<String, Vec<AttemptDetail>>, enabled: bool) -> DeliveryLine {
    let attempts = attempts.remove(&view.id).unwrap_or_default();
    let last = attempts.last().map(|a| &a.attempt);
    let note = match (view.state, last) {
        (DeliveryState::Dropped, _) => view.reason.clone().unwrap_or_default(),
        (_, Some(last)) if last.success => format!("{} in {}", last.status_code.unwrap_or_default(), ui::us(&last.duration_us)),
        (_, Some(last)) => last.message.clone().unwrap_or_else(|| last.verdict.clone()),
        (_, None) => String::new(),
    };
    DeliveryLine {
        kind: view.kind.as_str(),
        note,
        resendable: enabled && view.state != DeliveryState::Pending,
        resend_url: format!("/deliveries/{}/resend", view.id),
        curl_url: format!("/deliveries/{}/curl", view.id),
        attempts,
        view,
    }
}

/// The version of HTTP and how long each phase took: `HTTP/1.1 · resolve 1 ms · …`. Empty where nothing was sent.
pub fn phases(attempt: &AttemptDetail) -> String {
    let mut parts: Vec<String> = attempt.http_version.iter().cloned().collect();
    let phases = &attempt.phases;
    for (name, word) in [
        ("resolve_us", "resolve"),
        ("connect_us", "connect"),
        ("tls_us", "TLS"),
        ("first_byte_us", "first byte"),
        ("body_us", "body"),
    ] {
        if let Some(us) = phases[name].as_i64() {
            parts.push(format!("{word} {}", ui::us(&us)));
        }
    }
    if phases["reused"] == true {
        parts.push("on a kept connection".to_owned());
    }
    parts.join(" · ")
}
