//! Schemas told in HTML.

use serde_json::Value;

/// A schema with its properties.
pub(super) fn describe(schema: &Value) -> String {
    let words = schema
        .get("description")
        .and_then(Value::as_str)
        .map(escape)
        .unwrap_or_default();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return format!("<p>{} {words}</p>", kind(schema));
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let rows: String = properties
        .iter()
        .map(|(name, property)| {
            let optional = if required.contains(&name.as_str()) {
                ""
            } else {
                " <small>optional</small>"
            };
            let words = property
                .get("description")
                .and_then(Value::as_str)
                .map(escape)
                .unwrap_or_default();
            let name = escape(name);
            format!(
                "<tr><td><code>{name}</code>{optional}</td><td>{}</td><td>{words}</td></tr>",
                kind(property)
            )
        })
        .collect();
    format!("<p>{words}</p><table><tbody>{rows}</tbody></table>")
}

/// A type in a few words; other schemas are links.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = escape(name.rsplit('/').next().unwrap_or(name));
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for (key, joint) in [("oneOf", " or "), ("allOf", " and "), ("anyOf", " or ")] {
        if let Some(parts) = schema.get(key).and_then(Value::as_array) {
            let parts: Vec<String> = parts.iter().map(kind).collect();
            return parts.join(joint);
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("<code>{}</code>", escape_value(value)))
            .collect();
        return values.join(", ");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    if schema.get("properties").is_some() {
        return describe(schema);
    }
    let name = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().map(escape_value).collect::<Vec<_>>().join(" or "),
        Some(name) => escape_value(name),
        None => "anything".to_owned(),
    };
    let format = schema.get("format").and_then(Value::as_str);
    let format = format.map(|format| format!(" <small>{}</small>", escape(format)));
    name + &format.unwrap_or_default()
}

fn escape_value(value: &Value) -> String {
    value.as_str().map_or_else(|| escape(&value.to_string()), escape)
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
