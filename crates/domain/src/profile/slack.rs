//! `slack`: incoming webhooks with Block Kit. Text goes in as mrkdwn with `&`, `<` and `>` escaped, so that no name can
//! call a channel; a block has at most 3,000 characters, a message at most 50 blocks.

use serde_json::{Value, json};

use super::{
    Body, Setting, chat,
    headline::{self, Severity, cut},
};
use crate::{Problem, event::Event};

/// Characters of a section before escaping: even when each becomes five, it fits its 3,000.
const SECTION: usize = 3_000;
const HEADER: usize = 150;
const FIELD: usize = 2_000;
/// Fields in one section.
const FIELDS: usize = 10;
const BLOCKS: usize = 50;

pub(super) fn render(event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
    let headline = headline::of(event, setting.public_url)?;
    let sign = match headline.severity {
        Severity::Good => "🟢",
        Severity::Bad => "🔴",
        Severity::Neutral => "🔔",
    };
    let title = format!("{sign} {}", headline.title);
    let mut blocks = vec![json!({"type": "header", "text": {"type": "plain_text", "text": cut(&title, HEADER), "emoji": true}})];
    let lines = headline.lines.join("\n");
    if !lines.trim().is_empty() {
        blocks.push(json!({"type": "section", "text": mrkdwn(escape_to(&lines, SECTION))}));
    }
    let fields: Vec<Value> = headline
        .fields
        .iter()
        .map(|(name, value)| {
            mrkdwn(format!(
                "*{}*\n{}",
                escape_to(name, 100),
                chat::or_dash(escape_to(value, FIELD - 200))
            ))
        })
        .collect();
    blocks.extend(fields.chunks(FIELDS).map(|fields| json!({"type": "section", "fields": fields})));
    if let Some(link) = &headline.link {
        blocks.push(
            json!({"type": "section", "text": mrkdwn(format!("<{}|Open in Watchbell>", escape_to(link, 1_000).replace('|', "%7C")))}),
        );
    }
    blocks.truncate(BLOCKS);
    Ok(Body::of(&json!({"text": escape_to(&title, SECTION), "blocks": blocks})))
}

fn mrkdwn(text: String) -> Value {
    json!({"type": "mrkdwn", "text": text})
}

/// Escaped text of at most `most` characters; no escape is cut through.
fn escape_to(text: &str, most: usize) -> String {
    let mut escaped = String::new();
    let mut left = most;
    for c in text.chars() {
        let (word, length) = match c {
            '&' => ("&amp;", 5),
            '<' => ("&lt;", 4),
            '>' => ("&gt;", 4),
            _ => ("", 1),
        };
        // One is kept for the dots.
        if length + 1 > left {
            escaped.push('…');
            return escaped;
        }
        left -= length;
        if word.is_empty() { escaped.push(c) } else { escaped.push_str(word) }
    }
    escaped
}
