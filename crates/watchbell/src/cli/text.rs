//! Answers for people: tables, records and bodies. Colours are stripped where there is no terminal, and nothing that came
//! from outside can steer one.

use std::io::{self, Write as _};

use anyhow::Result;
use serde_json::Value;

use super::report::cli::{Paint, tame};

/// A word with what it means: never told by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Plain,
    Good,
    Bad,
    Waiting,
}

/// A cell of a table.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    mood: Mood,
}

/// Text on one line, whatever it holds.
pub fn line(text: &str) -> String {
    tame(text).replace(['\n', '\t'], " ")
}

pub fn cell(text: impl AsRef<str>) -> Cell {
    Cell {
        text: line(text.as_ref()),
        mood: Mood::Plain,
    }
}

/// A state, coloured by what it says.
pub fn state(text: &str) -> Cell {
    let mood = match text {
        "good" | "delivered" | "finished" | "success" | "enabled" | "yes" => Mood::Good,
        "failing" | "failed" | "failure" | "refused" => Mood::Bad,
        "pending" | "running" | "paused" => Mood::Waiting,
        _ => Mood::Plain,
    };
    Cell { text: line(text), mood }
}

impl Cell {
    fn painted(&self, width: usize) -> String {
        let (paint, padded) = (Paint::new(false), format!("{:width$}", self.text));
        match self.mood {
            Mood::Plain => padded,
            Mood::Good => paint.green(&padded),
            Mood::Bad => paint.red(&padded),
            Mood::Waiting => paint.yellow(&padded),
        }
    }
}

/// A table with its head; columns are as wide as their widest cell, the last is not padded.
#[derive(Debug)]
pub struct Table {
    head: &'static [&'static str],
    widths: Vec<usize>,
}

impl Table {
    pub fn new(head: &'static [&'static str]) -> Self {
        let widths = Vec::new();
        Self { head, widths }
    }

    /// Rows, after the head the first time; later rows keep the widths.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> String {
        let mut text = String::new();
        if self.widths.is_empty() {
            let width = |column: usize| {
                rows.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cell.text.chars().count())
                    .max()
            };
            self.widths = (0..self.head.len())
                .map(|column| width(column).unwrap_or(0).max(self.head[column].len()))
                .collect();
            let head: Vec<Cell> = self.head.iter().map(cell).collect();
            text.push_str(&Paint::new(false).bold(&self.row(&head)));
            text.push('\n');
        }
        for row in rows {
            text.push_str(&self.row(row));
            text.push('\n');
        }
        text
    }

    fn row(&self, cells: &[Cell]) -> String {
        let last = cells.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        let shown = cells.iter().take(last + 1).enumerate();
        let padded = shown.map(|(at, cell)| cell.painted(if at == last { 0 } else { self.widths.get(at).copied().unwrap_or(0) }));
        padded.collect::<Vec<_>>().join("  ")
    }
}

/// Names and values below each other; what has no value is left out.
#[derive(Debug, Default)]
pub struct Record(Vec<(&'static str, Cell)>);

impl Record {
    pub fn add(&mut self, name: &'static str, value: Cell) -> &mut Self {
        if !value.text.is_empty() {
            self.0.push((name, value));
        }
        self
    }

    pub fn text(&self) -> String {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let paint = Paint::new(false);
        let lines = self
            .0
            .iter()
            .map(|(name, value)| format!("{}  {}\n", paint.dim(&format!("{name:width$}")), value.painted(0)));
        lines.collect()
    }
}

/// A member's text: strings as they are, `null` as nothing, anything else as JSON.
pub fn of(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A time to the millisecond.
pub fn time(value: &Value, name: &str) -> String {
    let text = of(value, name);
    match text.split_once('.') {
        Some((seconds, rest)) => format!("{seconds}.{}Z", rest.trim_end_matches('Z').get(..3).unwrap_or("000")),
        None => text,
    }
}

/// Microseconds, as milliseconds for people.
pub fn ms(us: &Value) -> String {
    us.as_f64().map_or_else(String::new, |us| format!("{:.1} ms", us / 1e3))
}

/// JSON for people: a member a line. Numbers and texts stay as they are written.
pub fn pretty(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut signs = json.chars().filter(|c| !matches!(c, '\n' | '\r')).peekable();
    while let Some(sign) = signs.next() {
        if quoted {
            quoted = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
            text.push(sign);
            continue;
        }
        let new_line = |depth: usize| format!("\n{}", "  ".repeat(depth));
        match sign {
            ' ' | '\t' => {}
            '{' | '[' => {
                text.push(sign);
                while signs.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
                if let Some(end) = signs.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    text.push_str(&new_line(depth));
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                text.push_str(&(new_line(depth) + &sign.to_string()));
            }
            ',' => text.push_str(&(",".to_owned() + &new_line(depth))),
            ':' => text.push_str(": "),
            _ => {
                quoted = sign == '"';
                text.push(sign);
            }
        }
    }
    tame(&text)
}

/// Says something on standard error, where nobody need listen.
pub fn say(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether nobody reads any more what is printed.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// What was printed for a reader that may have gone: it has seen enough, and the command goes on to its verdict.
///
/// # Errors
/// Standard output cannot be written for another reason.
pub fn seen(printed: Result<()>) -> Result<()> {
    printed.or_else(|error| if is_broken_pipe(&error) { Ok(()) } else { Err(error) })
}

/// Prints text; a reader that went away is an error that ends the command quietly.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints bytes as they are, with a line's end.
///
/// # Errors
/// Standard output cannot be written.
pub fn raw(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up_and_cannot_steer_the_terminal() {
        let mut table = Table::new(&["name", "state"]);
        let shown = table.rows(&[vec![cell("a\u{1b}[2J\nb"), state("good")], vec![cell("long name"), cell("")]]);
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(plain, "name       state\na\u{fffd}[2J b    good\nlong name\n");
        assert_eq!(
            table.rows(&[vec![cell("x"), cell("y")]]),
            "x          y\n",
            "later rows have no head"
        );
    }

    #[test]
    fn json_is_indented_and_no_number_changes() {
        let json = r#"{"a":1.0e+400, "b":[ ],"c": {"d":"x, \"{\\","e":[1,2]}}"#;
        let lines = [
            r"{",
            r#"  "a": 1.0e+400,"#,
            r#"  "b": [],"#,
            r#"  "c": {"#,
            r#"    "d": "x, \"{\\","#,
            r#"    "e": ["#,
        ];
        let ends = ["      1,", "      2", "    ]", "  }", "}"];
        assert_eq!(pretty(json), [&lines[..], &ends[..]].concat().join("\n"));
    }

    #[test]
    fn times_are_short() {
        let value = serde_json::json!({"at": "2026-01-31T12:00:00.123456Z", "n": null});
        assert_eq!([time(&value, "at"), time(&value, "n")], ["2026-01-31T12:00:00.123Z", ""]);
    }
}
