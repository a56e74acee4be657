//! Tests that compare the reader of seeds with its schema and with the docs.

use serde_json::{Value, json};

use super::{read, whole};

/// Checks a value against a part of the schema. Keywords that are not known here fail the test.
fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let text = || value.as_str();
    let one = |schema: &Value| fits(root, schema, value);
    schema.as_object().unwrap().iter().all(|(keyword, rule)| match (keyword.as_str(), rule) {
        ("$schema" | "title" | "description" | "$defs" | "then", _) => true,
        ("$ref", rule) => one(root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap()),
        ("type", rule) => match rule.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            other => panic!("{other}"),
        },
        ("additionalProperties", rule) => {
            assert_eq!(rule, &json!(false));
            value.as_object().is_none_or(|members| members.keys().all(|name| schema["properties"].get(name).is_some()))
        }
        ("properties", rule) => rule
            .as_object()
            .unwrap()
            .iter()
            .all(|(name, rule)| value.get(name).is_none_or(|member| fits(root, rule, member))),
        ("required", rule) => {
            let mut names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            value.as_object().is_none_or(|members| names.all(|name| members.contains_key(name)))
        }
        ("items", rule) => value.as_array().is_none_or(|all| all.iter().all(|value| fits(root, rule, value))),
        ("minItems", rule) => value.as_array().is_none_or(|all| all.len() as u64 >= rule.as_u64().unwrap()),
        ("maxItems", rule) => value.as_array().is_none_or(|all| all.len() as u64 <= rule.as_u64().unwrap()),
        ("minimum", rule) => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
        ("exclusiveMinimum", rule) => value.as_f64().is_none_or(|number| number > rule.as_f64().unwrap()),
        ("maximum", rule) => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
        ("allOf", rule) => rule.as_array().unwrap().iter().all(one),
        ("not", rule) => !one(rule),
        ("dependentRequired", rule) => rule.as_object().unwrap().iter().all(|(name, needed)| {
            let mut needed = needed.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            value.get(name).is_none() || needed.all(|name| value.get(name).is_some())
        }),
        ("anyOf", rule) => rule.as_array().unwrap().iter().any(one),
        ("if", rule) => !one(rule) || one(&schema["then"]),
        ("enum", rule) => rule.as_array().unwrap().contains(value),
        ("const", rule) => value == rule,
        ("minLength", rule) => text().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
        ("maxLength", rule) => text().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
        ("pattern", rule) if rule == "^[/*]" => text().is_none_or(|text| text.starts_with(['/', '*'])),
        // The format is checked, and the reader is held against it. The pattern is for programs that ignore formats.
        ("pattern", _) if schema.get("format").is_some() || schema.get("contentEncoding").is_some() => true,
        ("pattern", rule) if rule == "^[A-Za-z]+(,[A-Za-z]+)+$" => text().is_none_or(|text| {
            text.contains(',') && text.split(',').all(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()))
        }),
        // Methods are compared without their case, which a pattern of the schema can say only letter by letter.
        ("pattern", rule) if rule.as_str().unwrap().starts_with("^([Gg][Ee][Tt]|") => text().is_none_or(|text| {
            ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].iter().any(|method| method.eq_ignore_ascii_case(text))
        }),
        // The other pattern is the one of raw ids and GUIDs.
        ("pattern", _) => text().is_none_or(|text| {
            let guids = text.strip_prefix("8:acs:").and_then(|rest| rest.split_once('_'));
            let is_guid = acs_identity_protocol::raw_id::is_guid;
            guids.map_or(is_guid(text), |(resource, user)| is_guid(resource) && is_guid(user))
        }),
        ("format", rule) => text().is_none_or(|text| match rule.as_str().unwrap() {
            "uuid" => acs_identity_protocol::raw_id::is_guid(text),
            "date-time" => acs_identity_protocol::time::parse_iso(text).is_some(),
            other => panic!("{other}"),
        }),
        ("contentEncoding", _) => text().is_none_or(|text| text.parse::<acs_identity_protocol::AccessKey>().is_ok()),
        (other, _) => panic!("the test does not know the keyword {other}"),
    })
}

/// Returns the paths of all values in a value.
fn paths(value: &Value, path: &str) -> Vec<String> {
    let below: Vec<String> = match value {
        Value::Array(all) => {
            all.iter().enumerate().flat_map(|(index, value)| paths(value, &format!("{path}/{index}"))).collect()
        }
        Value::Object(all) => all.iter().flat_map(|(name, value)| paths(value, &format!("{path}/{name}"))).collect(),
        _ => Vec::new(),
    };
    std::iter::once(path.to_owned()).chain(below).collect()
}

#[test]
fn the_reader_and_the_schema_accept_the_same_seeds() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/emulator/seed.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut seeds = vec![whole(), json!({})];
    let values = [
        json!(null),
        json!(true),
        json!(1),
        json!(-1),
        json!(0),
        json!(1.5),
        json!("x"),
        json!(""),
        json!("user"),
        json!("before"),
        json!([]),
        json!({}),
    ];
    for path in paths(&whole(), "") {
        for value in &values {
            let mut seed = whole();
            *seed.pointer_mut(&path).unwrap() = value.clone();
            seeds.push(seed);
        }
        let mut with_more = whole();
        if let Some(members) = with_more.pointer_mut(&path).unwrap().as_object_mut() {
            members.insert("other".into(), json!(1));
            seeds.push(with_more);
        }
        if let Some((above, name)) = path.rsplit_once('/') {
            let mut without = whole();
            if without.pointer_mut(above).and_then(|above| above.as_object_mut()?.remove(name)).is_some() {
                seeds.push(without);
            }
        }
    }
    let (mut accepted, mut refused) = (0, 0);
    for seed in &seeds {
        let read = read(&seed.to_string());
        assert_eq!(read.is_ok(), fits(&schema, &schema, seed), "{seed}: {:?}", read.err());
        *(if read.is_ok() { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(accepted > 30 && refused > 250, "{accepted} accepted, {refused} refused");
}

#[test]
fn the_seed_in_the_docs_has_every_field() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/emulator/seed.md");
    let page = std::fs::read_to_string(file).unwrap();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let text = rest.split_once("```").unwrap().0;
    let seed = read(text).unwrap();
    assert_eq!((seed.identities.len(), seed.teams_extension.len(), seed.entra.len()), (2, 1, 1));
    assert_eq!(seed.faults.len(), 1);
    assert!(seed.resource_id.is_some() && seed.keys.iter().all(Option::is_some) && seed.clock.is_some());
}

#[test]
fn the_schema_names_the_operations_that_a_fault_can_hit() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/emulator/seed.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(schema["$defs"]["operation"]["enum"], json!(crate::faults::FAULT_OPERATIONS));
}
