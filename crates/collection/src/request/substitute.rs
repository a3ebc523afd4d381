//! Variables in all parts of a request but its URL.
//!
//! Disabled rows fall away here: nothing after this has to think of them.

use crate::format::body::PartValue;
use crate::format::{Body, Mode, Param, Request};
use crate::variables::Resolver;

/// Substitutes variables in all parts but the URL, which is done as one text.
pub(super) fn substitute(request: &Request, resolver: &mut Resolver<'_>) -> Request {
    let row = |p: &Param, resolver: &mut Resolver<'_>| Param {
        key: p.key.as_deref().map(|k| resolver.text(k)),
        value: p.value.as_deref().map(|v| resolver.text(v)),
        disabled: p.disabled,
    };
    let enabled = |rows: &[Param]| rows.iter().filter(|p| !p.disabled).cloned().collect::<Vec<_>>();
    let headers = enabled(&request.headers).iter().map(|h| row(h, resolver)).collect();
    let body = request.body.as_ref().filter(|b| !b.disabled).map(|body| {
        let mode = match &body.mode {
            Mode::Raw { text, language } => Mode::Raw {
                text: resolver.text(text),
                language: language.clone(),
            },
            Mode::Urlencoded(rows) => Mode::Urlencoded(enabled(rows).iter().map(|p| row(p, resolver)).collect()),
            Mode::Formdata(parts) => Mode::Formdata(
                parts
                    .iter()
                    .filter(|p| !p.disabled)
                    .map(|part| {
                        let mut part = part.clone();
                        part.key = resolver.text(&part.key);
                        part.content_type = part.content_type.map(|kind| resolver.text(&kind));
                        part.file_name = part.file_name.map(|name| resolver.text(&name));
                        part.value = match part.value {
                            PartValue::Text(text) => PartValue::Text(resolver.text(&text)),
                            PartValue::Files(paths) => PartValue::Files(paths.iter().map(|p| resolver.text(p)).collect()),
                            PartValue::Inline(content) => PartValue::Inline(resolver.text(&content)),
                        };
                        part
                    })
                    .collect(),
            ),
            Mode::File { src, content } => Mode::File {
                src: src.as_deref().map(|s| resolver.text(s)),
                content: content.as_deref().map(|c| resolver.text(c)),
            },
            Mode::Graphql {
                query,
                operation_name,
                variables,
            } => Mode::Graphql {
                query: query.as_ref().map(|q| resolver.value(q)),
                operation_name: operation_name.as_ref().map(|n| resolver.value(n)),
                variables: variables.as_ref().map(|v| resolver.value(v)),
            },
        };
        Body { mode, disabled: false }
    });
    Request {
        method: resolver.text(&request.method),
        url: request.url.clone(),
        headers,
        body,
        auth: request.auth.clone(),
        certificate: request.certificate.clone(),
        proxy: request.proxy.clone(),
    }
}
