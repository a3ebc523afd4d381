//! What one receipt says about one monitor, whoever sent it.

use serde::{Deserialize, Serialize};

use crate::{clock::Micros, run::FailureLine};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The monitor's uid: exact bytes, case-sensitive.
    pub key: String,
    /// Its newest name; `None` or blank does not wipe the one that is known.
    pub title: Option<String>,
    pub failing: bool,
    pub cause: Cause,
    /// Only where the sender counts.
    pub order: Option<Order>,
}

/// Position in the sender's own count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub series: String,
    pub sequence: u64,
    /// When the sender says that it happened; never trusted for order within a series.
    pub at: Option<Micros>,
}

/// Why it is failing, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cause {
    /// `2 failed tests, 1 error in 6 requests`.
    pub summary: String,
    pub failures: Vec<FailureLine>,
    pub run_id: Option<String>,
}
