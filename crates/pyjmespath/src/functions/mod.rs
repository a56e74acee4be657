//! The built-in functions, with the signatures and error texts of Python's `jmespath.functions`.

mod collections;
mod expressions;
mod numbers;
mod ordering;
pub(crate) mod types;

use collections::{contains, join, length, merge, reverse};
use expressions::{extreme_by, map, sort_by};
use numbers::{abs, avg, round, sum, to_number};
use ordering::{extreme, sorted};
use types::{check_type, items, jmespath_type, object, text};

use crate::error::SearchError;
use crate::value::{Evaluated, Value};

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
