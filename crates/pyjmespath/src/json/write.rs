//! Writes JSON as Python's `json.dumps` does.

use std::fmt::Write as _;

use super::JsonStyle;
use crate::python::float_repr;
use crate::value::Value;

pub(super) fn dump(value: &Value, style: JsonStyle) -> String {
    let mut out = String::new();
    write_value(&mut out, value, style, 0);
    out
}

fn write_value(out: &mut String, value: &Value, style: JsonStyle, level: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(i) => {
            let _ = write!(out, "{i}");
        }
        Value::BigInt(big) => {
            let _ = write!(out, "{big}");
        }
        Value::Float(f) if f.is_nan() => out.push_str("NaN"),
        Value::Float(f) if f.is_infinite() => out.push_str(if *f > 0.0 { "Infinity" } else { "-Infinity" }),
        Value::Float(f) => out.push_str(&float_repr(*f)),
        Value::String(text) => write_string(out, text, style.ensure_ascii),
        Value::Expref(_) => out.push_str("null"),
        Value::Array(items) => {
            if items.is_empty() {
                out.push_str("[]");
                return;
            }
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, style, level + 1, index == 0);
                write_value(out, item, style, level + 1);
            }
            newline(out, style, level);
            out.push(']');
        }
        Value::Object(object) => {
            if object.is_empty() {
                out.push_str("{}");
                return;
            }
            out.push('{');
            let mut member = |index: usize, name: &str, value: &Value| {
                separate(out, style, level + 1, index == 0);
                write_string(out, name, style.ensure_ascii);
                out.push_str(style.key_separator);
                write_value(out, value, style, level + 1);
            };
            if style.sort_keys {
                let mut members: Vec<_> = object.iter().collect();
                members.sort_by(|a, b| a.0.cmp(b.0));
                members.into_iter().enumerate().for_each(|(index, (name, value))| member(index, name, value));
            } else {
                object.iter().enumerate().for_each(|(index, (name, value))| member(index, name, value));
            }
            newline(out, style, level);
            out.push('}');
        }
    }
}

fn separate(out: &mut String, style: JsonStyle, level: usize, first: bool) {
    if !first {
        out.push_str(style.item_separator);
    }
    newline(out, style, level);
}

fn newline(out: &mut String, style: JsonStyle, level: usize) {
    if let Some(indent) = style.indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent * level));
    }
}

fn write_string(out: &mut String, text: &str, ensure_ascii: bool) {
    out.push('"');
    // Most texts need no escapes. The loop has no early exit, so that the compiler can check 32 bytes at a time.
    let is_odd = |b: u8| (b < b' ') | (b == b'"') | (b == b'\\') | (ensure_ascii & (b > b'~'));
    if !text.bytes().fold(false, |odd, b| odd | is_odd(b)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let needs_escape = matches!(c, '"' | '\\') || c < ' ' || (ensure_ascii && c > '~');
        if !needs_escape {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}
