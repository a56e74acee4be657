//! The functions that compare the items of an array: the smallest, the largest, all in order.

use std::cmp::Ordering;

use crate::comparison::order;
use crate::error::SearchError;
use crate::value::{Evaluated, Value};

/// Returns the smallest (`<`) or largest (`>`) item. Of equal ones, it is the first.
pub(super) fn extreme(keys: &[Value], symbol: &str) -> Evaluated {
    Ok(extreme_index(keys, symbol)?.map_or(Value::Null, |index| keys[index].clone()))
}

pub(super) fn extreme_index(keys: &[Value], symbol: &str) -> Result<Option<usize>, SearchError> {
    let wanted = if symbol == "<" { Ordering::Less } else { Ordering::Greater };
    let mut best: Option<usize> = None;
    for (index, key) in keys.iter().enumerate() {
        match best {
            None => best = Some(index),
            Some(current) if order(key, &keys[current], symbol)? == Some(wanted) => best = Some(index),
            Some(_) => {}
        }
    }
    Ok(best)
}

/// Sorts stably. NaN comes last; Python does not define its place.
pub(super) fn sorted(array: &[Value], keys: &[Value]) -> Evaluated {
    let is_nan = |value: &Value| matches!(value, Value::Float(f) if f.is_nan());
    let mut indices: Vec<usize> = (0..array.len()).collect();
    indices.sort_by(|a, b| {
        let (a, b) = (&keys[*a], &keys[*b]);
        order(a, b, "<").ok().flatten().unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))
    });
    Ok(Value::array(indices.into_iter().map(|index| array[index].clone()).collect()))
}
