//! The functions that evaluate an expression reference on each item of an array.

use super::ordering::{extreme_index, sorted};
use super::types::{items, jmespath_type, type_error};
use crate::error::SearchError;
use crate::eval::evaluate;
use crate::value::{Evaluated, Value};

pub(super) fn map(args: &[Value]) -> Evaluated {
    let mapped: Result<Vec<_>, _> = items(&args[1]).iter().map(|item| apply(&args[0], item)).collect();
    Ok(Value::array(mapped?))
}

pub(super) fn extreme_by(function: &str, args: &[Value], symbol: &str) -> Evaluated {
    let array = items(&args[0]);
    let keys = keys_of(function, array, &args[1], &["number", "string"])?;
    Ok(extreme_index(&keys, symbol)?.map_or(Value::Null, |index| array[index].clone()))
}

pub(super) fn sort_by(args: &[Value]) -> Evaluated {
    let array = items(&args[0]);
    let Some(first) = array.first() else {
        return Ok(args[0].clone());
    };
    let required = jmespath_type(&apply(&args[1], first)?);
    if !matches!(required, "number" | "string") {
        return Err(type_error("sort_by", first, required, &["string", "number"]));
    }
    let keys = keys_of("sort_by", array, &args[1], &[required])?;
    sorted(array, &keys)
}

/// Evaluates an expression reference on each item, and checks that each result has an allowed type.
fn keys_of(function: &str, array: &[Value], expref: &Value, allowed: &[&str]) -> Result<Vec<Value>, SearchError> {
    array
        .iter()
        .map(|item| {
            let key = apply(expref, item)?;
            let actual = jmespath_type(&key);
            if allowed.contains(&actual) { Ok(key) } else { Err(type_error(function, &key, actual, allowed)) }
        })
        .collect()
}

fn apply(expref: &Value, item: &Value) -> Evaluated {
    match expref {
        Value::Expref(node) => evaluate(&node.0, item),
        _ => Ok(Value::Null),
    }
}
