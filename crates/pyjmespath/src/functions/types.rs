//! The types of values: their names, the check of arguments, and access to arguments after the check.

use std::sync::Arc;

use crate::error::SearchError;
use crate::python::str as python_str;
use crate::value::{Object, Value};

pub(crate) fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::BigInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(object) if object.is_selected() => "OrderedDict",
        Value::Object(_) => "dict",
        Value::Expref(_) => "_Expression",
    }
}

pub(super) fn jmespath_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Expref(_) => "expref",
    }
}

pub(super) fn type_error(function: &str, value: &Value, received: &str, expected: &[&str]) -> SearchError {
    let expected = expected.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    SearchError::Jmespath(format!(
        "In function {function}(), invalid type for value: {}, expected one of: [{expected}], received: \"{received}\"",
        python_str(value)
    ))
}

pub(super) fn check_type(function: &str, argument: &Value, types: &[&str]) -> Result<(), SearchError> {
    if types.is_empty() {
        return Ok(());
    }
    let actual = jmespath_type(argument);
    let main = |name: &str| name.split_once('-').map_or(name.to_owned(), |(main, _)| main.to_owned());
    if !types.iter().any(|name| main(name) == actual) {
        return Err(type_error(function, argument, actual, types));
    }
    let subtypes: Vec<&str> = types.iter().filter_map(|name| name.split_once('-').map(|(_, sub)| sub)).collect();
    let Value::Array(items) = argument else {
        return Ok(());
    };
    let Some(first) = items.first().filter(|_| !subtypes.is_empty()) else {
        return Ok(());
    };
    // With one subtype, every item must have it. With several, every item must have the subtype of the first item.
    let allowed = if let [only] = subtypes[..] {
        only
    } else {
        let actual = jmespath_type(first);
        match subtypes.iter().find(|subtype| **subtype == actual) {
            Some(subtype) => subtype,
            None => return Err(type_error(function, first, python_type(first), types)),
        }
    };
    match items.iter().find(|item| jmespath_type(item) != allowed) {
        Some(item) => Err(type_error(function, item, python_type(item), types)),
        None => Ok(()),
    }
}

// The signatures guarantee the types, so the defaults of the next functions are never used.

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

pub(super) fn object(value: &Value) -> Arc<Object> {
    match value {
        Value::Object(object) => Arc::clone(object),
        _ => Arc::default(),
    }
}
