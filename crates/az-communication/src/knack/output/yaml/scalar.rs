//! Formats numbers, Booleans and null.

use pyjmespath::{Value, float_repr};

pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Int(i) => i.to_string(),
        Value::BigInt(big) => big.to_string(),
        Value::Float(f) if f.is_nan() => ".nan".into(),
        Value::Float(f) if f.is_infinite() => if *f > 0.0 { ".inf" } else { "-.inf" }.into(),
        Value::Float(f) => {
            // Floats of YAML 1.1 contain a dot.
            let text = float_repr(*f);
            if text.contains('.') { text } else { text.replacen('e', ".0e", 1) }
        }
        _ => "null".into(),
    }
}
