//! What every new webhook begins with: one list, so that a new column is thought of in one place.

use domain::{Micros, profile::Profile, trigger::TriggerRule, webhook::WebhookOptions};

use super::Webhook;

impl Webhook {
    /// An enabled webhook of profile `standard` made at `now`, without id, owner, events or secrets, that has done nothing yet.
    pub fn blank(now: Micros) -> Self {
        Self {
            id: String::new(),
            workspace_id: String::new(),
            name: String::new(),
            profile: Profile::Standard,
            url: String::new(),
            source_id: None,
            events: Vec::new(),
            subject: String::new(),
            filter: String::new(),
            trigger_rule: TriggerRule::EveryRun,
            options: WebhookOptions::default(),
            retry_policy: None,
            secret_sealed: None,
            old_secret_sealed: None,
            old_secret_ends_at: None,
            headers_sealed: None,
            certificate_sealed: None,
            owner_id: String::new(),
            enabled: true,
            disabled_reason: None,
            disabled_at: None,
            deleted_at: None,
            failing_since: None,
            failed_attempts: 0,
            last_success_at: None,
            last_attempt_at: None,
            probe_at: None,
            drop_before: None,
            drop_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
