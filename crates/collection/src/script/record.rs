//! What one script has done so far, kept outside the engine.
//!
//! Results are recorded as they happen and not gathered from JavaScript at the end, so an
//! endless loop or a tampered prototype cannot take back what was recorded before it. The
//! limits here bound what a script can make its parent keep.

use std::time::Duration;

use serde_json::Value;

use super::{Assertion, AssertionStatus, ConsoleLine, NextRequest, Scope, Scopes, ScriptError, ScriptOutcome};

/// Tests that one script may record.
pub const MAX_TESTS: usize = 50_000;
/// Bytes of test names and messages that one script may record.
pub const MAX_TEST_BYTES: usize = 8 << 20;
/// Bytes of console text that are kept of one script.
pub const MAX_CONSOLE_BYTES: usize = 1 << 20;
/// Console lines that are kept of one script.
pub const MAX_CONSOLE_LINES: usize = 10_000;
const MAX_WARNINGS: usize = 100;
const MAX_STACK_CHARS: usize = 4_000;

/// The record of the script that runs now.
#[derive(Debug, Default)]
pub struct Record {
    outcome: ScriptOutcome,
    test_bytes: usize,
    console_bytes: usize,
    console_full: bool,
    closed: bool,
    spoiled: bool,
}

/// A test was refused; the message names the limit.
#[derive(Debug, thiserror::Error)]
#[error("a script may record at most {MAX_TESTS} tests and {} MiB of test results", MAX_TEST_BYTES >> 20)]
pub struct TooManyTests;

impl Record {
    /// Records one test.
    ///
    /// # Errors
    /// When a limit is reached; the script then counts as failed even if it catches this.
    pub fn test(&mut self, name: String, index: u64, status: AssertionStatus, error: Option<ScriptError>) -> Result<(), TooManyTests> {
        if self.closed {
            return Ok(());
        }
        self.test_bytes += name.len() + error.as_ref().map_or(0, |error| error.message.len());
        if self.outcome.assertions.len() >= MAX_TESTS || self.test_bytes > MAX_TEST_BYTES {
            self.fail(ScriptError {
                name: "RangeError".to_owned(),
                message: TooManyTests.to_string(),
                stack: None,
            });
            return Err(TooManyTests);
        }
        self.outcome.assertions.push(Assertion {
            name,
            index,
            status,
            error,
        });
        Ok(())
    }

    /// Keeps a console line, or says once that no more are kept.
    pub fn log(&mut self, level: String, text: String) {
        if self.console_full {
            return;
        }
        self.console_bytes += text.len();
        if self.console_bytes > MAX_CONSOLE_BYTES || self.outcome.console.len() >= MAX_CONSOLE_LINES {
            self.console_full = true;
            let text = format!(
                "console output over the limit of {} MiB or {MAX_CONSOLE_LINES} lines is left out",
                MAX_CONSOLE_BYTES >> 20
            );
            self.warn(text.clone());
            self.outcome.console.push(ConsoleLine {
                level: "warn".to_owned(),
                text,
            });
            return;
        }
        self.outcome.console.push(ConsoleLine { level, text });
    }

    /// Flags something that is not a failure.
    pub fn warn(&mut self, text: String) {
        if self.outcome.warnings.len() < MAX_WARNINGS {
            self.outcome.warnings.push(text);
        }
    }

    /// The script's own end with an error; the first one counts.
    pub fn fail(&mut self, mut error: ScriptError) {
        if let Some(stack) = &mut error.stack
            && let Some((end, _)) = stack.char_indices().nth(MAX_STACK_CHARS)
        {
            stack.truncate(end);
        }
        if self.outcome.error.is_none() {
            self.outcome.error = Some(error);
        }
    }

    /// The script was ended at its time limit. The child starts anew.
    pub fn time_out(&mut self, limit: Duration) {
        self.spoiled = true;
        self.fail(timeout_error(limit));
    }

    /// The script ran into the memory limit. The child starts anew.
    pub fn out_of_memory(&mut self, limit_bytes: usize) {
        self.spoiled = true;
        self.fail(memory_error(limit_bytes));
    }

    /// From now on tests are ignored (`skipRequest` ends the script).
    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Begins the changed scope number `kind` (globals, collection, environment, data, local).
    pub fn scope(&mut self, kind: u32, name: String) {
        if let Some(scope) = self.scope_mut(kind) {
            *scope = Scope { name, values: Vec::new() };
        }
    }

    /// Adds one variable; `json` is its value.
    pub fn variable(&mut self, kind: u32, key: String, json: &str) {
        // Values nested too deeply for the parent's parser become text.
        let value = serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()));
        if let Some(scope) = self.scope_mut(kind) {
            scope.values.push((key, value));
        }
    }

    fn scope_mut(&mut self, kind: u32) -> Option<&mut Scope> {
        let scopes = self.outcome.scopes.get_or_insert_with(Scopes::default);
        match kind {
            0 => Some(&mut scopes.globals),
            1 => Some(&mut scopes.collection),
            2 => Some(&mut scopes.environment),
            3 => Some(&mut scopes.data),
            4 => Some(&mut scopes.local),
            _ => None,
        }
    }

    /// The changed request as JSON.
    pub fn request(&mut self, json: &str) {
        match serde_json::from_str(json) {
            Ok(request) => self.outcome.request = Some(request),
            Err(error) => self.warn(format!("the changed request cannot be read and is ignored: {error}")),
        }
    }

    /// The last call of `setNextRequest`.
    pub fn next(&mut self, next: NextRequest) {
        self.outcome.next_request = next;
    }

    /// `pm.execution.skipRequest` was called.
    pub fn skip(&mut self) {
        self.outcome.skip_request = true;
    }

    /// What `pm.visualizer.set` was given, as JSON.
    pub fn visualizer(&mut self, json: &str) {
        self.outcome.visualizer = serde_json::from_str(json).ok();
    }

    /// The outcome with its tests in the order of their calls, and whether the child is spoiled.
    pub fn take(&mut self) -> (ScriptOutcome, bool) {
        let mut record = std::mem::take(self);
        record.outcome.assertions.sort_by_key(|assertion| assertion.index);
        (record.outcome, record.spoiled)
    }
}

/// What a script gets that ran too long.
pub fn timeout_error(limit: Duration) -> ScriptError {
    ScriptError {
        name: "TimeoutError".to_owned(),
        message: format!("the script ran longer than its limit of {} ms", limit.as_millis()),
        stack: None,
    }
}

/// What a script gets that asked for too much memory.
pub fn memory_error(limit_bytes: usize) -> ScriptError {
    ScriptError {
        name: "MemoryError".to_owned(),
        message: format!("the script needed more than its memory limit of {} MiB", limit_bytes >> 20),
        stack: None,
    }
}
