//! JSON of serde as a value that `--query` and `--output` take.

use pyjmespath::Value;
use serde_json::{Map, Value as Json};

/// Converts a document.
pub(crate) fn value_of(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(bool),
        Json::Number(number) => match number.as_i128() {
            Some(integer) => Value::Int(integer),
            None => number.as_f64().map_or(Value::Null, Value::Float),
        },
        Json::String(text) => text.into(),
        Json::Array(items) => Value::Array(items.into_iter().map(value_of).collect::<Vec<_>>().into()),
        Json::Object(members) => object_of(members),
    }
}

/// Converts an object.
pub(crate) fn object_of(members: Map<String, Json>) -> Value {
    let members = members.into_iter().map(|(name, member)| (name, value_of(member)));
    Value::Object(members.collect::<pyjmespath::Object>().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_what_its_text_reads_as() {
        let text = r#"{"b": [null, true, -1, 18446744073709551615, 0.5, 1e300, "\u00e4"], "a": {}, "c": {"d": []}}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        let expected = Value::from_json(&json.to_string()).unwrap();
        assert_eq!(format!("{:?}", value_of(json)), format!("{expected:?}"));
    }
}
