//! `discord`: one embed, its lengths within Discord's limits, markdown escaped and mentions off.

use serde_json::{Value, json};

use super::{
    Body, Setting, chat,
    headline::{self, Severity, cut},
};
use crate::{Problem, clock, event::Event};

/// Characters: content 2,000, title 256, description 4,096, a field's name 256 and value 1,024, all of an embed 6,000.
const CONTENT: usize = 2_000;
const TITLE: usize = 256;
const DESCRIPTION: usize = 2_000;
const FIELDS: usize = 10;
const NAME: usize = 80;
const VALUE: usize = 250;

pub(super) fn render(event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
    let headline = headline::of(event, setting.public_url)?;
    let color = match headline.severity {
        Severity::Good => 0x2E_A0_43,
        Severity::Bad => 0xD7_3A_49,
        Severity::Neutral => 0x57_60_6A,
    };
    let field = |(name, value): &(String, String)| {
        let (name, value) = (cut(&escape(name), NAME), cut(&escape(value), VALUE));
        json!({"name": chat::or_dash(name), "value": chat::or_dash(value), "inline": true})
    };
    let fields: Vec<Value> = headline.fields.iter().take(FIELDS).map(field).collect();
    let mut embed = json!({
        "title": cut(&escape(&headline.title), TITLE),
        "description": chat::text(&headline, DESCRIPTION, escape),
        "color": color,
        "timestamp": clock::rfc3339(event.at),
        "fields": fields,
    });
    if let Some(link) = &headline.link {
        embed["url"] = link.clone().into();
    }
    Ok(Body::of(&json!({
        "content": cut(&escape(&headline.title), CONTENT),
        "embeds": [embed],
        "allowed_mentions": {"parse": []},
    })))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '[' | ']' | '(' | ')' | '#' | '@'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
