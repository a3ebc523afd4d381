//! `/api/docs`: the OpenAPI document as a page to read, without anything from elsewhere.

use std::sync::OnceLock;

use askama::Template;
use axum::{
    http::header,
    response::{Html, IntoResponse},
};
use serde_json::Value;

struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<(String, String)>,
    body: String,
    answers: Vec<(String, String)>,
}

struct Section {
    tag: String,
    operations: Vec<Operation>,
}

struct Field {
    name: String,
    kind: String,
    required: bool,
    description: String,
}

struct Shape {
    name: String,
    description: String,
    fields: Vec<Field>,
    words: Vec<String>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Watchbell API</title><link rel="stylesheet" href="/api/docs.css"></head>
<body><header><h1>Watchbell API</h1>
<p>Base path <code>/api/v1</code>. Send <code>Authorization: Bearer wbt_…</code>; tokens are made in the workspace’s settings.
Lists answer <code>{"items": […], "next": …}</code>: give <code>next</code> as <code>before</code> to get the next page.
Errors are problem documents (RFC 9457) that name the field. The same as OpenAPI 3.1: <a href="/api/v1/openapi.json">openapi.json</a>.</p></header>
<nav aria-label="Sections"><ul>{% for section in sections %}<li><a href="#{{ section.tag }}">{{ section.tag }}</a></li>{% endfor %}<li><a href="#shapes">shapes</a></li></ul></nav>
<main>{% for section in sections %}<section id="{{ section.tag }}"><h2>{{ section.tag }}</h2>
{% for op in section.operations %}<article><h3><span class="method">{{ op.method }}</span> <code>{{ op.path }}</code></h3>
<p><strong>{{ op.summary }}</strong>{% if !op.description.is_empty() %}. {{ op.description }}{% endif %}</p>
{% if !op.parameters.is_empty() || !op.body.is_empty() || !op.answers.is_empty() %}<dl>
{% for (name, text) in op.parameters %}<dt><code>{{ name }}</code></dt><dd>{{ text }}</dd>{% endfor %}
{% if !op.body.is_empty() %}<dt>body</dt><dd>{{ op.body }}</dd>{% endif %}
{% for (status, text) in op.answers %}<dt>{{ status }}</dt><dd>{{ text }}</dd>{% endfor %}</dl>{% endif %}</article>
{% endfor %}</section>{% endfor %}
<section id="shapes"><h2>shapes</h2>{% for shape in shapes %}<article id="{{ shape.name }}"><h3><code>{{ shape.name }}</code></h3>
{% if !shape.description.is_empty() %}<p>{{ shape.description }}</p>{% endif %}
{% if !shape.words.is_empty() %}<p>{% for word in shape.words %}<code>{{ word }}</code> {% endfor %}</p>{% endif %}
{% if !shape.fields.is_empty() %}<dl>{% for field in shape.fields %}<dt><code>{{ field.name }}</code>{% if !field.required %} <small>optional</small>{% endif %}</dt>
<dd><em>{{ field.kind }}</em> {{ field.description }}</dd>{% endfor %}</dl>{% endif %}</article>{% endfor %}</section></main></body></html>"##
)]
struct Page {
    sections: Vec<Section>,
    shapes: Vec<Shape>,
}

