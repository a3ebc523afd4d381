//! Lists of the API, page by page: so many items, or all of them.

use anyhow::Result;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Answer, Server, not_watchbell};
use crate::cli::{
    Output, text,
    text::{Cell, Table},
};

/// The longest page that the API gives.
const PAGE: usize = 200;

#[derive(Debug, clap::Args)]
pub struct PageArgs {
    /// Items at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = at_least_one)]
    limit: usize,
    /// Every item, page after page
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Go on where a list ended: the cursor that it showed (`next` in JSON)
    #[arg(long, value_name = "CURSOR")]
    before: Option<String>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Box<RawValue>>,
    next: Option<String>,
}

/// How a list is shown.
pub struct Look {
    pub head: &'static [&'static str],
    pub row: fn(&Value) -> Vec<Cell>,
    /// Said where there is nothing.
    pub empty: &'static str,
}

impl Server {
    /// Shows a list: in JSON as the API answers, pages joined where there are several.
    ///
    /// # Errors
    /// As [`Server::call`].
    pub async fn list(&self, path: &str, query: &[(&str, Option<String>)], page: &PageArgs, look: &Look) -> Result<()> {
        let mut left = if page.all { usize::MAX } else { page.limit };
        let mut before = page.before.clone();
        let mut shown = Shown::new(self.output, look);
        loop {
            let mut query = query.to_vec();
            query.extend([("limit", Some(left.min(PAGE).to_string())), ("before", before.take())]);
            let answer = self.get(path, &query).await?;
            let Page { items, next } = serde_json::from_slice(&answer.body).map_err(|_| not_watchbell())?;
            left = left.saturating_sub(items.len());
            let is_last = next.is_none() || left == 0 || items.is_empty();
            shown.page(&answer.body, &items, next.as_deref(), is_last)?;
            if is_last {
                return Ok(());
            }
            before = next;
        }
    }

    /// Shows a list that has one page.
    ///
    /// # Errors
    /// It is no list.
    pub fn show_list(&self, answer: &Answer, look: &Look) -> Result<()> {
        let Page { items, next } = serde_json::from_slice(&answer.body).map_err(|_| not_watchbell())?;
        Shown::new(self.output, look).page(&answer.body, &items, next.as_deref(), true)
    }
}

/// A list that is being printed.
struct Shown<'a> {
    output: Output,
    look: &'a Look,
    table: Table,
    is_first: bool,
}

impl<'a> Shown<'a> {
    fn new(output: Output, look: &'a Look) -> Self {
        let table = Table::new(look.head);
        Self {
            output,
            look,
            table,
            is_first: true,
        }
    }

    fn page(&mut self, body: &Bytes, items: &[Box<RawValue>], next: Option<&str>, is_last: bool) -> Result<()> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        match self.output {
            Output::Json if is_first && is_last => text::raw(body),
            Output::Json => joined(items, next, is_first, is_last),
            Output::Text if is_first && items.is_empty() && next.is_none() => text::print(&format!("{}\n", self.look.empty)),
            Output::Text => {
                let values: Result<Vec<Value>, _> = items.iter().map(|item| serde_json::from_str(item.get())).collect();
                let rows: Vec<_> = values?.iter().map(self.look.row).collect();
                text::print(&self.table.rows(&rows))?;
                if let Some(next) = next.filter(|_| is_last) {
                    text::say(&format!("there is more: --all, or go on with --before {}", text::line(next)));
                }
                Ok(())
            }
        }
    }
}

/// One document out of several pages.
fn joined(items: &[Box<RawValue>], next: Option<&str>, is_first: bool, is_last: bool) -> Result<()> {
    let mut text = String::from(if is_first { "{\"items\":[" } else { "" });
    for (at, item) in items.iter().enumerate() {
        if at > 0 || !is_first {
            text.push_str(",\n");
        }
        text.push_str(item.get());
    }
    if is_last {
        text.push_str(&format!("],\"next\":{}}}\n", serde_json::to_string(&next)?));
    }
    Ok(std::io::Write::write_all(&mut std::io::stdout().lock(), text.as_bytes())?)
}
