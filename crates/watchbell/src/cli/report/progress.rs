//! The live line at the bottom of a terminal: how far the run is, and what it does now.

use std::io::{self, IsTerminal as _, Write as _};

use collection::report::Failure;

use super::{Ending, Reporter, Size};

/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\u{1b}[2K";
/// Longest name that is shown; a line that wraps could not be cleared.
const MAX_NAME: usize = 40;

/// The progress line; silent unless standard output is a terminal.
pub struct Progress {
    live: bool,
    size: Size,
    failures: u64,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            live: io::stdout().is_terminal(),
            size: Size { iterations: 0, items: 0 },
            failures: 0,
        }
    }

    fn show(&self, text: &str) -> io::Result<()> {
        if !self.live {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Makes room for other output.
    pub fn clear(&self) -> io::Result<()> {
        self.show(CLEAR)
    }
}

/// `3/40` and the like, with failures when there are any.
fn line(size: Size, (iteration, position): (u64, u64), failures: u64, name: &str) -> String {
    let done = iteration * size.items + position + 1;
    let short: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let failed = if failures > 0 {
        format!(", {failures} failed")
    } else {
        String::new()
    };
    format!("[{done}/{}{failed}] {short}", size.iterations * size.items)
}

impl Reporter for Progress {
    fn name(&self) -> &'static str {
        "progress"
    }

    fn started(&mut self, size: Size) -> io::Result<()> {
        self.size = size;
        Ok(())
    }

    fn item_started(&mut self, iteration: u64, position: u64, name: &str) -> io::Result<()> {
        let line = line(self.size, (iteration, position), self.failures, name);
        self.show(&format!("{CLEAR}{line}"))
    }

    fn failure(&mut self, _failure: &Failure) -> io::Result<()> {
        self.failures += 1;
        Ok(())
    }

    fn finished(&mut self, _ending: &Ending<'_>) -> io::Result<()> {
        self.clear()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_counts_over_all_iterations_and_stays_short() {
        let size = Size { iterations: 10, items: 4 };
        assert_eq!(line(size, (2, 1), 0, "Log in"), "[10/40] Log in");
        assert_eq!(
            line(size, (0, 0), 3, &"x\n".repeat(100)),
            format!("[1/40, 3 failed] {}", "x".repeat(40))
        );
    }
}
