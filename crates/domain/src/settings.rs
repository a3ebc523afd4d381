//! What a workspace's admins decide about its webhooks, with the names that flow tools know them by, and the checks of
//! what they enter.
//!
//! A field that was never set has its default, so that stored settings survive new fields. The effect on where calls may
//! go is composed with the instance's own rules in the engine; nothing here can loosen those.

use serde::{Deserialize, Serialize};

use crate::{
    Problem,
    clock::{DAY, Micros},
    profile::FlowTaskDefaults,
};

pub mod exceptions;
pub mod networks;
pub mod patterns;

use ipnet::IpNet;
use regex::Regex;

crate::run::text_enum!(/// What happens to a published event whose type the workspace did not register.
UnregisteredEvents { Accept = "accept", Refuse = "refuse" });

/// Longest retention that a workspace may choose, in days: ten years.
pub const MOST_DAYS: u32 = 3_650;
/// Most retries of a flow's webhook task.
pub const MOST_RETRIES: u32 = 20;
/// Longest pause before such a retry, in milliseconds: a day.
pub const LONGEST_DELAY_MS: u64 = 86_400_000;
/// Most active webhooks that a workspace can allow itself.
pub const MOST_ACTIVE: u32 = 1_000;

/// Why nothing is sent while a workspace has its webhooks switched off.
pub const SWITCHED_OFF: &str = "webhooks are switched off in this workspace";

/// A workspace's settings for its webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WebhookSettings {
    /// Whether anything is sent at all.
    pub webhooks_enabled: bool,
    /// Addresses and networks that may not be called, beside those that never may: separated by `;`.
    #[serde(rename = "forbiddenIPs")]
    pub forbidden_ips: String,
    /// Regular expressions, one of which a URL must match before anything else is looked at; empty: every URL.
    pub allowed_url_regexes: Vec<String>,
    /// Retries of a flow's webhook task after its first failure.
    pub max_retries: u32,
    /// Pause before each of them, ms.
    pub retry_delay_ms: u64,
    /// Time limit of a flow's webhook task, ms.
    pub timeout_ms: u64,
    /// Whether test events may be sent.
    pub test_webhook: bool,
    /// Enabled webhooks of profile `testmonitor` at once.
    pub max_active_webhooks: u32,
    /// What happens to published events of unknown types.
    pub unregistered_events: UnregisteredEvents,
    /// Days that attempts are kept; `None`: the instance's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_days: Option<u32>,
    /// Days that events with their deliveries, and receipts are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_days: Option<u32>,
    /// Days that finished runs are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_days: Option<u32>,
    /// Grows with every change.
    pub version: i64,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            webhooks_enabled: true,
            forbidden_ips: String::new(),
            allowed_url_regexes: Vec::new(),
            max_retries: 1,
            retry_delay_ms: 1_000,
            timeout_ms: 30_000,
            test_webhook: true,
            max_active_webhooks: 5,
            unregistered_events: UnregisteredEvents::Accept,
            log_days: None,
            event_days: None,
            run_days: None,
            version: 1,
        }
    }
}

impl WebhookSettings {
    /// Checks every field.
    ///
    /// # Errors
    /// 422 naming the first field that cannot be taken, and where in it.
    pub fn check(&self) -> Result<(), Problem> {
        self.forbidden()?;
        self.patterns()?;
        between("maxRetries", self.max_retries.into(), 0, MOST_RETRIES.into())?;
        between("retryDelayMs", self.retry_delay_ms, 0, LONGEST_DELAY_MS)?;
        between("timeoutMs", self.timeout_ms, 100, 120_000)?;
        between("maxActiveWebhooks", self.max_active_webhooks.into(), 0, MOST_ACTIVE.into())?;
        for (field, days) in [
            ("logDays", self.log_days),
            ("eventDays", self.event_days),
            ("runDays", self.run_days),
        ] {
            if let Some(days) = days {
                between(field, days.into(), 1, MOST_DAYS.into())
                    .map_err(|problem| problem.hint("days; leave it out (`null`) for what holds on this instance"))?;
            }
        }
        Ok(())
    }

    /// The networks of `forbiddenIPs`.
    ///
    /// # Errors
    /// 422 with the position of the entry that is none.
    pub fn forbidden(&self) -> Result<Vec<IpNet>, Problem> {
        networks::parse("forbiddenIPs", &self.forbidden_ips)
    }

    /// The patterns of `allowedUrlRegexes`.
    ///
    /// # Errors
    /// 422 with the pattern and the position in it.
    pub fn patterns(&self) -> Result<Vec<Regex>, Problem> {
        patterns::compile("allowedUrlRegexes", &self.allowed_url_regexes)
    }

    /// What flow tasks have unless they say otherwise.
    pub fn flow_task(&self) -> FlowTaskDefaults {
        FlowTaskDefaults {
            max_retries: usize::try_from(self.max_retries).unwrap_or_default(),
            retry_delay_ms: self.retry_delay_ms,
            timeout_ms: self.timeout_ms,
        }
    }
}

/// Days as microseconds.
pub fn days(days: u32) -> Micros {
    i64::from(days) * DAY
}

fn between(field: &str, value: u64, least: u64, most: u64) -> Result<(), Problem> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Problem::invalid(field, format!("`{field}` is {value}; it may be {least} to {most}")).hint(format!("{least} to {most}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut WebhookSettings)) -> Problem {
        let mut settings = WebhookSettings::default();
        change(&mut settings);
        settings.check().unwrap_err()
    }

    #[test]
    fn the_defaults_are_those_of_flow_tasks_and_hold() {
        let settings = WebhookSettings::default();
        settings.check().unwrap();
        assert_eq!(settings.flow_task().retry_policy().delays_ms, [1_000]);
        assert_eq!((settings.timeout_ms, settings.max_active_webhooks), (30_000, 5));
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        for (field, problem) in [
            ("maxRetries", refused(|s| s.max_retries = 21)),
            ("retryDelayMs", refused(|s| s.retry_delay_ms = LONGEST_DELAY_MS + 1)),
            ("timeoutMs", refused(|s| s.timeout_ms = 99)),
            ("maxActiveWebhooks", refused(|s| s.max_active_webhooks = 1_001)),
            ("logDays", refused(|s| s.log_days = Some(0))),
            ("runDays", refused(|s| s.run_days = Some(3_651))),
            ("forbiddenIPs", refused(|s| s.forbidden_ips = "10.0.0.0/8; 10.0.0.300".to_owned())),
            (
                "allowedUrlRegexes[1]",
                refused(|s| s.allowed_url_regexes = vec!["a".to_owned(), "(".to_owned()]),
            ),
        ] {
            assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
            assert_eq!(problem.status, 422);
        }
    }

    #[test]
    fn names_on_the_wire_are_the_documented_ones() {
        let json = serde_json::to_value(WebhookSettings::default()).unwrap();
        for name in [
            "webhooksEnabled",
            "forbiddenIPs",
            "allowedUrlRegexes",
            "maxRetries",
            "retryDelayMs",
            "timeoutMs",
            "testWebhook",
            "maxActiveWebhooks",
            "unregisteredEvents",
        ] {
            assert!(json.get(name).is_some(), "{name} is not in {json}");
        }
        let stored = serde_json::json!({"maxRetries": 3, "somethingNewer": true});
        let read: WebhookSettings = serde_json::from_value(stored).unwrap();
        assert_eq!((read.max_retries, read.timeout_ms), (3, 30_000));
    }
}
