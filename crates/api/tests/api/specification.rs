//! The specification in the repository is the one the handlers give.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

#[test]
fn everything_that_clients_write_is_bounded() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let mut unbounded = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            look(&document, schema, path, &mut seen, &mut unbounded);
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
    assert_eq!(
        unbounded,
        Vec::<String>::new(),
        "give them a line in specification/bounds.rs"
    );
}

/// Notes the strings and lists of a schema that have no bound.
fn look(
    document: &Value,
    schema: &Value,
    path: &str,
    seen: &mut BTreeSet<String>,
    unbounded: &mut Vec<String>,
) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        if seen.insert(name.to_owned()) {
            look(
                document,
                &document["components"]["schemas"][name],
                name,
                seen,
                unbounded,
            );
        }
        return;
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"][0] == kind;
    if is("string") && schema["enum"].is_null() && schema["maxLength"].is_null()
        || is("array") && schema["maxItems"].is_null()
    {
        unbounded.push(path.to_owned());
    }
    if !schema["items"].is_null() {
        look(document, &schema["items"], path, seen, unbounded);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        look(document, property, &format!("{path}.{name}"), seen, unbounded);
    }
    for key in ["oneOf", "allOf", "anyOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            look(document, part, path, seen, unbounded);
        }
    }
}

#[test]
fn the_committed_specification_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let generated = api::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == generated,
        "openapi.json is stale: run this test with UPDATE_OPENAPI=1"
    );
}
