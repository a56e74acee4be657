//! Python's `str`, `repr`, `int` and `float` for values of this crate.

use std::fmt::Write as _;

use crate::number::Number;
use crate::unicode::{digit, is_printable};
use crate::value::Value;

/// Returns Python's `repr` of a float: the shortest digits that give the same float, with an exponent below 1e-4 and
/// from 1e16.
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') { plain } else { plain + ".0" }
}

/// Returns Python's `str(value)`.
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => repr(other),
    }
}

/// Returns Python's `repr(value)`.
pub fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

fn write_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(i) => {
            let _ = write!(out, "{i}");
        }
        Value::BigInt(big) => {
            let _ = write!(out, "{big}");
        }
        Value::Float(f) => out.push_str(&float_repr(*f)),
        Value::String(text) => str_repr(out, text),
        Value::Expref(_) => out.push_str("<expression reference>"),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_repr(out, item);
            }
            out.push(']');
        }
        Value::Object(object) => {
            // In Python 3.11, the `repr` of an OrderedDict is a list of pairs.
            let (open, pair, close) = match (object.is_selected(), object.is_empty()) {
                (true, true) => ("OrderedDict(", ("", "", ""), ")"),
                (true, false) => ("OrderedDict([", ("(", ", ", ")"), "])"),
                (false, _) => ("{", ("", ": ", ""), "}"),
            };
            out.push_str(open);
            for (index, (name, value)) in object.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(pair.0);
                str_repr(out, name);
                out.push_str(pair.1);
                write_repr(out, value);
                out.push_str(pair.2);
            }
            out.push_str(close);
        }
    }
}

/// Appends Python's `repr` of a string. It has single quotes, unless the string contains single and no double quotes.
fn str_repr(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
}

/// Evaluates Python's `int(text)`. White space around the number, a sign, digits of any script, and single underscores
/// between digits are accepted.
pub(crate) fn parse_int(text: &str) -> Option<Number> {
    let text = with_ascii_digits(text)?;
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => ("", &text[1..]),
        b'-' => ("-", &text[1..]),
        _ => ("", text.as_str()),
    };
    let digits = strip_underscores(digits)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Number::from_digits(&format!("{sign}{digits}"))
}

/// Evaluates Python's `float(text)`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = with_ascii_digits(text)?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity" | "nan") {
        return text.to_ascii_lowercase().parse().ok();
    }
    if !unsigned.bytes().next()?.is_ascii_digit() && !unsigned.starts_with('.') {
        return None;
    }
    strip_underscores(&text)?.parse().ok()
}

/// Removes white space around a text and converts its digits to ASCII. Returns `None` if other characters remain. Fewer
/// ASCII characters count as white space here than in `str.strip()`.
fn with_ascii_digits(text: &str) -> Option<String> {
    let is_space = |c: char| matches!(c, '\t'..='\r' | ' ') || (!c.is_ascii() && c.is_whitespace());
    text.trim_matches(is_space).chars().map(digit_or_ascii).collect()
}

fn digit_or_ascii(c: char) -> Option<char> {
    if c.is_ascii() { Some(c) } else { digit(c) }
}

/// Removes underscores between two digits. Returns `None` if there is an underscore in another place.
fn strip_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let lone = |at: usize| {
        let before = at.checked_sub(1).and_then(|i| bytes.get(i));
        !(before.is_some_and(u8::is_ascii_digit) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
    };
    if bytes.iter().enumerate().any(|(at, b)| *b == b'_' && lone(at)) {
        return None;
    }
    Some(text.replace('_', ""))
}

/// Checks whether Python's `str.strip()` removes a character.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let shown: Vec<_> =
            [1.0, 0.1, 1e15, 1e16, 1.5e300, 1e-4, 1e-5, -0.0, 123456.789].into_iter().map(float_repr).collect();
        assert_eq!(
            shown,
            ["1.0", "0.1", "1000000000000000.0", "1e+16", "1.5e+300", "0.0001", "1e-05", "-0.0", "123456.789"]
        );
    }

    #[test]
    fn numbers_are_parsed_as_python_parses_them() {
        let parse_int = |text: &str| parse_int(text).map(|number| repr(&number.into()));
        assert_eq!(parse_int(" 1_000 ").as_deref(), Some("1000"));
        assert_eq!(parse_int("+5").as_deref(), Some("5"));
        assert_eq!(parse_int("-１٢").as_deref(), Some("-12"));
        assert_eq!(parse_int(&"9".repeat(4300)), Some("9".repeat(4300)));
        assert_eq!(parse_int(&"9".repeat(4301)), None);
        assert_eq!(parse_int("1__0"), None);
        assert_eq!(parse_int("0x10"), None);
        assert_eq!(parse_float(".5"), Some(0.5));
        assert_eq!(parse_float("1e3"), Some(1000.0));
        assert_eq!(parse_float("INF"), Some(f64::INFINITY));
        assert_eq!(parse_float("e3"), None);
    }

    #[test]
    fn strings_are_quoted_as_repr_quotes_them() {
        assert_eq!(repr(&Value::from("it's")), "\"it's\"");
        assert_eq!(repr(&Value::from("a\"'\n")), "'a\"\\'\\n'");
        assert_eq!(repr(&Value::from("\u{7f}\u{ad}\u{600}\u{e000}\u{ffff}\u{e0001}é中😀")), {
            "'\\x7f\\xad\\u0600\\ue000\\uffff\\U000e0001é中😀'"
        });
    }
}
