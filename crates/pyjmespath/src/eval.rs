//! The interpreter. It evaluates node by node, as Python's `jmespath.visitor` does.

use std::sync::Arc;

use crate::ast::{Kind, Node};
use crate::comparison::compare;
use crate::error::SearchError;
use crate::functions;
use crate::value::{Evaluated, ExprefNode, Object, Value};

pub(crate) fn evaluate(node: &Node, value: &Value) -> Evaluated {
    match &*node.kind {
        Kind::Identity | Kind::Current => Ok(value.clone()),
        Kind::Field(name) => Ok(value.get(name).cloned().unwrap_or(Value::Null)),
        Kind::Literal(literal) => Ok(literal.clone()),
        Kind::Index(index) => Ok(at(value, *index)),
        Kind::Slice(parts) => slice(value, parts),
        Kind::Subexpression(nodes) | Kind::IndexExpression(nodes) => {
            let mut result = value.clone();
            for node in nodes {
                result = evaluate(node, &result)?;
            }
            Ok(result)
        }
        Kind::Pipe(left, right) => evaluate(right, &evaluate(left, value)?),
        Kind::Or(left, right) => {
            let left = evaluate(left, value)?;
            if is_false(&left) { evaluate(right, value) } else { Ok(left) }
        }
        Kind::And(left, right) => {
            let left = evaluate(left, value)?;
            if is_false(&left) { Ok(left) } else { evaluate(right, value) }
        }
        Kind::Not(inner) => Ok(Value::Bool(is_false(&evaluate(inner, value)?))),
        Kind::Comparator(comparator, left, right) => {
            compare(*comparator, &evaluate(left, value)?, &evaluate(right, value)?)
        }
        Kind::Flatten(inner) => Ok(match evaluate(inner, value)? {
            Value::Array(items) => {
                let mut flat = Vec::with_capacity(items.len());
                for item in items.iter() {
                    match item {
                        Value::Array(inner) => flat.extend_from_slice(inner),
                        other => flat.push(other.clone()),
                    }
                }
                Value::array(flat)
            }
            _ => Value::Null,
        }),
        Kind::Projection(left, right) => match evaluate(left, value)? {
            Value::Array(items) => project(right, items.iter()),
            _ => Ok(Value::Null),
        },
        Kind::ValueProjection(left, right) => match evaluate(left, value)? {
            Value::Object(object) => project(right, object.values()),
            _ => Ok(Value::Null),
        },
        Kind::FilterProjection(left, right, condition) => {
            let Value::Array(items) = evaluate(left, value)? else {
                return Ok(Value::Null);
            };
            let mut collected = Vec::new();
            for item in items.iter() {
                if !is_false(&evaluate(condition, item)?) {
                    push_unless_null(&mut collected, evaluate(right, item)?);
                }
            }
            Ok(Value::array(collected))
        }
        Kind::MultiSelectList(nodes) => {
            if matches!(value, Value::Null) {
                return Ok(Value::Null);
            }
            let items: Result<Vec<_>, _> = nodes.iter().map(|node| evaluate(node, value)).collect();
            Ok(Value::array(items?))
        }
        Kind::MultiSelectHash(pairs) => {
            if matches!(value, Value::Null) {
                return Ok(Value::Null);
            }
            let mut object = Object::new_selected();
            for (name, node) in pairs {
                object.insert(name.clone(), evaluate(node, value)?);
            }
            Ok(Value::object(object))
        }
        Kind::Function(name, nodes) => {
            let arguments: Result<Vec<_>, _> = nodes.iter().map(|node| evaluate(node, value)).collect();
            functions::call(name, arguments?)
        }
        Kind::Expref(inner) => Ok(Value::Expref(Arc::new(ExprefNode(inner.clone())))),
    }
}

fn project<'a>(right: &Node, items: impl Iterator<Item = &'a Value>) -> Evaluated {
    let mut collected = Vec::with_capacity(items.size_hint().0);
    for item in items {
        push_unless_null(&mut collected, evaluate(right, item)?);
    }
    Ok(Value::array(collected))
}

fn push_unless_null(collected: &mut Vec<Value>, value: Value) {
    if !matches!(value, Value::Null) {
        collected.push(value);
    }
}

fn at(value: &Value, index: i128) -> Value {
    let Value::Array(items) = value else {
        return Value::Null;
    };
    let index = if index < 0 { index.saturating_add(items.len() as i128) } else { index };
    usize::try_from(index).ok().and_then(|index| items.get(index)).cloned().unwrap_or(Value::Null)
}

/// Evaluates Python's `value[start:stop:step]`.
fn slice(value: &Value, parts: &[Option<i128>; 3]) -> Evaluated {
    let Value::Array(items) = value else {
        return Ok(Value::Null);
    };
    let length = items.len() as i128;
    let step = parts[2].unwrap_or(1);
    if step == 0 {
        return Err(SearchError::Python("slice step cannot be zero".into()));
    }
    let (lowest, highest) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let bound = |part: Option<i128>, default: i128| match part {
        None => default,
        Some(part) if part < 0 => part.saturating_add(length).max(lowest),
        Some(part) => part.min(highest),
    };
    let (first, last) = if step < 0 { (highest, lowest) } else { (lowest, highest) };
    let (mut index, stop) = (bound(parts[0], first), bound(parts[1], last));
    let mut taken = Vec::new();
    while (step > 0 && index < stop) || (step < 0 && index > stop) {
        // The index is always within bounds. `get` is used so that a mistake here would not panic.
        if let Some(item) = usize::try_from(index).ok().and_then(|index| items.get(index)) {
            taken.push(item.clone());
        }
        index = index.saturating_add(step);
    }
    Ok(Value::array(taken))
}

/// Checks whether JMESPath treats a value as false. Unlike in Python, `0` is true.
pub(crate) fn is_false(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}
