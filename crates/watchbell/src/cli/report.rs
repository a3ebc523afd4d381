//! What a run of the command line leaves behind: reporters, several at once, fed while the
//! run goes. [`Reporters`] watches the run and hands everything on; a reporter whose file
//! cannot be written is dropped, and the run says so at its end.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use collection::report::{Execution, Failure, RunObserver, RunResult};

pub mod cli;
pub mod file;
pub mod html;
pub mod json;
pub mod junit;
pub mod progress;
pub mod timings;

pub use cli::CliReporter;
pub use html::HtmlReporter;
pub use json::JsonReporter;
pub use junit::JunitReporter;
use timings::Timings;

/// What a request's scripts said, a line each.
fn console(execution: &Execution) -> String {
    let lines = execution.console.iter().map(|line| format!("{}: {}", line.level, line.text));
    lines.collect::<Vec<_>>().join("\n")
}

/// How much a run is going to do.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub iterations: u64,
    /// Requests of one iteration.
    pub items: u64,
}

/// A finished run.
pub struct Ending<'a> {
    pub result: &'a RunResult,
    pub timings: &'a Timings,
}

/// One kind of report. All methods do nothing unless overridden.
pub trait Reporter: Send {
    /// Shown when the report cannot be written.
    fn name(&self) -> &'static str;
    fn started(&mut self, _size: Size) -> io::Result<()> {
        Ok(())
    }
    fn iteration_started(&mut self, _iteration: u64) -> io::Result<()> {
        Ok(())
    }
    fn item_started(&mut self, _iteration: u64, _position: u64, _name: &str) -> io::Result<()> {
        Ok(())
    }
    /// Comes before the item that it belongs to is finished.
    fn failure(&mut self, _failure: &Failure) -> io::Result<()> {
        Ok(())
    }
    fn item_finished(&mut self, _execution: &Execution) -> io::Result<()> {
        Ok(())
    }
    fn finished(&mut self, _ending: &Ending<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// Hands a run to its reporters.
pub struct Reporters(Mutex<Inner>);

struct Inner {
    reporters: Vec<Box<dyn Reporter>>,
    timings: Timings,
    errors: Vec<String>,
    begun: bool,
}

impl Reporters {
    pub fn new(reporters: Vec<Box<dyn Reporter>>) -> Self {
        Self(Mutex::new(Inner {
            reporters,
            timings: Timings::default(),
            errors: Vec::new(),
            begun: false,
        }))
    }

    /// Why reports are missing, a sentence each; empty when all are written.
    pub fn errors(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).errors.clone()
    }

    fn each(&self, mut tell: impl FnMut(&mut dyn Reporter, &Timings) -> io::Result<()>) {
        let Inner {
            reporters,
            timings,
            errors,
            ..
        } = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reporters.retain_mut(|reporter| match tell(reporter.as_mut(), timings) {
            Ok(()) => true,
            Err(error) => {
                errors.push(format!("the {} report is not complete: {error}", reporter.name()));
                false
            }
        });
    }
}

impl RunObserver for Reporters {
    fn run_started(&self, iterations: u64, items: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).begun = true;
        self.each(|reporter, _| reporter.started(Size { iterations, items }));
    }

    fn iteration_started(&self, iteration: u64) {
        self.each(|reporter, _| reporter.iteration_started(iteration));
    }

    fn item_started(&self, iteration: u64, position: u64, name: &str, _path: &[String]) {
        self.each(|reporter, _| reporter.item_started(iteration, position, name));
    }

    fn failure(&self, failure: &Failure) {
        self.each(|reporter, _| reporter.failure(failure));
    }

    fn item_finished(&self, execution: Execution) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).timings.add(&execution);
        self.each(|reporter, _| reporter.item_finished(&execution));
    }

    fn run_finished(&self, result: &RunResult) {
        // A run that could not start (a folder that is not there) is still reported whole.
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).begun {
            self.run_started(0, 0);
        }
        self.each(|reporter, timings| reporter.finished(&Ending { result, timings }));
    }
}
