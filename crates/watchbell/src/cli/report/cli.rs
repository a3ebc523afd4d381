//! What a person at a terminal sees: each item with its request and tests as it goes, then
//! the totals, and the failures last, where one looks.

use std::io;

use collection::report::{Execution, Failure};

use super::{Ending, Reporter, Size, progress::Progress};
use crate::cli::run::args::CliArgs;

mod item;
mod numbers;
mod paint;
mod summary;

pub use paint::{Paint, size, tame};

/// How the reporter shows a run.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub hide: CliArgs,
    pub verbose: bool,
    pub ascii: bool,
}

/// Prints to standard output; colours are stripped where it is no terminal.
pub struct CliReporter {
    look: Look,
    paint: Paint,
    collection: String,
    progress: Progress,
    size: Size,
    /// The folder that was printed last, so that each is named once.
    folder: Vec<String>,
    numbers: numbers::Numbers,
}

impl CliReporter {
    pub fn new(look: Look, collection: &str) -> Self {
        Self {
            paint: Paint::new(look.ascii),
            look,
            collection: collection.to_owned(),
            progress: Progress::new(),
            size: Size { iterations: 1, items: 0 },
            folder: Vec::new(),
            numbers: numbers::Numbers::default(),
        }
    }

    /// One write for all of a text: a reader of a pipe never sees half an item.
    fn print(&self, text: &str) -> io::Result<()> {
        self.progress.clear()?;
        let mut out = anstream::stdout().lock();
        io::Write::write_all(&mut out, text.as_bytes())?;
        io::Write::flush(&mut out)
    }
}

impl Reporter for CliReporter {
    fn name(&self) -> &'static str {
        "cli"
    }

    fn started(&mut self, size: Size) -> io::Result<()> {
        self.size = size;
        self.progress.started(size)?;
        if self.look.hide.no_banner {
            return Ok(());
        }
        self.print(&format!("watchbell\n\n{}\n", self.paint.bold(&self.collection)))
    }

    fn iteration_started(&mut self, iteration: u64) -> io::Result<()> {
        if self.size.iterations < 2 {
            return Ok(());
        }
        self.folder.clear();
        self.print(&format!(
            "\n{}\n",
            self.paint.bold(&format!("Iteration {}/{}", iteration + 1, self.size.iterations))
        ))
    }

    fn item_started(&mut self, iteration: u64, position: u64, name: &str) -> io::Result<()> {
        self.progress.item_started(iteration, position, name)
    }

    fn failure(&mut self, failure: &Failure) -> io::Result<()> {
        self.numbers.add(failure);
        self.progress.failure(failure)
    }

    fn item_finished(&mut self, execution: &Execution) -> io::Result<()> {
        let mut text = String::new();
        let folders = execution.path.get(1..execution.path.len().saturating_sub(1)).unwrap_or_default();
        if self.folder != folders && !folders.is_empty() {
            text.push_str(&format!("\n{} {}\n", self.paint.folder(), self.paint.bold(&folders.join(" / "))));
        }
        folders.clone_into(&mut self.folder);
        let numbers = self.numbers.of_item(execution);
        item::show(&mut text, execution, &numbers, &self.look, &self.paint);
        self.print(&text)
    }

    fn finished(&mut self, ending: &Ending<'_>) -> io::Result<()> {
        let mut text = String::new();
        if !self.look.hide.no_summary {
            summary::totals(&mut text, ending, &self.paint);
        }
        for warning in &ending.result.warnings {
            text.push_str(&format!("\n{}\n", self.paint.yellow(&format!("! {}", paint::tame(warning)))));
        }
        if let Some(reason) = &ending.result.ended_by {
            text.push_str(&format!("\n{}\n", self.paint.red(&format!("ended early: {reason}"))));
        }
        if !self.look.hide.no_failures {
            summary::failures(&mut text, &ending.result.failures, self.numbers.count(), &self.paint);
        }
        self.print(&text)
    }
}