const STYLE: &str = "
:root{color-scheme:light dark;--ink:light-dark(#1c1d22,#e9e9ee);--soft:light-dark(#5b5d68,#a5a7b3);--line:light-dark(#dcdde3,#34363f);
--paper:light-dark(#fff,#15161a);--tint:light-dark(#f4f4f7,#1f2026);--accent:light-dark(#3949ab,#9fa8ff)}
body{margin:0 auto;max-width:64rem;padding:2rem 1.25rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{margin:0 0 .5rem}h2{margin:2.5rem 0 1rem;padding-bottom:.25rem;border-bottom:1px solid var(--line);text-transform:capitalize}
h3{margin:0 0 .25rem;font-size:1rem;font-weight:500;overflow-wrap:anywhere}p{margin:.25rem 0}a{color:var(--accent)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}
article{margin:0 0 1rem;padding:.75rem 1rem;background:var(--tint);border-radius:.5rem}
.method{display:inline-block;min-width:4rem;font-weight:700;text-transform:uppercase;color:var(--accent)}
code{font:0.9em ui-monospace,monospace}small,em{color:var(--soft);font-style:normal}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0 0}dd{margin:0}
@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin:0 0 .5rem}}
";

pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

pub async fn page() -> impl IntoResponse {
    static PAGE: OnceLock<String> = OnceLock::new();
    Html(
        PAGE.get_or_init(|| {
            serde_json::to_value(super::openapi())
                .ok()
                .and_then(|document| build(&document).render().ok())
                .unwrap_or_default()
        })
        .as_str(),
    )
}

fn build(document: &Value) -> Page {
    let mut sections: Vec<Section> = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item).filter(|(_, operation)| operation["responses"].is_object()) {
            let tag = operation["tags"][0].as_str().unwrap_or("other");
            let described = describe(method, path, operation);
            match sections.iter_mut().find(|section| section.tag == tag) {
                Some(section) => section.operations.push(described),
                None => sections.push(Section {
                    tag: tag.to_owned(),
                    operations: vec![described],
                }),
            }
        }
    }
    let shapes = members(&document["components"]["schemas"])
        .map(|(name, schema)| shape(name, schema))
        .collect();
    Page { sections, shapes }
}

fn describe(method: &str, path: &str, operation: &Value) -> Operation {
    let list = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let parameter = |p: &Value| {
        let needed = if p["required"] == true { "" } else { ", optional" };
        let about = text(&p["description"]);
        (
            text(&p["name"]),
            format!("{}{needed}{}{about}", text(&p["in"]), if about.is_empty() { "" } else { ": " }),
        )
    };
    let body = members(&operation["requestBody"]["content"]).map(|(kind, media)| format!("{} ({kind})", kind_of(&media["schema"])));
    let answer = |(status, response): (&str, &Value)| {
        let shapes: Vec<String> = members(&response["content"]).map(|(_, media)| kind_of(&media["schema"])).collect();
        (
            status.to_owned(),
            [shapes.join(", "), text(&response["description"])].join(" ").trim().to_owned(),
        )
    };
    Operation {
        method: method.to_owned(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: list.iter().map(parameter).collect(),
        body: body.collect::<Vec<_>>().join(", "),
        answers: members(&operation["responses"]).map(answer).collect(),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    // A flattened struct is a list of parts.
    let parts: Vec<&Value> = schema["allOf"]
        .as_array()
        .map_or_else(|| vec![schema], |parts| parts.iter().collect());
    let mut fields = Vec::new();
    for part in parts {
        let required: Vec<&str> = part["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if part["$ref"].is_string() {
            fields.push(Field {
                name: "…".to_owned(),
                kind: kind_of(part),
                required: true,
                description: "all of its fields".to_owned(),
            });
        }
        fields.extend(members(&part["properties"]).map(|(name, property)| Field {
            name: name.to_owned(),
            kind: kind_of(property),
            required: required.contains(&name),
            description: text(&property["description"]),
        }));
    }
    let words = schema["enum"].as_array().into_iter().flatten().map(text).collect();
    Shape {
        name: name.to_owned(),
        description: text(&schema["description"]),
        fields,
        words,
    }
}

/// A schema in a word or two.
fn kind_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return choices
            .iter()
            .map(kind_of)
            .filter(|kind| !kind.is_empty())
            .collect::<Vec<_>>()
            .join(" or ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", kind_of(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let item = if schema["items"].is_object() {
                format!(" of {}", kind_of(&schema["items"]))
            } else {
                String::new()
            };
            format!("{}{item}", kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "))
        }
        _ => String::new(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.as_str(), member))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('\n', " ")
}
