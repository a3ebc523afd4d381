//! What the store keeps of a try: one row for each executed item, and the first lines of what failed, for the run's page,
//! for incidents and for receivers.

use collection::{
    report::{Execution, Received},
    script::AssertionStatus,
};
use domain::run::FailureLine;
use store::tables::runs::{ExecutionRow, Run};

use super::redact::Secrets;

/// Lines of "what failed" that are kept with a run.
const FAILURES_KEPT: usize = 20;

/// Bytes of one such line's message.
const MESSAGE_KEPT: usize = 2_000;

/// A try, ready to be stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub executions: Vec<ExecutionRow>,
    pub failures: Vec<FailureLine>,
}

impl Record {
    /// Of the items executed in try `try_number` (from 1), without the secrets.
    pub fn of(run: &Run, try_number: i64, executions: &[Execution], secrets: &Secrets) -> Self {
        let mut record = Self::default();
        for (position, execution) in executions.iter().enumerate() {
            let lines = lines(execution, secrets);
            record
                .executions
                .push(row(run, (try_number, position), execution, !lines.is_empty(), secrets));
            let room = FAILURES_KEPT - record.failures.len();
            record.failures.extend(lines.into_iter().take(room));
        }
        record
    }
}

/// What failed in one item: the request, scripts, tests, in the order in which they happen.
fn lines(execution: &Execution, secrets: &Secrets) -> Vec<FailureLine> {
    let line = |test: &str, message: &str| FailureLine {
        request: clean(&execution.item_name),
        test: clean(&secrets.hide(test)),
        message: clean(cut(&secrets.hide(message))),
    };
    let request = execution.error.iter().map(|error| line("", &error.message));
    let inner = execution
        .sub_requests
        .iter()
        .filter_map(|sub| sub.error.as_ref())
        .map(|error| line("", &error.message));
    let scripts = execution
        .script_errors
        .iter()
        .map(|failure| line("", &format!("{}: {}", failure.error.name, failure.error.message)));
    let tests = execution
        .assertions
        .iter()
        .filter(|a| a.status == AssertionStatus::Failed)
        .map(|assertion| {
            line(
                &assertion.name,
                assertion.error.as_ref().map_or("the test failed", |error| error.message.as_str()),
            )
        });
    request.chain(inner).chain(scripts).chain(tests).collect()
}

fn row(run: &Run, (try_number, position): (i64, usize), execution: &Execution, failed: bool, secrets: &Secrets) -> ExecutionRow {
    let request = execution.request.as_ref();
    let response = execution.response.as_ref();
    let micros = |received: &Received| i64::try_from(received.time_ms.saturating_mul(1_000)).unwrap_or(i64::MAX);
    ExecutionRow {
        run_id: run.id.clone(),
        try_number,
        position: i64::try_from(position).unwrap_or(i64::MAX),
        name: clean(&execution.item_name),
        method: request.map(|sent| clean(&sent.method)).unwrap_or_default(),
        url: request.map(|sent| clean(&secrets.hide_url(&sent.url))).unwrap_or_default(),
        status_code: response.map(|received| i64::from(received.status)),
        response_time_us: response.map(micros),
        response_size: response.map(|received| i64::try_from(received.size).unwrap_or(i64::MAX)),
        failed,
        detail: secrets.detail(execution),
    }
}

/// PostgreSQL cannot hold NUL in text. (Within JSON it is escaped.)
fn clean(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MESSAGE_KEPT)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use collection::report::RequestError;

    use super::*;

    #[test]
    fn a_request_without_an_answer_is_a_line_without_a_test() {
        let error = RequestError {
            code: "ECONNREFUSED".to_owned(),
            message: "refused\0".to_owned(),
        };
        let execution = Execution {
            item_name: "List".to_owned(),
            error: Some(error),
            ..Execution::default()
        };
        let found = lines(&execution, &Secrets::default());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].request.as_str(), found[0].test.as_str()), ("List", ""));
        assert_eq!(found[0].message, "refused\u{FFFD}");
        assert!(lines(&Execution::default(), &Secrets::default()).is_empty());
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        let long = "ä".repeat(MESSAGE_KEPT);
        assert!(cut(&long).len() <= MESSAGE_KEPT);
        assert!(cut(&long).ends_with('ä'));
    }
}
