//! Iteration data: a row of values for each iteration, read one by one.
//!
//! A data file may have a million rows, of which one is needed at a time. So a file is read
//! twice: [`IterationData::open`] checks every row and counts them, since scripts are told
//! the number of iterations from the first one on; the run then reads it again row by row.
//! No more than one row is ever held. CSV is in `csv`, JSON in `json`.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::load::LoadError;

mod csv;
mod input;
mod json;

#[cfg(test)]
mod tests;

use csv::CsvRows;
use input::Input;
use json::JsonRows;

/// The values of one iteration, in the order of the file.
pub type Row = Vec<(String, Value)>;

/// How iteration data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    Json,
    Csv,
    /// JSON when it parses as such, else CSV: what the reference runner does.
    Guess,
}

/// Checked iteration data. Cheap to clone; the default has no rows.
#[derive(Debug, Clone, Default)]
pub struct IterationData {
    place: Place,
    format: Format,
    origin: Arc<str>,
    rows: u64,
}

#[derive(Debug, Clone, Default)]
enum Place {
    #[default]
    Nowhere,
    Memory(Arc<[u8]>),
    File(Arc<PathBuf>),
}

#[derive(Debug, Clone, Copy, Default)]
enum Format {
    #[default]
    Json,
    Csv,
}

impl IterationData {
    /// Checks and counts the rows of a file, which is read again while the run goes.
    ///
    /// # Errors
    /// A file that cannot be read, or rows as in [`IterationData::from_bytes`].
    pub fn open(path: &Path, kind: DataKind) -> Result<Self, LoadError> {
        let place = Place::File(Arc::new(path.to_owned()));
        Self::checked(place, kind, &path.display().to_string())
    }

    /// Checks and counts rows that are in memory already.
    ///
    /// # Errors
    /// Data that is no list of objects, or CSV with an open quote or uneven rows.
    pub fn from_bytes(bytes: Vec<u8>, kind: DataKind, origin: &str) -> Result<Self, LoadError> {
        Self::checked(Place::Memory(bytes.into()), kind, origin)
    }

    /// Rows that the program made itself.
    pub fn from_rows(rows: impl IntoIterator<Item = Row>) -> Self {
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|row| Value::Object(row.into_iter().collect::<Map<_, _>>()))
            .collect();
        Self {
            rows: rows.len() as u64,
            place: Place::Memory(Value::Array(rows).to_string().into_bytes().into()),
            ..Self::default()
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Begins to read, from the first row on.
    ///
    /// # Errors
    /// A file that can no longer be opened.
    pub fn rows(&self) -> Result<Rows, LoadError> {
        let reader: Box<dyn Read + Send> = match &self.place {
            Place::Nowhere => Box::new(io::empty()),
            Place::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Place::File(path) => Box::new(File::open(path.as_path()).map_err(|error| unreadable(&self.origin, &error))?),
        };
        let input = Input::new(BufReader::with_capacity(64 << 10, reader), &self.origin);
        Ok(match (&self.place, self.format) {
            (Place::Nowhere, _) => Rows::None,
            (_, Format::Csv) => Rows::Csv(CsvRows::new(input)),
            (_, Format::Json) => Rows::Json(JsonRows::new(input)),
        })
    }

    fn checked(place: Place, kind: DataKind, origin: &str) -> Result<Self, LoadError> {
        let with = |format| Self {
            place: place.clone(),
            format,
            origin: origin.into(),
            rows: 0,
        };
        match kind {
            DataKind::Csv => with(Format::Csv).counted(),
            DataKind::Json => with(Format::Json).counted(),
            DataKind::Guess => {
                let json = with(Format::Json).counted();
                // What is JSON but no list of objects is told as such.
                match json {
                    Err(error) if error.path.is_empty() => with(Format::Csv).counted(),
                    decided => decided,
                }
            }
        }
    }

    fn counted(mut self) -> Result<Self, LoadError> {
        for row in self.rows()? {
            row?;
            self.rows += 1;
        }
        Ok(self)
    }
}

/// Reads row by row; after an error there are no more.
pub enum Rows {
    None,
    Csv(CsvRows),
    Json(JsonRows),
}

impl Iterator for Rows {
    type Item = Result<Row, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::None => None,
            Self::Csv(rows) => rows.next(),
            Self::Json(rows) => rows.next(),
        }
    }
}

/// The row of each iteration in turn; the last one repeats when there are more iterations.
pub struct Repeating {
    rows: Rows,
    current: Row,
}

impl Repeating {
    /// From the first row on.
    ///
    /// # Errors
    /// A file that can no longer be opened.
    pub fn new(data: &IterationData) -> Result<Self, LoadError> {
        Ok(Self {
            rows: data.rows()?,
            current: Row::new(),
        })
    }

    /// The next iteration's values, none when there is no data at all.
    ///
    /// # Errors
    /// A file that was changed since it was checked.
    pub fn next_row(&mut self) -> Result<Row, LoadError> {
        if let Some(row) = self.rows.next() {
            self.current = row?;
        }
        Ok(self.current.clone())
    }
}

fn unreadable(origin: &str, error: &io::Error) -> LoadError {
    LoadError {
        origin: origin.to_owned(),
        line: 1,
        column: 1,
        path: String::new(),
        message: format!("the file cannot be read: {error}"),
        hint: String::new(),
    }
}
