//! The JSON report in newman's structure, so that tools which read that read this. It goes to
//! the disk while the run goes: executions straight to the file, failures to a spool until
//! the executions are over. Memory holds the totals only.

use std::{
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use collection::Environment;
use collection::report::{Count, Execution, Failure, RunResult, Totals};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Ending, Reporter, Size,
    file::{ReportFile, Spool},
};

mod catalogue;
mod entry;
mod normal;

pub use catalogue::Catalogue;

/// Writes the report.
pub struct JsonReporter {
    file: ReportFile,
    failures: Spool,
    catalogue: Arc<Catalogue>,
    size: Size,
    /// Of the item in progress.
    cursor: Value,
    executions: u64,
    failed: u64,
    scopes: [Scope; 2],
}

/// Whose values stand at the end of a report.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub id: String,
    pub name: String,
}

impl Scope {
    /// That of a document, when there is one.
    pub fn of(document: Option<&Environment>) -> Self {
        let (id, name) = document.map(|document| (document.id(), document.name())).unwrap_or_default();
        Self { id, name }
    }

    fn shown(&self, values: &[(String, Value)]) -> Value {
        let mut map = Map::new();
        let fresh = || Uuid::new_v4().to_string();
        map.insert("id".to_owned(), json!(if self.id.is_empty() { fresh() } else { self.id.clone() }));
        if !self.name.is_empty() {
            map.insert("name".to_owned(), json!(self.name));
        }
        let row = |(key, value): &(String, Value)| json!({"type": "any", "value": value, "key": key});
        map.insert("values".to_owned(), values.iter().map(row).collect());
        Value::Object(map)
    }
}

impl JsonReporter {
    /// Begins a report at `place`; `scopes` are the environment and the globals.
    pub fn new(place: &Path, catalogue: Arc<Catalogue>, scopes: [Scope; 2]) -> io::Result<Self> {
        Ok(Self {
            scopes,
            file: ReportFile::create(place)?,
            failures: Spool::new()?,
            catalogue,
            size: Size { iterations: 0, items: 0 },
            cursor: Value::Null,
            executions: 0,
            failed: 0,
        })
    }

    fn entry(&mut self, entry: &entry::Entry<'_>) -> io::Result<()> {
        if self.executions > 0 {
            self.file.write_all(b",")?;
        }
        self.executions += 1;
        self.file.write_all(b"\n")?;
        to_json(&mut self.file, entry)
    }
}

impl Reporter for JsonReporter {
    fn name(&self) -> &'static str {
        "json"
    }

    fn started(&mut self, size: Size) -> io::Result<()> {
        self.size = size;
        self.file.write_all(b"{\"collection\":")?;
        to_json(&mut self.file, &self.catalogue.shown())?;
        self.file.write_all(b",\n\"run\":{\"executions\":[")
    }

    fn item_started(&mut self, iteration: u64, position: u64, _name: &str) -> io::Result<()> {
        self.cursor = cursor(self.size, iteration, position);
        Ok(())
    }

    fn failure(&mut self, failure: &Failure) -> io::Result<()> {
        self.failures.write_all(if self.failed == 0 { b"\n" } else { b",\n" })?;
        self.failed += 1;
        to_json(&mut self.failures, &entry::failure(failure, &self.cursor, &self.catalogue))
    }

    fn item_finished(&mut self, execution: &Execution) -> io::Result<()> {
        let (cursor, item) = (self.cursor.clone(), self.catalogue.item(&execution.item_id, &execution.item_name));
        // newman lists requests: one that a script skipped, or that was never reached, is none.
        if execution.request.is_some() || execution.error.is_some() {
            self.entry(&entry::Entry::of_item(&cursor, item.as_ref(), execution))?;
        }
        // What a script or the authentication sent is listed as one more execution of the item, as newman does.
        for replay in &execution.replays {
            self.entry(&entry::Entry::of_replay(&cursor, item.as_ref(), execution, replay))?;
        }
        for sub in &execution.sub_requests {
            self.entry(&entry::Entry::of_sub_request(&cursor, item.as_ref(), execution, sub))?;
        }
        Ok(())
    }

    fn finished(&mut self, ending: &Ending<'_>) -> io::Result<()> {
        let result = ending.result;
        self.file.write_all(b"\n],\n\"stats\":")?;
        to_json(&mut self.file, &stats(&result.totals))?;
        self.file.write_all(b",\n\"timings\":")?;
        to_json(&mut self.file, &ending.timings.report(result.started_at, result.finished_at))?;
        self.file.write_all(b",\n\"transfers\":")?;
        to_json(&mut self.file, &json!({"responseTotal": ending.timings.bytes}))?;
        self.file.write_all(b",\n\"failures\":[")?;
        self.failures.drain(&mut self.file)?;
        self.file.write_all(b"],\n\"error\":")?;
        let error = result.ended_by.as_ref().map(|reason| json!({"name": "Error", "message": reason}));
        to_json(&mut self.file, &error)?;
        self.file.write_all(b"}")?;
        self.scopes(result)?;
        self.file.write_all(b"}\n")?;
        self.file.finish()
    }
}

impl JsonReporter {
    fn scopes(&mut self, result: &RunResult) -> io::Result<()> {
        let rows = [("environment", &result.environment), ("globals", &result.globals)];
        for ((name, values), scope) in rows.into_iter().zip(&self.scopes) {
            write!(self.file, ",\n\"{name}\":")?;
            to_json(&mut self.file, &scope.shown(values))?;
        }
        Ok(())
    }
}

fn to_json(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}

/// Where in the run an execution stands; its `ref` tells executions of one item apart from others.
fn cursor(size: Size, iteration: u64, position: u64) -> Value {
    json!({
        "position": position, "iteration": iteration, "length": size.items, "cycles": size.iterations,
        "empty": size.items == 0, "eof": position + 1 == size.items, "bof": position == 0, "cr": position == 0 && iteration > 0,
        "ref": Uuid::new_v4().to_string(),
    })
}

fn stats(totals: &Totals) -> Value {
    let row = |count: Count| json!({"total": count.total, "pending": 0, "failed": count.failed});
    let scripts = Count {
        total: totals.prerequest_scripts.total + totals.test_scripts.total,
        failed: totals.prerequest_scripts.failed + totals.test_scripts.failed,
    };
    let once_an_item = Count {
        total: totals.items.total,
        failed: 0,
    };
    json!({
        "iterations": row(totals.iterations), "items": row(totals.items), "scripts": row(scripts),
        "prerequests": row(once_an_item), "requests": row(totals.requests), "tests": row(once_an_item),
        "assertions": row(totals.assertions), "testScripts": row(totals.test_scripts), "prerequestScripts": row(totals.prerequest_scripts),
    })
}
