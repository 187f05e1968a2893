//! As much of JSON Schema (draft 2020-12) as the schemas of Fact use; a keyword it does not know
//! fails the test that meets it.

use serde_json::Value;

/// What of `value` is not as `schema` says; each with its place.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    visit(schema, schema, value, "", &mut faults);
    faults
}

fn visit(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = match schema {
        Value::Bool(true) => return,
        Value::Object(schema) => schema,
        _ => return faults.push(format!("{at}: nothing is allowed here")),
    };
    let mut fault = |what: String| faults.push(format!("{at}: {what}"));
    let number = |limit: &Value| value.as_f64().map(|x| (x, limit.as_f64().unwrap()));
    let count = |limit: &Value| {
        value
            .as_array()
            .map(|x| (x.len() as u64, limit.as_u64().unwrap()))
    };
    for (keyword, says) in schema {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" | "format" | "default" => {}
            "const" if says != value => fault(format!("is not {says}")),
            "enum" if !says.as_array().unwrap().contains(value) => fault(format!("none of {says}")),
            "type" => {
                let one = std::slice::from_ref(says);
                let types = says.as_array().map_or(one, Vec::as_slice);
                if !types.iter().any(|name| is(value, name.as_str().unwrap())) {
                    fault(format!("is no {says}"));
                }
            }
            "minimum" if number(says).is_some_and(|(x, least)| x < least) => {
                fault("too small".into())
            }
            "maximum" if number(says).is_some_and(|(x, most)| x > most) => {
                fault("too large".into())
            }
            "minItems" if count(says).is_some_and(|(n, least)| n < least) => {
                fault("too few".into())
            }
            "maxItems" if count(says).is_some_and(|(n, most)| n > most) => fault("too many".into()),
            "required" => {
                if let Some(fields) = value.as_object() {
                    for name in says.as_array().unwrap() {
                        if !fields.contains_key(name.as_str().unwrap()) {
                            fault(format!("lacks {name}"));
                        }
                    }
                }
            }
            "const" | "enum" | "minimum" | "maximum" | "minItems" | "maxItems" => {}
            "$ref"
            | "properties"
            | "additionalProperties"
            | "items"
            | "prefixItems"
            | "oneOf"
            | "anyOf" => {}
            other => panic!("{at}: the keyword {other} is not known here"),
        }
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').expect("a reference within");
        visit(root, root.pointer(target).unwrap(), value, at, faults);
    }
    for (keyword, exactly_one) in [("oneOf", true), ("anyOf", false)] {
        if let Some(choices) = schema.get(keyword).and_then(Value::as_array) {
            let fits = |choice: &&Value| {
                let mut wrong = Vec::new();
                visit(root, choice, value, at, &mut wrong);
                wrong.is_empty()
            };
            let fitting = choices.iter().filter(fits).count();
            if fitting == 0 || (exactly_one && fitting > 1) {
                faults.push(format!("{at}: fits {fitting} of {}", choices.len()));
            }
        }
    }
    if let Value::Object(fields) = value {
        for (name, field) in fields {
            let at = format!("{at}/{name}");
            let known = schema.get("properties").and_then(|p| p.get(name));
            if let Some(says) = known.or(schema.get("additionalProperties")) {
                visit(root, says, field, &at, faults);
            }
        }
    }
    if let Value::Array(items) = value {
        let first = schema.get("prefixItems").and_then(Value::as_array);
        let first = first.map_or(&[][..], Vec::as_slice);
        for (index, item) in items.iter().enumerate() {
            let at = format!("{at}/{index}");
            if let Some(says) = first.get(index).or(schema.get("items")) {
                visit(root, says, item, &at, faults);
            }
        }
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|x| x.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}
