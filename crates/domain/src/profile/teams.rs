//! `teams`: an Adaptive Card 1.4 in the message envelope of Teams' Workflows webhooks. Text goes into `TextRun`s, which
//! know no markdown, so that a name shows as it is. A message is at most 28 KB.

use serde_json::{Value, json};

use super::{
    Body, Setting, chat,
    headline::{self, Severity, cut},
};
use crate::{Problem, event::Event};

const TITLE: usize = 500;
const TEXT: usize = 3_000;
const FIELDS: usize = 12;
const VALUE: usize = 300;

pub(super) fn render(event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
    let headline = headline::of(event, setting.public_url)?;
    let color = match headline.severity {
        Severity::Good => "Good",
        Severity::Bad => "Attention",
        Severity::Neutral => "Default",
    };
    let title = json!({"type": "TextRun", "text": cut(&headline.title, TITLE), "weight": "Bolder", "size": "Medium", "color": color});
    let mut body = vec![rich(vec![title])];
    let text = chat::text(&headline, TEXT, str::to_owned);
    body.extend(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .take(50)
            .map(|line| rich(vec![run(line)])),
    );
    for (name, value) in headline.fields.iter().take(FIELDS) {
        let name = json!({"type": "TextRun", "text": format!("{}: ", cut(name, 100)), "weight": "Bolder"});
        body.push(rich(vec![name, run(&chat::or_dash(cut(value, VALUE)))]));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": cut(&headline.title, TITLE),
        "body": body,
    });
    if let Some(link) = headline.link {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open in Watchbell", "url": link}]);
    }
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card});
    Ok(Body::of(&json!({"type": "message", "attachments": [attachment]})))
}

fn rich(inlines: Vec<Value>) -> Value {
    json!({"type": "RichTextBlock", "inlines": inlines})
}

fn run(text: &str) -> Value {
    json!({"type": "TextRun", "text": text})
}
