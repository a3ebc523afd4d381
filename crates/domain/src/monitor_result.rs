//! Postman's *monitor result* document: what "Post monitoring results" sends, and what
//! Postman itself sends to a source. All names are exact.

use serde::{Deserialize, Serialize};

use crate::run::RunReport;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorResult {
    pub collection_name: String,
    pub collection_uid: String,
    pub environment_name: String,
    pub environment_uid: String,
    pub metrics: MonitorMetrics,
    pub monitor_name: String,
    pub monitor_uid: String,
    pub user_id: String,
    pub user_name: String,
}

/// The six integers; `totalLatency` in ms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonitorMetrics {
    pub errors: u64,
    pub failed_tests: u64,
    pub passed_tests: u64,
    pub request_count: u64,
    pub total_latency: u64,
    pub warnings: u64,
}

impl From<&RunReport> for MonitorResult {
    fn from(run: &RunReport) -> Self {
        // An abort has not failed a test, but a receiver that reads only the metrics must not take it for good news.
        let bad = !run.status.is_good() && run.metrics.errors == 0 && run.metrics.failed_tests == 0;
        Self {
            collection_name: run.collection_name.clone(),
            collection_uid: run.collection_uid.clone(),
            environment_name: run.environment_name.clone(),
            environment_uid: run.environment_uid.clone(),
            metrics: MonitorMetrics {
                errors: run.metrics.errors + u64::from(bad),
                failed_tests: run.metrics.failed_tests,
                passed_tests: run.metrics.passed_tests,
                request_count: run.metrics.request_count,
                total_latency: run.metrics.total_latency,
                warnings: run.metrics.warnings,
            },
            monitor_name: run.monitor_name.clone(),
            monitor_uid: run.monitor_uid.clone(),
            user_id: run.user_id.clone(),
            user_name: run.user_name.clone(),
        }
    }
}
