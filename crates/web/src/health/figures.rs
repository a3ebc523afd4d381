//! The figures of `/metrics` in Prometheus' text format 0.0.4. Their names are promised: docs/operating.md lists them.

use std::fmt::{Display, Write as _};

use engine::metrics::Metrics;
use store::histogram::{BOUNDS_US, Distribution};

/// What the store says beside the counters.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// How late the oldest due delivery is, milliseconds.
    pub backlog_ms: i64,
    /// Deliveries that wait.
    pub deliveries: u64,
    /// Mails that wait.
    pub mails: u64,
}

/// All of them.
pub fn text(metrics: &Metrics, waiting: Waiting, version: &str) -> String {
    let mut page = Page(String::with_capacity(8_192));
    page.one("watchbell_events_accepted_total", "counter", "Events accepted.", metrics.accepted);
    page.one(
        "watchbell_deliveries_total",
        "counter",
        "Deliveries that accepted events made.",
        metrics.deliveries,
    );
    page.one("watchbell_receipts_total", "counter", "Inbound requests stored.", metrics.received);
    page.head("watchbell_runs_total", "counter", "Runs finished, by status.");
    for (status, count) in &metrics.runs {
        page.line("watchbell_runs_total", Some(("status", status)), count);
    }
    page.head("watchbell_attempts_total", "counter", "Attempts by verdict.");
    for (verdict, count) in &metrics.attempts {
        page.line("watchbell_attempts_total", Some(("verdict", verdict)), count);
    }
    page.one("watchbell_deliveries_in_flight", "gauge", "Exchanges under way.", metrics.in_flight);
    page.one(
        "watchbell_deliveries_pending",
        "gauge",
        "Deliveries that wait; counted up to 100000.",
        waiting.deliveries,
    );
    page.one(
        "watchbell_delivery_backlog_seconds",
        "gauge",
        "How late the oldest due delivery is.",
        seconds(waiting.backlog_ms.max(0).unsigned_abs().saturating_mul(1_000)),
    );
    page.one("watchbell_lanes", "gauge", "Webhooks with work in memory.", metrics.lanes);
    page.one(
        "watchbell_lanes_open",
        "gauge",
        "Webhooks that are only probed.",
        metrics.open_lanes,
    );
    page.histogram(
        "watchbell_attempt_duration_seconds",
        "How long attempts took.",
        &metrics.attempt_took,
    );
    page.histogram(
        "watchbell_first_attempt_delay_seconds",
        "From the acceptance of an event to the first attempt of each of its deliveries.",
        &metrics.first_attempt_after,
    );
    page.histogram(
        "watchbell_store_commit_duration_seconds",
        "How long transactions took, the wait for their turn included.",
        &metrics.commits,
    );
    page.head("watchbell_mails_total", "counter", "Mails, by what became of a try.");
    for (result, count) in ["sent", "failed", "given_up"].iter().zip(metrics.mails) {
        page.line("watchbell_mails_total", Some(("result", result)), count);
    }
    page.one("watchbell_mails_waiting", "gauge", "Mails that wait.", waiting.mails);
    page.head("watchbell_info", "gauge", "The program.");
    page.line("watchbell_info", Some(("version", &version)), 1);
    page.0
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, label: Option<(&str, &dyn Display)>, value: impl Display) {
        let _ = match label {
            Some((key, text)) => writeln!(self.0, "{name}{{{key}=\"{text}\"}} {value}"),
            None => writeln!(self.0, "{name} {value}"),
        };
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.line(name, None, value);
    }

    fn histogram(&mut self, name: &str, help: &str, of: &Distribution) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        for (bound, count) in BOUNDS_US.iter().zip(of.cumulative) {
            self.line(&bucket, Some(("le", &seconds(*bound))), count);
        }
        let count = of.cumulative.last().copied().unwrap_or(0);
        self.line(&bucket, Some(("le", &"+Inf")), count);
        self.line(&format!("{name}_sum"), None, seconds(of.sum_us));
        self.line(&format!("{name}_count"), None, count);
    }
}

/// Microseconds as seconds, without a zero too many: `0.0005`, `2.5`, `30`.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use store::histogram::Histogram;

    use super::*;

    #[test]
    fn a_histogram_is_cumulative_and_ends_with_infinity() {
        let histogram = Histogram::default();
        histogram.observe(700);
        histogram.observe(2_000_000_000);
        let mut page = Page(String::new());
        page.histogram("h", "Help.", &histogram.snapshot());
        assert!(
            page.0
                .starts_with("# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"0.0005\"} 0\nh_bucket{le=\"0.001\"} 1\n")
        );
        assert!(
            page.0
                .ends_with("h_bucket{le=\"300\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 2000.0007\nh_count 2\n"),
            "{}",
            page.0
        );
    }

    #[test]
    fn every_figure_is_in_the_guide() {
        let guide = include_str!("../../../../docs/operating.md");
        let waiting = Waiting {
            backlog_ms: 0,
            deliveries: 0,
            mails: 0,
        };
        let page = text(&Metrics::default(), waiting, "1");
        for name in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
            let told = [format!("`{name}`"), format!("`{name}{{")].iter().any(|text| guide.contains(text));
            assert!(told, "docs/operating.md does not tell of `{name}`");
        }
    }
}
