//! What the macros leave open in the OpenAPI document: a problem as every operation's other answer,
//! names that are unique, and lists that refer to the shape of their items.

use utoipa::openapi::{
    ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
    path::Operation,
    schema::{ArrayItems, Components, Schema},
};

use crate::problem::PROBLEM_JSON;

/// Completes the document.
pub fn finish(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        operations.into_iter().flatten().for_each(complete);
    }
    if let Some(components) = &mut document.components {
        refer_to_items(components);
    }
}

fn complete(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new()
        .description("A problem")
        .content(PROBLEM_JSON, content)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
    for (status, description) in refusals(operation) {
        let known = &mut operation.responses.responses;
        if !known.contains_key(status) {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            let refusal = ResponseBuilder::new()
                .description(description)
                .content(PROBLEM_JSON, content)
                .build();
            known.insert(status.to_owned(), RefOr::T(refusal));
        }
    }
    let tag = operation.tags.as_ref().and_then(|tags| tags.first());
    if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{name}"));
    }
}

/// The refusals that an operation has because of its body and headers.
fn refusals(operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let mut refusals = Vec::new();
    if let Some(RefOr::T(body)) = &operation.request_body {
        refusals.push(("413", "The body is too large"));
        if body.content.keys().all(|kind| kind.contains("json")) {
            refusals.push(("415", "The body's type is not JSON"));
        }
    }
    let mut parameters = operation.parameters.iter().flatten();
    if parameters.any(|parameter| matches!(parameter, RefOr::T(known) if known.name == "if-match")) {
        refusals.push(("412", "It was changed meanwhile"));
    }
    refusals
}

/// A generic list's items are written out by the macro; a reference says the same once.
fn refer_to_items(components: &mut Components) {
    let names: Vec<String> = components.schemas.keys().cloned().collect();
    for (list, schema) in &mut components.schemas {
        let Some(item) = list.strip_prefix("Items_").filter(|item| names.iter().any(|name| name == item)) else {
            continue;
        };
        if let RefOr::T(Schema::Object(object)) = schema
            && let Some(RefOr::T(Schema::Array(array))) = object.properties.get_mut("items")
        {
            array.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
        }
    }
}
