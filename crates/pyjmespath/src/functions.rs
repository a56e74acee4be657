//! The built-in functions, with the signatures and error texts of Python's `jmespath.functions`.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::error::SearchError;
use crate::eval::{Evaluated, evaluate, order};
use crate::number::Number;
use crate::python::{parse_float, parse_int, str as python_str};
use crate::value::{Object, Value};

/// The types that an argument may have. An empty list accepts every type.
type Types = &'static [&'static str];

struct Signature {
    name: &'static str,
    arguments: &'static [Types],
    /// Whether more arguments may follow. As in Python, their types are not checked.
    variadic: bool,
    function: fn(&[Value]) -> Evaluated,
}

const fn fixed(name: &'static str, arguments: &'static [Types], function: fn(&[Value]) -> Evaluated) -> Signature {
    Signature { name, arguments, variadic: false, function }
}

const fn variadic(name: &'static str, arguments: &'static [Types], function: fn(&[Value]) -> Evaluated) -> Signature {
    Signature { name, arguments, variadic: true, function }
}

static FUNCTIONS: &[Signature] = &[
    fixed("abs", &[&["number"]], abs),
    fixed("avg", &[&["array-number"]], avg),
    fixed("ceil", &[&["number"]], |args| round(&args[0], f64::ceil)),
    fixed("contains", &[&["array", "string"], &[]], contains),
    fixed("ends_with", &[&["string"], &["string"]], |args| Ok(Value::Bool(text(&args[0]).ends_with(text(&args[1]))))),
    fixed("floor", &[&["number"]], |args| round(&args[0], f64::floor)),
    fixed("join", &[&["string"], &["array-string"]], join),
    fixed("keys", &[&["object"]], |args| {
        Ok(Value::array(object(&args[0]).keys().map(|name| Value::from(name.as_str())).collect()))
    }),
    fixed("length", &[&["string", "array", "object"]], length),
    fixed("map", &[&["expref"], &["array"]], map),
    fixed("max", &[&["array-number", "array-string"]], |args| extreme(items(&args[0]), ">")),
    fixed("max_by", &[&["array"], &["expref"]], |args| extreme_by("max_by", args, ">")),
    variadic("merge", &[&["object"]], merge),
    fixed("min", &[&["array-number", "array-string"]], |args| extreme(items(&args[0]), "<")),
    fixed("min_by", &[&["array"], &["expref"]], |args| extreme_by("min_by", args, "<")),
    variadic("not_null", &[&[]], |args| {
        Ok(args.iter().find(|arg| !matches!(arg, Value::Null)).cloned().unwrap_or(Value::Null))
    }),
    fixed("reverse", &[&["array", "string"]], reverse),
    fixed("sort", &[&["array-string", "array-number"]], |args| {
        let keys = items(&args[0]);
        sorted(keys, keys)
    }),
    fixed("sort_by", &[&["array"], &["expref"]], sort_by),
    fixed("starts_with", &[&["string"], &["string"]], |args| {
        Ok(Value::Bool(text(&args[0]).starts_with(text(&args[1]))))
    }),
    fixed("sum", &[&["array-number"]], |args| sum(items(&args[0])).map(Value::from)),
    fixed("to_array", &[&[]], |args| {
        Ok(match &args[0] {
            array @ Value::Array(_) => array.clone(),
            other => Value::array(vec![other.clone()]),
        })
    }),
    fixed("to_number", &[&[]], to_number),
    fixed("to_string", &[&[]], |args| {
        Ok(match &args[0] {
            string @ Value::String(_) => string.clone(),
            other => Value::from(other.to_json()),
        })
    }),
    fixed("type", &[&[]], |args| {
        Ok(match jmespath_type(&args[0]) {
            "expref" => Value::Null,
            name => Value::from(name),
        })
    }),
    fixed("values", &[&["object"]], |args| Ok(Value::array(object(&args[0]).values().cloned().collect()))),
];

pub(crate) fn call(name: &str, arguments: Vec<Value>) -> Evaluated {
    let Some(signature) = FUNCTIONS.iter().find(|signature| signature.name == name) else {
        return Err(SearchError::Jmespath(format!("Unknown function: {name}()")));
    };
    let (expected, actual) = (signature.arguments.len(), arguments.len());
    if actual != expected && !(signature.variadic && actual > expected) {
        let at_least = if signature.variadic { "at least " } else { "" };
        let plural = if expected == 1 { "" } else { "s" };
        return Err(SearchError::Jmespath(format!(
            "Expected {at_least}{expected} argument{plural} for function {name}(), received {actual}"
        )));
    }
    for (argument, types) in arguments.iter().zip(signature.arguments) {
        check_type(name, argument, types)?;
    }
    (signature.function)(&arguments)
}

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

