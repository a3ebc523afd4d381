//! The end of a run on the terminal: totals as newman's table has them, and the failures.

use collection::report::{Count, Failure};

use super::{
    Ending,
    paint::{Paint, hanging, short_size, short_time, tame},
};

/// Widths of the table's columns.
const COLUMNS: [usize; 3] = [25, 18, 18];

/// Appends the table of totals.
pub fn totals(out: &mut String, ending: &Ending<'_>, paint: &Paint) {
    let totals = &ending.result.totals;
    let rows: [(&str, Count); 5] = [
        ("iterations", totals.iterations),
        ("requests", totals.requests),
        ("test-scripts", totals.test_scripts),
        ("prerequest-scripts", totals.prerequest_scripts),
        ("assertions", totals.assertions),
    ];
    out.push('\n');
    rule(out, paint, 0, true);
    row(out, paint, ["", "executed", "failed"], false);
    for (name, count) in rows {
        rule(out, paint, 1, true);
        row(
            out,
            paint,
            [name, &count.total.to_string(), &count.failed.to_string()],
            count.failed > 0,
        );
    }
    let duration = (ending.result.finished_at - ending.result.started_at) as f64 / 1e3;
    let spread = &ending.timings.response;
    let lines = [
        format!("total run duration: {}", short_time(duration)),
        format!("total data received: {} (approx)", short_size(ending.timings.bytes)),
        format!(
            "average response time: {} [min: {}, max: {}, s.d.: {}]",
            short_time(spread.mean()),
            short_time(spread.min()),
            short_time(spread.max()),
            short_time(spread.deviation())
        ),
        format!("warnings: {}", totals.warnings),
    ];
    for (index, text) in lines.iter().enumerate() {
        rule_between(out, paint, index == 0);
        wide(out, paint, text);
    }
    rule(out, paint, 2, false);
}

/// The line over a wide row; the first one closes the columns above it.
fn rule_between(out: &mut String, paint: &Paint, first: bool) {
    let frame = paint.frame();
    let [left, _, right] = frame.corners[1];
    let middle = if first { frame.corners[2][1] } else { frame.horizontal };
    let bars = COLUMNS.map(|width| frame.horizontal.repeat(width));
    out.push_str(&format!("{left}{}{right}\n", bars.join(middle)));
}

fn rule(out: &mut String, paint: &Paint, which: usize, columns: bool) {
    let frame = paint.frame();
    let [left, middle, right] = frame.corners[which];
    let middle = if columns { middle } else { frame.horizontal };
    let bars = COLUMNS.map(|width| frame.horizontal.repeat(width));
    out.push_str(&format!("{left}{}{right}\n", bars.join(middle)));
}

fn row(out: &mut String, paint: &Paint, cells: [&str; 3], failed: bool) {
    let bar = paint.frame().vertical;
    let [name, total, bad] = cells;
    let name = format!("{name:>width$} ", width = COLUMNS[0] - 1);
    let total = format!("{total:>width$} ", width = COLUMNS[1] - 1);
    let bad = format!("{bad:>width$} ", width = COLUMNS[2] - 1);
    let bad = if failed { paint.red(&bad) } else { bad };
    out.push_str(&format!("{bar}{name}{bar}{total}{bar}{bad}{bar}\n"));
}

fn wide(out: &mut String, paint: &Paint, text: &str) {
    let bar = paint.frame().vertical;
    let width = COLUMNS.iter().sum::<usize>() + COLUMNS.len() - 2;
    out.push_str(&format!("{bar} {text:<width$}{bar}\n"));
}

/// Appends the failures; `all` also counts those that are no longer kept.
pub fn failures(out: &mut String, failures: &[Failure], all: u64, paint: &Paint) {
    if failures.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", paint.red(&paint.bold(&format!("{all} failed")))));
    for (number, failure) in (1..).zip(failures) {
        let item = failure.item_name.as_deref().unwrap_or("a request of a script");
        let test = failure
            .test
            .as_ref()
            .map(|(_, name)| format!(": {}", hanging(name, "     ")))
            .unwrap_or_default();
        let place = paint.dim(&format!("({}, iteration {})", failure.at, failure.iteration + 1));
        out.push_str(&format!("{number:>3}. {} {place}\n", paint.bold(&format!("{}{test}", tame(item)))));
        out.push_str(&format!(
            "     {}\n",
            paint.red(&format!("{}: {}", failure.name, hanging(&failure.message, "     ")))
        ));
    }
    let more = all.saturating_sub(failures.len() as u64);
    if more > 0 {
        out.push_str(&format!(
            "     {}\n",
            paint.dim(&format!("and {more} more; the json, junit and html reports have them all"))
        ));
    }
}
