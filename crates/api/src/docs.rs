//! The specification, and a reader of it that needs no script and no other server.

mod prose;
mod schema;

use std::fmt::Write;
use std::future::{Ready, ready};
use std::sync::Arc;

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use prose::html_of;
use schema::{describe, escape};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Serves the specification.
pub(crate) fn specification(document: &Arc<OpenApi>) -> impl Fn() -> Ready<Response> + Clone + Send + use<> {
    let text: Arc<str> = document
        .to_json()
        .expect("keys of the specification are text")
        .into();
    move || {
        let json = [(header::CONTENT_TYPE, "application/json")];
        ready((json, text.to_string()).into_response())
    }
}

/// Serves the reader.
pub(crate) fn reader(document: &Arc<OpenApi>) -> impl Fn() -> Ready<Html<String>> + Clone + Send + use<> {
    let value = serde_json::to_value(&**document).expect("keys of the specification are text");
    let page: Arc<str> = page(&value).into();
    move || ready(Html(page.to_string()))
}

/// Serves the reader's style sheet.
pub(crate) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css")],
        include_str!("docs/reader.css"),
    )
}

fn page(document: &Value) -> String {
    let mut operations = String::new();
    let mut contents = String::new();
    let mut last_tag = "";
    for (path, method, operation) in operations_of(document) {
        let tag = operation
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if tag != last_tag {
            last_tag = tag;
            push(
                &mut contents,
                format_args!("<li><a href=\"#{tag}\">{tag}</a></li>"),
            );
            push(&mut operations, format_args!("<h2 id=\"{tag}\">{tag}</h2>"));
        }
        operations.push_str(&describe_operation(path, method, operation));
    }
    let mut schemas = String::new();
    if let Some(all) = document.pointer("/components/schemas").and_then(Value::as_object) {
        for (name, schema) in all {
            let (name, schema) = (escape(name), describe(schema));
            push(
                &mut schemas,
                format_args!("<h3 id=\"schema-{name}\">{name}</h3>{schema}"),
            );
        }
    }
    let introduction = document
        .pointer("/info/description")
        .and_then(Value::as_str)
        .map(html_of)
        .unwrap_or_default();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Offhook API</title>\
         <link rel=\"stylesheet\" href=\"/docs/reader.css\"></head><body>\
         <nav aria-label=\"Contents\"><ul>{contents}<li><a href=\"#schemas\">schemas</a></li></ul></nav>\
         <main><h1>Offhook API</h1>{introduction}<p>The specification is at <a href=\"/openapi.json\">/openapi.json</a>.</p>\
         {operations}<h2 id=\"schemas\">schemas</h2>{schemas}</main></body></html>"
    )
}

fn operations_of(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    let paths = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let mut operations: Vec<_> = paths
        .flat_map(|(path, item)| {
            METHODS
                .into_iter()
                .filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
        })
        .collect();
    let tag = |operation: &Value| operation.pointer("/tags/0").map(ToString::to_string);
    operations.sort_by_key(|(_, _, operation)| tag(operation));
    operations.into_iter()
}

fn describe_operation(path: &str, method: &str, operation: &Value) -> String {
    let text = |pointer: &str| {
        escape(
            operation
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default(),
        )
    };
    let mut html = format!(
        "<section id=\"{id}\"><h3><code><b>{}</b> {}</code></h3><p>{} <small>{id}</small></p>",
        method.to_uppercase(),
        escape(path),
        text("/summary"),
        id = text("/operationId"),
    );
    if let Some(words) = operation.get("description").and_then(Value::as_str) {
        html.push_str(&html_of(words));
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        let part = |key: &str| escape(parameter.get(key).and_then(Value::as_str).unwrap_or_default());
        let (name, place, words) = (part("name"), part("in"), part("description"));
        push(
            &mut html,
            format_args!("<p><code>{name}</code> <small>{place}</small> {words}</p>"),
        );
    }
    if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
        push(&mut html, format_args!("<h4>Body</h4>{}", describe(schema)));
    }
    let responses = operation.get("responses").and_then(Value::as_object);
    for (status, response) in responses.into_iter().flatten() {
        let words = escape(
            response
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        push(
            &mut html,
            format_args!("<h4>{}</h4><p>{words}</p>", escape(status)),
        );
        let content = response.get("content").and_then(Value::as_object);
        for (kind, media) in content.into_iter().flatten() {
            let schema = media.get("schema").map(describe).unwrap_or_default();
            push(
                &mut html,
                format_args!("<p><small>{}</small></p>{schema}", escape(kind)),
            );
        }
    }
    html.push_str("</section>");
    html
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text).expect("writing to a string cannot fail");
}
