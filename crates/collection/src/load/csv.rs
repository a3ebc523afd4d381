//! CSV iteration data as the reference runner types it.
//!
//! The first row names the columns; cells are trimmed; an unquoted cell that is a number
//! becomes one, a quoted cell stays text; `""` or `\"` is a quote within quotes; blank
//! lines are skipped.

use serde_json::{Value, json};

use super::LoadError;

struct Cell {
    text: String,
    quoted: bool,
}

/// Reads all rows.
///
/// # Errors
/// A quote that is never closed, or a row with more or fewer cells than the first.
pub fn rows(text: &str, origin: &str) -> Result<Vec<Vec<(String, Value)>>, LoadError> {
    let fail = |line: usize, message: String, hint: &str| LoadError {
        origin: origin.to_owned(),
        line,
        column: 1,
        path: String::new(),
        message,
        hint: hint.to_owned(),
    };
    let mut records = records(text)
        .map_err(|line| {
            fail(
                line,
                "a quote is opened and never closed".into(),
                "close it, or write `\"\"` for a quote",
            )
        })?
        .into_iter();
    let Some((_, header)) = records.next() else { return Ok(Vec::new()) };
    let names: Vec<String> = header.into_iter().map(|cell| cell.text).collect();
    records
        .map(|(line, cells)| {
            if cells.len() != names.len() {
                let message = format!("expected {} cells as in the first row, found {}", names.len(), cells.len());
                return Err(fail(line, message, "put cells that hold a comma in quotes"));
            }
            Ok(names.iter().cloned().zip(cells.into_iter().map(typed)).collect())
        })
        .collect()
}

fn typed(cell: Cell) -> Value {
    if cell.quoted || cell.text.is_empty() {
        return json!(cell.text);
    }
    let plain = cell
        .text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'e' | b'E' | b'+'));
    if plain && let Ok(n) = cell.text.parse::<i64>() {
        return json!(n);
    }
    match cell.text.parse::<f64>() {
        Ok(n) if plain && n.is_finite() && n.fract() == 0.0 && n.abs() < 9e15 => json!(n as i64),
        Ok(n) if plain && n.is_finite() => json!(n),
        _ => json!(cell.text),
    }
}

/// Splits into records with the line each begins on; `Err` is the line of an open quote.
fn records(text: &str) -> Result<Vec<(usize, Vec<Cell>)>, usize> {
    let mut out = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut cell = Cell {
        text: String::new(),
        quoted: false,
    };
    let (mut inside, mut line, mut begun) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '\\' | '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                cell.text.push('"');
            }
            '"' if inside => inside = false,
            _ if inside => cell.text.push(c),
            '"' if cell.text.trim().is_empty() => {
                cell = Cell {
                    text: String::new(),
                    quoted: true,
                };
                inside = true;
            }
            ',' => cells.push(finish(&mut cell)),
            '\n' => {
                end_record(&mut cells, &mut cell, begun, &mut out);
                begun = line;
            }
            '\r' => {}
            // Blanks behind a closing quote are padding.
            _ if cell.quoted && c.is_whitespace() => {}
            _ => cell.text.push(c),
        }
    }
    if inside {
        return Err(begun);
    }
    end_record(&mut cells, &mut cell, begun, &mut out);
    Ok(out)
}

fn finish(cell: &mut Cell) -> Cell {
    let done = std::mem::replace(
        cell,
        Cell {
            text: String::new(),
            quoted: false,
        },
    );
    if done.quoted {
        done
    } else {
        Cell {
            text: done.text.trim().to_owned(),
            quoted: false,
        }
    }
}

fn end_record(cells: &mut Vec<Cell>, cell: &mut Cell, line: usize, out: &mut Vec<(usize, Vec<Cell>)>) {
    let last = finish(cell);
    if cells.is_empty() && last.text.is_empty() && !last.quoted {
        return;
    }
    cells.push(last);
    out.push((line, std::mem::take(cells)));
}
