//! A webhook is named by its id or its name.

use anyhow::{Result, bail};
use domain::{id, near};

use super::super::{remote::Server, text};

/// The id of a webhook that a word names; ids are taken as they are.
///
/// # Errors
/// None or several of that name; the message names what is near.
pub async fn id_of(server: &Server, word: &str) -> Result<String> {
    let is_id = word.strip_prefix(id::WEBHOOK).is_some_and(|rest| rest.starts_with('_'));
    if is_id || word.is_empty() {
        return Ok(word.to_owned());
    }
    let all = server.get("webhooks", &[]).await?.json()?;
    let items = all["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let named = |exactly: bool| -> Vec<String> {
        let is_it = |name: &str| {
            if exactly {
                name == word
            } else {
                name.to_lowercase() == word.to_lowercase()
            }
        };
        let found = items.iter().filter(|webhook| is_it(webhook["name"].as_str().unwrap_or_default()));
        found.map(|webhook| text::of(webhook, "id")).collect()
    };
    let mut found = named(true);
    if found.is_empty() {
        found = named(false);
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            let names = items.iter().filter_map(|webhook| webhook["name"].as_str());
            let hint = near::hint(word, names, "`watchbell webhook list` shows what there is");
            bail!("there is no webhook `{word}`\n\nhint: {}", text::line(&hint))
        }
        several => bail!(
            "{} webhooks are named `{word}`\n\nhint: say which by its id: `{}`",
            several.len(),
            several.join("`, `")
        ),
    }
}
