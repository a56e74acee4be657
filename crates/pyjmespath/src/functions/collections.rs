//! The functions of strings, arrays and objects.

use super::types::{items, python_type, text};
use crate::error::SearchError;
use crate::value::{Evaluated, Object, Value};

pub(super) fn contains(args: &[Value]) -> Evaluated {
    let (subject, search) = (&args[0], &args[1]);
    match (subject, search) {
        (Value::String(subject), Value::String(search)) => Ok(Value::Bool(subject.contains(&**search))),
        (Value::String(_), other) => Err(SearchError::Python(format!(
            "'in <string>' requires string as left operand, not {}",
            python_type(other)
        ))),
        _ => Ok(Value::Bool(items(subject).iter().any(|item| item.same_container(search) || item.python_eq(search)))),
    }
}

pub(super) fn join(args: &[Value]) -> Evaluated {
    let parts: Vec<&str> = items(&args[1]).iter().map(text).collect();
    Ok(Value::from(parts.join(text(&args[0]))))
}

pub(super) fn length(args: &[Value]) -> Evaluated {
    let length = match &args[0] {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    Ok(Value::Int(length as i128))
}

pub(super) fn reverse(args: &[Value]) -> Evaluated {
    Ok(match &args[0] {
        Value::String(text) => Value::from(text.chars().rev().collect::<String>()),
        other => Value::array(items(other).iter().rev().cloned().collect()),
    })
}

/// Merges objects or lists of pairs, as Python's `dict.update` does.
pub(super) fn merge(args: &[Value]) -> Evaluated {
    let mut merged = Object::new();
    for arg in args {
        match arg {
            Value::Object(object) => {
                object.iter().for_each(|(name, value)| merged.insert(name.clone(), value.clone()));
            }
            Value::Array(pairs) => {
                for pair in pairs.iter() {
                    let (name, value) = pair_of(pair)?;
                    merged.insert(name, value);
                }
            }
            Value::String(text) if text.is_empty() => {}
            other => {
                return Err(SearchError::Python(format!("'{}' object is not iterable", python_type(other))));
            }
        }
    }
    Ok(Value::object(merged))
}

/// Returns the name and value of a pair, which can be anything with two items that Python iterates over. The name is
/// converted to a string as JSON writes it.
fn pair_of(value: &Value) -> Result<(String, Value), SearchError> {
    let parts: Vec<Value> = match value {
        Value::Array(items) => items.to_vec(),
        Value::Object(object) => object.keys().map(|name| Value::from(name.as_str())).collect(),
        Value::String(text) => text.chars().map(|c| Value::from(c.to_string())).collect(),
        _ => Vec::new(),
    };
    match &parts[..] {
        [name, value] if !matches!(name, Value::Array(_) | Value::Object(_) | Value::Expref(_)) => {
            let name = name.as_str().map_or_else(|| name.to_json(), str::to_owned);
            Ok((name, value.clone()))
        }
        _ => Err(SearchError::Python("cannot convert dictionary update sequence element to a pair".into())),
    }
}
