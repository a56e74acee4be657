//! The functions of numbers.

use super::types::items;
use crate::error::SearchError;
use crate::number::Number;
use crate::python::{parse_float, parse_int};
use crate::value::{Evaluated, Value};

pub(super) fn abs(args: &[Value]) -> Evaluated {
    Ok(args[0].as_number().map_or(Value::Null, |number| number.abs().into()))
}

/// Adds numbers from left to right. The result is an integer if all numbers are integers.
pub(super) fn sum(numbers: &[Value]) -> Result<Number, SearchError> {
    numbers.iter().filter_map(Value::as_number).try_fold(Number::Int(0), |total, number| total.add(&number))
}

pub(super) fn avg(args: &[Value]) -> Evaluated {
    let numbers = items(&args[0]);
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    sum(numbers)?.divide(numbers.len()).map(Value::Float)
}

pub(super) fn round(value: &Value, round: fn(f64) -> f64) -> Evaluated {
    let Value::Float(float) = value else {
        return Ok(value.clone());
    };
    if float.is_nan() {
        return Err(SearchError::Python("cannot convert float NaN to integer".into()));
    }
    if float.is_infinite() {
        return Err(SearchError::Python("cannot convert float infinity to integer".into()));
    }
    Ok(Number::from_whole(round(*float)).into())
}

pub(super) fn to_number(args: &[Value]) -> Evaluated {
    Ok(match &args[0] {
        number @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_)) => number.clone(),
        Value::String(text) => {
            parse_int(text).map(Value::from).or_else(|| parse_float(text).map(Value::Float)).unwrap_or(Value::Null)
        }
        _ => Value::Null,
    })
}
