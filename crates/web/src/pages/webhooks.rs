//! What the pages of webhooks share: the kinds of the catalogue, trigger rules and retries in words, bodies as they were sent.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    event,
    profile::Profile,
    retry::{RetryPolicy, UsedUp},
};

use super::ui;
use crate::actions::{
    payload::Payload,
    webhooks::{Health, WebhookView, hears_results},
};

mod rule;

pub use rule::{COUNT, TRIGGERS, trigger, trigger_count, trigger_options, trigger_word};

/// One kind of integration in the catalogue.
pub struct Kind {
    /// Word in addresses.
    pub word: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub icon: &'static str,
}

/// The kinds that are webhooks, in the catalogue's order.
pub const KINDS: &[Kind] = &[
    Kind {
        word: "results",
        title: "Post monitoring results",
        about: "After each run of a monitor, POSTs Postman’s monitor result document: for every run, or for the first three failures and then the first success.",
        icon: "monitor",
    },
    Kind {
        word: "feed",
        title: "Collection activity feed",
        about: "POSTs each change of one collection: who imported, edited or deleted what.",
        icon: "collection",
    },
    Kind {
        word: "team",
        title: "Post team activity",
        about: "POSTs each change that anyone makes in this workspace, as Postman’s activity document.",
        icon: "people",
    },
    Kind {
        word: "standard",
        title: "Webhook (Standard Webhooks)",
        about: "Any events you choose, signed and retried as the Standard Webhooks specification says. Receivers can verify with its libraries.",
        icon: "webhook",
    },
    Kind {
        word: "testmonitor",
        title: "Project webhook (TestMonitor)",
        about: "POSTs requirements, test runs, results, issues … as they change, as TestMonitor’s project webhooks do. Three retries, then it is disabled.",
        icon: "webhook",
    },
    Kind {
        word: "flow-task",
        title: "Webhook task of a flow",
        about: "Method, headers and a body with $jobId-like variables, as Trifacta’s and Designer Cloud’s flow webhook tasks have them.",
        icon: "webhook",
    },
    Kind {
        word: "custom",
        title: "Custom webhook",
        about: "Your own method, content type, headers and body, a template over the event.",
        icon: "webhook",
    },
    Kind {
        word: "slack",
        title: "Slack",
        about: "A message in a Slack channel, through an incoming webhook: what failed, since when, with a link.",
        icon: "send",
    },
    Kind {
        word: "teams",
        title: "Microsoft Teams",
        about: "An Adaptive Card in a Teams channel, through a Workflows webhook.",
        icon: "send",
    },
    Kind {
        word: "discord",
        title: "Discord",
        about: "A message in a Discord channel, through a channel webhook.",
        icon: "send",
    },
    Kind {
        word: "pagerduty",
        title: "PagerDuty",
        about: "Triggers, acknowledges and resolves PagerDuty incidents (Events API v2), one for each monitor or incident.",
        icon: "incident",
    },
];

/// The kind of a word; an unknown one is the plain webhook.
pub fn kind(word: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.word == word).unwrap_or(&KINDS[3])
}

/// The kind that a webhook was made as.
pub fn kind_of(webhook: &WebhookView) -> &'static str {
    if webhook.source_id.is_some() {
        return "To a source of Watchbell";
    }
    let activity = webhook.events.iter().any(|e| e == event::ACTIVITY);
    match webhook.profile {
        Profile::Postman if hears_results(&webhook.events) => KINDS[0].title,
        Profile::Postman if activity && webhook.subject.is_some() => KINDS[1].title,
        Profile::Postman if activity => KINDS[2].title,
        profile => kind(profile.as_str()).title,
    }
}

/// How it is doing, as a badge.
pub fn health(webhook: &WebhookView) -> ui::Html {
    match webhook.health {
        Health::Good => ui::badge("good", "check", "Working"),
        Health::Failing => ui::badge("bad", "cross", "Failing"),
        Health::Disabled => ui::badge("", "pause", "Disabled"),
        Health::Unused => ui::badge("", "minus", "Not used yet"),
    }
}

/// Where it sends to; the token of an own source stays out of sight.
pub fn target(webhook: &WebhookView) -> String {
    if webhook.source_id.is_some() {
        "a source of this instance".to_owned()
    } else {
        webhook.url.clone()
    }
}

/// When a failed attempt is tried again.
pub fn retries(policy: &RetryPolicy) -> String {
    if policy.delays_ms.is_empty() {
        return "none".to_owned();
    }
    let delays: Vec<String> = policy.delays_ms.iter().map(|ms| pause(*ms)).collect();
    let jitter = if policy.jitter_percent > 0 {
        format!(" (±{} %)", policy.jitter_percent)
    } else {
        String::new()
    };
    let end = match policy.used_up {
        UsedUp::Disable => ", then it is disabled",
        UsedUp::Keep => "",
    };
    format!("after {}{jitter}{end}", delays.join(", "))
}

fn pause(ms: u64) -> String {
    match ms {
        ms if ms >= 3_600_000 && ms.is_multiple_of(3_600_000) => format!("{} h", ms / 3_600_000),
        ms if ms >= 60_000 && ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        ms if ms.is_multiple_of(1_000) => format!("{} s", ms / 1_000),
        ms => ui::ms(&ms),
    }
}

/// A body as it was sent, JSON indented for reading.
pub fn payload(payload: &Payload) -> ui::Html {
    ui::body(&bytes(payload))
}

/// A body byte by byte as it came, nothing indented.
pub fn raw_payload(payload: &Payload) -> ui::Html {
    if payload.bytes == 0 {
        return ui::body(b"");
    }
    let (note, text) = match (&payload.text, &payload.base64) {
        (Some(text), _) => ("", text.as_str()),
        (None, base64) => (
            "<p class=\"small muted\">Not UTF-8 text; shown as base64.</p>",
            base64.as_deref().unwrap_or_default(),
        ),
    };
    ui::Html::raw(format!("{note}<pre class=\"code\" tabindex=\"0\">{}</pre>", ui::escape(text)))
}

fn bytes(payload: &Payload) -> Vec<u8> {
    match (&payload.text, &payload.base64) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(base64)) => STANDARD.decode(base64).unwrap_or_default(),
        (None, None) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_in_words() {
        assert_eq!(retries(&RetryPolicy::testmonitor()), "after 1 s, 10 s, 100 s, then it is disabled");
        assert!(
            retries(&RetryPolicy::standard()).starts_with("after 5 s, 5 min, 30 min, 2 h"),
            "{}",
            retries(&RetryPolicy::standard())
        );
    }

    #[test]
    fn raw_bodies_are_not_touched_but_escaped() {
        let html = raw_payload(&Payload {
            text: Some("{\"a\":1}<".to_owned()),
            bytes: 8,
            ..Payload::default()
        })
        .to_string();
        assert!(html.contains("{&quot;a&quot;:1}&lt;"), "{html}");
    }
}
