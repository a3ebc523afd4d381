//! A webhook's attempts of one batch, summed up in the order in which they ended.

use domain::Micros;
use store::tables::webhooks::AttemptTotals;

/// The webhook's totals over a batch.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// The first failure after the last success, the webhook's own before included.
    pub failing_since: Option<Micros>,
    success_at: Option<Micros>,
    failure_at: Option<Micros>,
    failures: u64,
    last_attempt_at: Option<Micros>,
}

impl Totals {
    /// Of a webhook that has been failing since then.
    pub fn new(failing_since: Option<Micros>) -> Self {
        Self {
            failing_since,
            ..Self::default()
        }
    }

    pub fn add(&mut self, success: bool, at: Micros) {
        self.last_attempt_at = Some(at);
        if success {
            (self.success_at, self.failing_since, self.failure_at, self.failures) = (Some(at), None, None, 0);
        } else {
            self.failures += 1;
            self.failing_since.get_or_insert(at);
            self.failure_at.get_or_insert(at);
        }
    }

    /// Failures after the last success, or all if there was none.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    pub fn sum(&self) -> Option<AttemptTotals> {
        let last_attempt_at = self.last_attempt_at?;
        let Self {
            success_at,
            failure_at,
            failures,
            ..
        } = *self;
        Some(AttemptTotals {
            success_at,
            failure_at,
            failures,
            last_attempt_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_tell_of_the_time_after_the_last_success() {
        let mut totals = Totals::new(Some(1));
        assert_eq!(totals.sum(), None);
        for (success, at) in [(false, 2), (true, 3), (false, 4), (false, 5)] {
            totals.add(success, at);
        }
        assert_eq!(totals.failing_since, Some(4));
        let sum = AttemptTotals {
            success_at: Some(3),
            failure_at: Some(4),
            failures: 2,
            last_attempt_at: 5,
        };
        assert_eq!(totals.sum(), Some(sum));
    }
}
