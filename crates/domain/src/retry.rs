//! What follows an attempt: delivered, tried again at a stored time, or given up, and
//! whether the webhook is switched off.

use serde::{Deserialize, Serialize};

use crate::{
    Problem,
    clock::{DAY, HOUR, MILLISECOND, MINUTE, Micros, SECOND},
    delivery::Verdict,
    limits,
};

/// What happens to the webhook when the delays are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsedUp {
    Keep,
    Disable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryPolicy {
    /// Pause before each further attempt, ms: after the nth failed attempt the nth is waited.
    pub delays_ms: Vec<u64>,
    /// Each pause varies by so many percent up and down.
    #[serde(default)]
    pub jitter_percent: u8,
    pub used_up: UsedUp,
    /// Disable when there was no success for so long, ms, counted from the first failure.
    #[serde(default)]
    pub disable_after_ms: Option<u64>,
}

impl RetryPolicy {
    /// Standard Webhooks' recommended schedule; disabled after 5 days without one success.
    pub fn standard() -> Self {
        let delays = [
            5 * SECOND,
            5 * MINUTE,
            30 * MINUTE,
            2 * HOUR,
            5 * HOUR,
            10 * HOUR,
            14 * HOUR,
            20 * HOUR,
            24 * HOUR,
        ];
        Self {
            delays_ms: delays.iter().map(|d| (d / MILLISECOND).unsigned_abs()).collect(),
            jitter_percent: 20,
            used_up: UsedUp::Keep,
            disable_after_ms: Some((5 * DAY / MILLISECOND).unsigned_abs()),
        }
    }

    /// 1, 10 and 100 s, then off.
    pub fn testmonitor() -> Self {
        Self {
            delays_ms: vec![1_000, 10_000, 100_000],
            jitter_percent: 0,
            used_up: UsedUp::Disable,
            disable_after_ms: None,
        }
    }

    pub fn check(&self) -> Result<(), Problem> {
        if self.delays_ms.len() > 50 {
            return Err(Problem::invalid("retry_policy.delays_ms", "at most 50 delays"));
        }
        if let Some(delay) = self.delays_ms.iter().find(|d| **d > 7 * 86_400_000) {
            return Err(Problem::invalid("retry_policy.delays_ms", format!("`{delay}` is more than 7 days")));
        }
        if self.jitter_percent > 50 {
            return Err(Problem::invalid("retry_policy.jitter_percent", "`jitter_percent` is 0 to 50"));
        }
        if self
            .disable_after_ms
            .is_some_and(|span| !(60_000..=90 * 86_400_000).contains(&span))
        {
            return Err(Problem::invalid(
                "retry_policy.disable_after_ms",
                "`disable_after_ms` is a minute (60000) to 90 days (7776000000)",
            )
            .hint("leave it out to never disable"));
        }
        Ok(())
    }
}

/// The decision after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    Delivered,
    RetryAt(Micros),
    /// Final; the webhook stays on.
    Failed(String),
    /// Final, and the webhook goes off with this reason.
    FailedAndDisable(String),
}

/// Decides after attempt `number` (1, 2 …) of a delivery. `failing_since` is the webhook's
/// first failure after its last success, this attempt included; `seed` is any random number.
pub fn after_attempt(policy: &RetryPolicy, number: u64, verdict: &Verdict, failing_since: Micros, now: Micros, seed: u64) -> NextStep {
    if verdict.success {
        return NextStep::Delivered;
    }
    if verdict.gone {
        return NextStep::FailedAndDisable("the receiver answered 410 Gone".to_owned());
    }
    if let Some(limit) = policy.disable_after_ms
        && now.saturating_sub(failing_since) >= i64::try_from(limit).unwrap_or(i64::MAX).saturating_mul(MILLISECOND)
    {
        return NextStep::FailedAndDisable(format!("no attempt succeeded for {}", span(limit)));
    }
    if !verdict.retry {
        return NextStep::Failed(verdict.code.clone());
    }
    let at = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(delay) = policy.delays_ms.get(at) else {
        let reason = format!("{} attempts failed, the last with `{}`", number, verdict.code);
        return match policy.used_up {
            UsedUp::Keep => NextStep::Failed(reason),
            UsedUp::Disable => NextStep::FailedAndDisable(reason),
        };
    };
    let wait = jittered(*delay, policy.jitter_percent, seed);
    let asked = verdict.retry_after_s.unwrap_or(0).clamp(0, limits::RETRY_AFTER_SECONDS) * SECOND;
    NextStep::RetryAt(now.saturating_add(wait.max(asked)))
}

fn jittered(delay_ms: u64, percent: u8, seed: u64) -> Micros {
    let delay = i64::try_from(delay_ms)
        .unwrap_or(i64::MAX / MILLISECOND)
        .saturating_mul(MILLISECOND);
    let swing = delay / 100 * i64::from(percent);
    if swing == 0 {
        return delay;
    }
    let width = u64::try_from(2 * swing + 1).unwrap_or(1);
    delay - swing + i64::try_from(seed % width).unwrap_or(0)
}

fn span(ms: u64) -> String {
    match ms / 1_000 {
        s if s >= 86_400 => format!("{} days", s / 86_400),
        s if s >= 3_600 => format!("{} hours", s / 3_600),
        s => format!("{s} seconds"),
    }
}
