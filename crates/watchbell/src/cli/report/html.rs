//! The HTML report: one file that needs nothing else, light or dark as its reader's system
//! is, usable without a script. Executions wait in a spool until the totals are known.

use std::{
    io::{self, Write as _},
    path::Path,
};

use collection::report::{Execution, Failure, Status};

use super::{
    Ending, Reporter, Size,
    file::{ReportFile, Spool},
    junit::escape,
};

mod execution;

const STYLE: &str = include_str!("html/style.css");

/// A page with thousands of open folds is slow, and nobody reads them all.
const MAX_OPEN: u64 = 20;

/// Writes the report.
pub struct HtmlReporter {
    file: ReportFile,
    executions: Spool,
    failures: Spool,
    collection: String,
    failed: u64,
    /// Folds that are open from the start.
    opened: u64,
    iterations: u64,
}

impl HtmlReporter {
    /// Begins the report of a collection at `place`.
    pub fn new(place: &Path, collection: &str) -> io::Result<Self> {
        Ok(Self {
            file: ReportFile::create(place)?,
            executions: Spool::new()?,
            failures: Spool::new()?,
            collection: collection.to_owned(),
            failed: 0,
            opened: 0,
            iterations: 1,
        })
    }
}

impl Reporter for HtmlReporter {
    fn name(&self) -> &'static str {
        "html"
    }

    fn started(&mut self, size: Size) -> io::Result<()> {
        self.iterations = size.iterations;
        Ok(())
    }

    fn failure(&mut self, failure: &Failure) -> io::Result<()> {
        self.failed += 1;
        let item = failure.item_name.as_deref().unwrap_or("a request of a script");
        let test = failure.test.as_ref().map(|(_, name)| format!(": {name}")).unwrap_or_default();
        writeln!(
            self.failures,
            "<li><a href=\"#{}\"><b>{}</b></a> <span class=\"soft\">({}, iteration {})</span><div class=\"bad said\">{}</div></li>",
            execution::anchor(failure.iteration, failure.position),
            escape(&format!("{item}{test}")),
            escape(&failure.at),
            failure.iteration + 1,
            escape(&format!("{}: {}", failure.name, failure.message)),
        )
    }

    fn item_finished(&mut self, execution: &Execution) -> io::Result<()> {
        let open = execution::has_failed(execution) && self.opened < MAX_OPEN;
        self.opened += u64::from(open);
        self.executions
            .write_all(execution::html(execution, self.iterations, open).as_bytes())
    }

    fn finished(&mut self, ending: &Ending<'_>) -> io::Result<()> {
        let title = escape(&self.collection);
        write!(
            self.file,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title><style>\n{STYLE}</style></head><body>\n<header>{}</header>\n",
            head(&title, ending)
        )?;
        self.file.write_all(totals(ending).as_bytes())?;
        if self.failed > 0 {
            writeln!(self.file, "<h2>Failures</h2><ol class=\"failures\">")?;
            self.failures.drain(&mut self.file)?;
            self.file.write_all(b"</ol>\n")?;
        }
        self.file.write_all(b"<h2>Requests</h2>\n")?;
        if self.failed > 0 {
            self.file
                .write_all(b"<input type=\"checkbox\" id=\"only-failed\"> <label for=\"only-failed\">only what failed</label>\n")?;
        }
        self.file.write_all(b"<main>\n")?;
        self.executions.drain(&mut self.file)?;
        self.file.write_all(b"</main>\n</body></html>\n")?;
        self.file.finish()
    }
}

fn head(title: &str, ending: &Ending<'_>) -> String {
    let result = ending.result;
    let (class, word) = match result.status {
        Status::Success => ("good", "passed"),
        Status::Failure => ("bad", "failed"),
        Status::Error => ("bad", "had errors"),
        Status::Abort => ("warn", "was ended early"),
    };
    let started = jiff::Timestamp::from_microsecond(result.started_at).unwrap_or_default();
    let seconds = (result.finished_at - result.started_at) as f64 / 1e6;
    let said = result.ended_by.iter().chain(&result.warnings);
    let why: String = said.map(|why| format!("<p class=\"warn\">{}</p>", escape(why))).collect();
    format!(
        "<h1>{title} <span class=\"{class}\">{word}</span></h1><p class=\"soft\">{}, {seconds:.2} s</p>{why}",
        started.strftime("%Y-%m-%d %H:%M:%S UTC")
    )
}

fn totals(ending: &Ending<'_>) -> String {
    let totals = &ending.result.totals;
    let response = &ending.timings.response;
    let tile = |label: &str, value: String, failed: u64| {
        let bad = if failed > 0 {
            format!(" <span class=\"bad\">{failed} failed</span>")
        } else {
            String::new()
        };
        format!("<li><b>{value}</b>{label}{bad}</li>")
    };
    let tiles = [
        tile("iterations", totals.iterations.total.to_string(), totals.iterations.failed),
        tile("requests", totals.requests.total.to_string(), totals.requests.failed),
        tile("tests", totals.assertions.total.to_string(), totals.assertions.failed),
        tile(
            "scripts",
            (totals.test_scripts.total + totals.prerequest_scripts.total).to_string(),
            totals.test_scripts.failed + totals.prerequest_scripts.failed,
        ),
        tile("warnings", totals.warnings.to_string(), 0),
        tile("average response", format!("{:.0} ms", response.mean()), 0),
        tile("slowest response", format!("{:.0} ms", response.max()), 0),
        tile("received", super::cli::size(ending.timings.bytes), 0),
    ];
    format!("<ul class=\"totals\">{}</ul>\n", tiles.concat())
}
