//! `custom`: the user's method, content type, headers and body, a `{{ … }}` template with the event as its context.

use serde_json::{Value, json};

use super::{Body, JSON, Setting, check, headline};
use crate::{
    Problem, clock,
    event::Event,
    template::{Kind, braces},
};

/// The body unless one is given.
pub const DEFAULT_BODY: &str = "{\n  \"id\": \"{{ event.id }}\",\n  \"type\": \"{{ event.type }}\",\n  \"subject\": \"{{ event.subject }}\",\n  \"time\": \"{{ event.time }}\",\n  \"data\": {{ event.data }}\n}";

pub(super) fn render(event: &Event, setting: Setting<'_>) -> Result<Body, Problem> {
    let options = setting.options;
    let content_type = options.content_type.as_deref().unwrap_or(JSON);
    let template = options.body.as_deref().unwrap_or(DEFAULT_BODY);
    let context = context(event, setting.public_url)?;
    let text = braces::render(template, Kind::of(content_type), &context).map_err(|fault| fault.problem(check::BODY, template))?;
    Ok(Body {
        content_type: content_type.to_owned(),
        ..Body::json(text.into_bytes())
    })
}

/// What a template sees: `event` with all its parts, the same parts by themselves, and the headline that chats get.
fn context(event: &Event, public_url: &str) -> Result<Value, Problem> {
    let event_ = json!({
        "id": event.id,
        "type": event.event_type,
        "subject": event.subject,
        "time": clock::rfc3339(event.at),
        "workspace_id": event.workspace_id,
        "data": super::data(event)?,
    });
    let headline = headline::of(event, public_url)?;
    let mut context = event_.clone();
    context["event"] = event_;
    context["title"] = headline.title.into();
    context["text"] = headline.lines.join("\n").into();
    context["severity"] = headline.severity.as_str().into();
    context["link"] = headline.link.map_or(Value::Null, Value::from);
    Ok(context)
}
