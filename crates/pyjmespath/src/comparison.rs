//! Comparisons of values.

use std::cmp::Ordering;

use crate::ast::Comparator;
use crate::error::SearchError;
use crate::functions::types::python_type;
use crate::value::{Evaluated, Value};

pub(crate) fn compare(comparator: Comparator, left: &Value, right: &Value) -> Evaluated {
    let (symbol, accept): (_, fn(Ordering) -> bool) = match comparator {
        Comparator::Eq => return Ok(Value::Bool(equals(left, right))),
        Comparator::Ne => return Ok(Value::Bool(!equals(left, right))),
        Comparator::Lt => ("<", Ordering::is_lt),
        Comparator::Lte => ("<=", Ordering::is_le),
        Comparator::Gt => (">", Ordering::is_gt),
        Comparator::Gte => (">=", Ordering::is_ge),
    };
    let comparable =
        |value: &Value| matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::String(_));
    if !(comparable(left) && comparable(right)) {
        return Ok(Value::Null);
    }
    Ok(Value::Bool(order(left, right, symbol)?.is_some_and(accept)))
}

/// Returns the order of two numbers or two strings. Returns `None` for NaN, and Python's `TypeError` for a number and a
/// string.
pub(crate) fn order(left: &Value, right: &Value, symbol: &str) -> Result<Option<Ordering>, SearchError> {
    if let (Value::String(a), Value::String(b)) = (left, right) {
        return Ok(Some(a.cmp(b)));
    }
    match (left.as_number(), right.as_number()) {
        (Some(a), Some(b)) => Ok(a.compare(&b)),
        _ => Err(SearchError::Python(format!(
            "'{symbol}' not supported between instances of '{}' and '{}'",
            python_type(left),
            python_type(right)
        ))),
    }
}

/// Evaluates JMESPath's `==`. It is Python's `==`, except that 0 and 1 do not equal `false` and `true`.
fn equals(left: &Value, right: &Value) -> bool {
    let zero_or_one = |value: &Value| match value {
        Value::Int(i) => *i == 0 || *i == 1,
        Value::Float(f) => *f == 0.0 || *f == 1.0,
        _ => false,
    };
    let is_bool = |value: &Value| matches!(value, Value::Bool(_));
    if (zero_or_one(left) && is_bool(right)) || (zero_or_one(right) && is_bool(left)) {
        return false;
    }
    left.python_eq(right)
}
