//! The JUnit report: one `testsuite` for each request of each iteration, one `testcase` for
//! each test, in the form that Jenkins and GitLab read, with newman's names for things. Suites go to the disk while the run
//! goes and are put behind the totals at its end.

use std::{
    io::{self, Write as _},
    path::Path,
};

use collection::report::Execution;
use collection::script::{Assertion, AssertionStatus, Listen};

use super::{
    Ending, Reporter, Size,
    file::{ReportFile, Spool},
};

/// Writes the report.
pub struct JunitReporter {
    file: ReportFile,
    suites: Spool,
    collection: String,
    iterations: u64,
    tests: u64,
    failures: u64,
    errors: u64,
}

impl JunitReporter {
    /// Begins the report of a collection at `place`.
    pub fn new(place: &Path, collection: &str) -> io::Result<Self> {
        Ok(Self {
            file: ReportFile::create(place)?,
            suites: Spool::new()?,
            collection: collection.to_owned(),
            iterations: 1,
            tests: 0,
            failures: 0,
            errors: 0,
        })
    }

    /// `Folder / Request`, with the iteration where there are several.
    fn suite_name(&self, execution: &Execution) -> String {
        let path = execution.path.get(1..).unwrap_or_default().join(" / ");
        if self.iterations > 1 {
            format!("{path} (iteration {})", execution.iteration + 1)
        } else {
            path
        }
    }
}

/// Counts of one suite.
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(execution: &Execution) -> Self {
        let with = |status: AssertionStatus| execution.assertions.iter().filter(|a| a.status == status).count();
        let errors = execution.script_errors.len() + usize::from(execution.error.is_some());
        Self {
            // A request or script that failed is a test of its own: some readers count nothing else.
            tests: execution.assertions.len() + errors,
            failures: with(AssertionStatus::Failed),
            errors,
            skipped: with(AssertionStatus::Skipped),
        }
    }
}

impl Reporter for JunitReporter {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn started(&mut self, size: Size) -> io::Result<()> {
        self.iterations = size.iterations;
        Ok(())
    }

    fn item_finished(&mut self, execution: &Execution) -> io::Result<()> {
        let counts = Counts::of(execution);
        self.tests += counts.tests as u64;
        self.failures += counts.failures as u64;
        self.errors += counts.errors as u64;
        let suite = self.suite_name(execution);
        let text = suite_text(&suite, &self.collection, execution, &counts);
        self.suites.write_all(text.as_bytes())
    }

    fn finished(&mut self, ending: &Ending<'_>) -> io::Result<()> {
        let seconds = (ending.result.finished_at - ending.result.started_at) as f64 / 1e6;
        let Self {
            tests, failures, errors, ..
        } = *self;
        let name = escape(&self.collection);
        writeln!(self.file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(
            self.file,
            "<testsuites name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\">"
        )?;
        self.suites.drain(&mut self.file)?;
        self.file.write_all(b"</testsuites>\n")?;
        self.file.finish()
    }
}

fn suite_text(suite: &str, collection: &str, execution: &Execution, counts: &Counts) -> String {
    let seconds = execution.response.as_ref().map_or(0.0, |response| response.time_ms as f64 / 1e3);
    let started = jiff::Timestamp::from_microsecond(execution.started_at).unwrap_or_default();
    let Counts {
        tests,
        failures,
        errors,
        skipped,
    } = counts;
    let mut text = format!(
        "  <testsuite name=\"{}\" id=\"{}\" timestamp=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">\n",
        escape(suite),
        escape(&execution.item_id),
        started.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"),
    );
    let class = class_name(execution.path.get(1..).unwrap_or_default());
    let mut case = |name: &str, inner: &str| {
        let close = if inner.is_empty() {
            "/>\n".to_owned()
        } else {
            format!(">{inner}</testcase>\n")
        };
        text.push_str(&format!(
            "    <testcase name=\"{}\" time=\"{seconds:.3}\" classname=\"{class}\"{close}",
            escape(name)
        ));
    };
    if let Some(error) = &execution.error {
        case(
            "request",
            &problem("error", &error.code, &error.message, &format!("{}: {}", error.code, error.message)),
        );
    }
    for failed in &execution.script_errors {
        let name = if failed.listen == Listen::Prerequest {
            "pre-request script"
        } else {
            "test script"
        };
        let detail = thrown(&failed.error.name, &failed.error.message, failed.error.stack.as_deref());
        case(name, &problem("error", &failed.error.name, &failed.error.message, &detail));
    }
    for assertion in &execution.assertions {
        case(&assertion.name, &verdict(assertion, collection, suite));
    }
    if !execution.console.is_empty() {
        text.push_str(&format!("    <system-out>{}</system-out>\n", escape(&super::console(execution))));
    }
    text.push_str("  </testsuite>\n");
    text
}

/// The path as one word, as newman has it (`ShopLogIn`). Readers take what stands before a
/// dot for a package, so that none may be in it.
fn class_name(path: &[String]) -> String {
    let mut out = String::new();
    for word in path.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())) {
        let mut letters = word.chars();
        out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(letters.as_str());
    }
    out
}

fn verdict(assertion: &Assertion, collection: &str, suite: &str) -> String {
    match assertion.status {
        AssertionStatus::Passed => String::new(),
        AssertionStatus::Skipped => "<skipped/>".to_owned(),
        AssertionStatus::Failed => {
            let (name, message, stack) = assertion.error.as_ref().map_or(("AssertionError", "", None), |error| {
                (error.name.as_str(), error.message.as_str(), error.stack.as_deref())
            });
            let detail = format!(
                "Collection name: {collection}.\nRequest name: {suite}.\nTest description: {}.\n{}",
                assertion.name,
                thrown(name, message, stack)
            );
            // The type is newman's word for it, whatever was thrown.
            problem("failure", "AssertionFailure", message, &detail)
        }
    }
}

/// An error with its stack, which an engine may write with or without the message.
fn thrown(name: &str, message: &str, stack: Option<&str>) -> String {
    let head = format!("{name}: {message}");
    match stack {
        Some(stack) if stack.starts_with(&head) => stack.to_owned(),
        Some(stack) => format!("{head}\n{stack}"),
        None => head,
    }
}

fn problem(element: &str, kind: &str, message: &str, detail: &str) -> String {
    format!(
        "<{element} type=\"{}\" message=\"{}\">{}</{element}>",
        escape(kind),
        escape(message),
        escape(detail)
    )
}

/// Text for XML 1.0, in elements and attributes alike; characters that XML cannot hold are replaced.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_one_word_without_dots() {
        let path = ["Shop v1.2".to_owned(), "log <in>".to_owned(), "été".to_owned()];
        assert_eq!(class_name(&path), "ShopV12LogInÉté");
    }

    #[test]
    fn nothing_a_server_says_breaks_the_document() {
        assert_eq!(
            escape("a<b>&\"\u{1b}[31m\n\u{ffff}é"),
            "a&lt;b&gt;&amp;&quot;\u{fffd}[31m&#10;\u{fffd}é"
        );
    }
}