fn jmespath_type(value: &Value) -> &'static str {
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

fn type_error(function: &str, value: &Value, received: &str, expected: &[&str]) -> SearchError {
    let expected = expected.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    SearchError::Jmespath(format!(
        "In function {function}(), invalid type for value: {}, expected one of: [{expected}], received: \"{received}\"",
        python_str(value)
    ))
}

fn check_type(function: &str, argument: &Value, types: &[&str]) -> Result<(), SearchError> {
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

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

fn object(value: &Value) -> Arc<Object> {
    match value {
        Value::Object(object) => Arc::clone(object),
        _ => Arc::default(),
    }
}

fn apply(expref: &Value, item: &Value) -> Evaluated {
    match expref {
        Value::Expref(node) => evaluate(&node.0, item),
        _ => Ok(Value::Null),
    }
}

fn abs(args: &[Value]) -> Evaluated {
    Ok(args[0].as_number().map_or(Value::Null, |number| number.abs().into()))
}

/// Adds numbers from left to right. The result is an integer if all numbers are integers.
fn sum(numbers: &[Value]) -> Result<Number, SearchError> {
    numbers.iter().filter_map(Value::as_number).try_fold(Number::Int(0), |total, number| total.add(&number))
}

fn avg(args: &[Value]) -> Evaluated {
    let numbers = items(&args[0]);
    if numbers.is_empty() {
        return Ok(Value::Null);
    }
    sum(numbers)?.divide(numbers.len()).map(Value::Float)
}

fn round(value: &Value, round: fn(f64) -> f64) -> Evaluated {
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

fn contains(args: &[Value]) -> Evaluated {
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

fn join(args: &[Value]) -> Evaluated {
    let parts: Vec<&str> = items(&args[1]).iter().map(text).collect();
    Ok(Value::from(parts.join(text(&args[0]))))
}

fn length(args: &[Value]) -> Evaluated {
    let length = match &args[0] {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    Ok(Value::Int(length as i128))
}

fn map(args: &[Value]) -> Evaluated {
    let mapped: Result<Vec<_>, _> = items(&args[1]).iter().map(|item| apply(&args[0], item)).collect();
    Ok(Value::array(mapped?))
}

/// Merges objects or lists of pairs, as Python's `dict.update` does.
fn merge(args: &[Value]) -> Evaluated {
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

/// The name and value of a pair, which can be anything with two items that Python iterates over. The name is converted to a
/// string as JSON writes it.
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

fn reverse(args: &[Value]) -> Evaluated {
    Ok(match &args[0] {
        Value::String(text) => Value::from(text.chars().rev().collect::<String>()),
        other => Value::array(items(other).iter().rev().cloned().collect()),
    })
}

fn to_number(args: &[Value]) -> Evaluated {
    Ok(match &args[0] {
        number @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_)) => number.clone(),
        Value::String(text) => {
            parse_int(text).map(Value::from).or_else(|| parse_float(text).map(Value::Float)).unwrap_or(Value::Null)
        }
        _ => Value::Null,
    })
}

/// The smallest (`<`) or largest (`>`) item. Of equal ones, it is the first.
fn extreme(keys: &[Value], symbol: &str) -> Evaluated {
    Ok(extreme_index(keys, symbol)?.map_or(Value::Null, |index| keys[index].clone()))
}

fn extreme_index(keys: &[Value], symbol: &str) -> Result<Option<usize>, SearchError> {
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

fn extreme_by(function: &str, args: &[Value], symbol: &str) -> Evaluated {
    let array = items(&args[0]);
    let keys = keys_of(function, array, &args[1], &["number", "string"])?;
    Ok(extreme_index(&keys, symbol)?.map_or(Value::Null, |index| array[index].clone()))
}

fn sort_by(args: &[Value]) -> Evaluated {
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

/// Sorts stably. NaN comes last; Python does not define its place.
fn sorted(array: &[Value], keys: &[Value]) -> Evaluated {
    let is_nan = |value: &Value| matches!(value, Value::Float(f) if f.is_nan());
    let mut indices: Vec<usize> = (0..array.len()).collect();
    indices.sort_by(|a, b| {
        let (a, b) = (&keys[*a], &keys[*b]);
        order(a, b, "<").ok().flatten().unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))
    });
    Ok(Value::array(indices.into_iter().map(|index| array[index].clone()).collect()))
}
