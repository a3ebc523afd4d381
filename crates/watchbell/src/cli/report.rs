//! What `watchbell run` prints: each item with its request and tests as it goes, then the
//! totals, and the failures last, where a person looks.

use std::sync::Mutex;

use anstream::println;
use collection::report::{Count, Execution, Failure, RunObserver, RunResult};
use collection::script::{Assertion, AssertionStatus, ConsoleLine};

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const OFF: &str = "\u{1b}[0m";

/// Prints to the terminal; colours are stripped where standard output is none.
pub struct Terminal {
    quiet: bool,
    /// The folder that was printed last, so that each is named once.
    folder: Mutex<Vec<String>>,
}

impl Terminal {
    /// `quiet` prints nothing at all.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, folder: Mutex::default() }
    }

    fn print_folder(&self, path: &[String]) {
        let folders = path.get(1..path.len().saturating_sub(1)).unwrap_or_default();
        let Ok(mut last) = self.folder.lock() else { return };
        if *last != folders && !folders.is_empty() {
            println!("\n{BOLD}{}{OFF}", folders.join(" / "));
        }
        folders.clone_into(&mut last);
    }
}

impl RunObserver for Terminal {
    fn iteration_started(&self, iteration: u64) {
        if !self.quiet && iteration > 0 {
            println!("\n{BOLD}iteration {}{OFF}", iteration + 1);
        }
    }

    fn item_finished(&self, execution: Execution) {
        if self.quiet {
            return;
        }
        self.print_folder(&execution.path);
        println!("\n→ {}", execution.item_name);
        print_exchange(&execution);
        execution.console.iter().for_each(print_console);
        execution.assertions.iter().for_each(print_assertion);
        for failed in &execution.script_errors {
            println!("  {RED}✗ {:?} script: {}: {}{OFF}", failed.listen, failed.error.name, failed.error.message);
        }
        for warning in &execution.warnings {
            println!("  {YELLOW}! {warning}{OFF}");
        }
    }

    fn run_finished(&self, result: &RunResult) {
        if self.quiet {
            return;
        }
        print_totals(result);
        if let Some(reason) = &result.ended_by {
            println!("\n{RED}ended early: {reason}{OFF}");
        }
        print_failures(&result.failures);
    }
}

fn print_exchange(execution: &Execution) {
    let Some(request) = &execution.request else {
        let why = if execution.skipped { "skipped by its script" } else { "not sent" };
        println!("  {DIM}{why}{OFF}");
        return print_error(execution);
    };
    match &execution.response {
        Some(response) => println!(
            "  {} {} {DIM}[{} {}, {}, {} ms]{OFF}",
            request.method, request.url, response.status, response.reason, size(response.size), response.time_ms
        ),
        None => println!("  {} {}", request.method, request.url),
    }
    print_error(execution);
}

fn print_error(execution: &Execution) {
    if let Some(error) = &execution.error {
        println!("  {RED}✗ {} ({}){OFF}", error.message, error.code);
    }
}

fn print_console(line: &ConsoleLine) {
    for text in line.text.lines() {
        println!("  {DIM}│ {}{OFF} {text}", line.level);
    }
}

fn print_assertion(assertion: &Assertion) {
    match assertion.status {
        AssertionStatus::Passed => println!("  {GREEN}✓{OFF} {}", assertion.name),
        AssertionStatus::Skipped => println!("  {YELLOW}- {} (skipped){OFF}", assertion.name),
        AssertionStatus::Failed => {
            println!("  {RED}✗ {}{OFF}", assertion.name);
            if let Some(error) = &assertion.error {
                println!("    {RED}{}{OFF}", error.message);
            }
        }
    }
}

fn print_totals(result: &RunResult) {
    let totals = &result.totals;
    let rows: [(&str, Count); 5] = [
        ("iterations", totals.iterations),
        ("requests", totals.requests),
        ("pre-request scripts", totals.prerequest_scripts),
        ("test scripts", totals.test_scripts),
        ("tests", totals.assertions),
    ];
    println!("\n{BOLD}{:<20} {:>8} {:>8}{OFF}", "", "executed", "failed");
    for (name, count) in rows {
        let colour = if count.failed > 0 { RED } else { "" };
        println!("{name:<20} {:>8} {colour}{:>8}{OFF}", count.total, count.failed);
    }
    let seconds = (result.finished_at - result.started_at) as f64 / 1e6;
    let average = totals.total_latency.checked_div(totals.items.total.max(1)).unwrap_or(0);
    println!("{DIM}{seconds:.2} s in all, {} received, {average} ms a request, {} warnings{OFF}", size(totals.bytes), totals.warnings);
}

fn print_failures(failures: &[Failure]) {
    if failures.is_empty() {
        return;
    }
    println!("\n{RED}{BOLD}{} failed{OFF}", failures.len());
    for (number, failure) in (1..).zip(failures) {
        let item = failure.item_name.as_deref().unwrap_or("a request of a script");
        println!("{number:>3}. {BOLD}{item}{OFF} {DIM}({}, iteration {}){OFF}", failure.at, failure.iteration + 1);
        println!("     {RED}{}: {}{OFF}", failure.name, failure.message);
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
