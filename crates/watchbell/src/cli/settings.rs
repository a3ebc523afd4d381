//! `watchbell config`: every setting, its value and its origin.

use std::process::ExitCode;

use anyhow::Result;

use super::Output;
use crate::config::Loaded;

pub fn run(loaded: &Loaded, output: Output) -> Result<ExitCode> {
    let lines = loaded.lines();
    if output == Output::Json {
        let rows: Vec<_> = lines
            .iter()
            .map(|(key, value, origin)| serde_json::json!({"key": key, "value": value, "origin": origin}))
            .collect();
        anstream::println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(ExitCode::SUCCESS);
    }
    let width = |of: fn(&(String, String, String)) -> &str| lines.iter().map(|l| of(l).chars().count()).max().unwrap_or(0);
    let (keys, values) = (width(|l| &l.0), width(|l| &l.1));
    for (key, value, origin) in &lines {
        anstream::println!("{key:keys$}  {value:values$}  {origin}");
    }
    Ok(ExitCode::SUCCESS)
}
