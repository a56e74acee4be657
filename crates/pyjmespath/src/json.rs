//! Reads and writes JSON as Python's `json` module does.

use std::fmt::Write as _;

use crate::error::JsonError;
use crate::number::Number;
use crate::python::float_repr;
use crate::value::{Object, Value};

/// Documents with more levels are refused. Python refuses them, too, at its recursion limit of 1,000.
const MAX_DEPTH: usize = 900;

/// How JSON is written: the arguments of Python's `json.dumps`.
#[derive(Debug, Clone, Copy)]
pub struct JsonStyle {
    /// The number of spaces per level. `None` writes everything on one line.
    pub indent: Option<usize>,
    /// Whether members are sorted by name.
    pub sort_keys: bool,
    /// Whether characters outside ASCII are escaped.
    pub ensure_ascii: bool,
    /// The separator between items (`,` or `, `). `json.dumps` uses `,` if there is an indent.
    pub item_separator: &'static str,
    /// The separator between a name and its value (`:` or `: `).
    pub key_separator: &'static str,
}

impl JsonStyle {
    /// The style of `json.dumps(…, separators=(',', ':'))`: one line, without spaces.
    pub const fn compact() -> Self {
        Self { indent: None, sort_keys: false, ensure_ascii: true, item_separator: ",", key_separator: ":" }
    }

    /// The style of knack's `format_json`: two spaces per level, members sorted by name, characters not escaped.
    pub const fn pretty_sorted() -> Self {
        Self { indent: Some(2), sort_keys: true, ensure_ascii: false, item_separator: ",", key_separator: ": " }
    }
}

pub(crate) fn dump(value: &Value, style: JsonStyle) -> String {
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

pub(crate) fn parse(text: &str) -> Result<Value, JsonError> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    parser.white_space();
    let value = parser.value()?;
    parser.white_space();
    if parser.at < parser.bytes.len() {
        return Err(parser.error("Extra data"));
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn error(&self, message: &'static str) -> JsonError {
        JsonError { message, position: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.error("Expecting value"))
        }
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::from),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'N') => self.word("NaN", Value::Float(f64::NAN)),
            Some(b'I') => self.word("Infinity", Value::Float(f64::INFINITY)),
            Some(b'-') if self.bytes.get(self.at + 1) == Some(&b'I') => {
                self.word("-Infinity", Value::Float(f64::NEG_INFINITY))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.error("Expecting value")),
        }
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("Document nested too deeply"));
        }
        let value = parse(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => {
                self.digits();
            }
            _ => {
                self.at = start;
                return Err(self.error("Expecting value"));
            }
        }
        let mut is_float = false;
        // As in Python's pattern, a fraction or exponent without digits is not part of the number and becomes "Extra data".
        let mark = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() {
                is_float = true;
            } else {
                self.at = mark;
            }
        }
        let mark = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() {
                is_float = true;
            } else {
                self.at = mark;
            }
        }
        let text = &self.text[start..self.at];
        if !is_float {
            // Python's `int` has this limit, so that long integers in a document cannot take much time.
            let too_long = JsonError { message: "Exceeds the limit (4300 digits) for an integer", position: start };
            return Number::from_digits(text).map(Value::from).ok_or(too_long);
        }
        text.parse().map(Value::Float).map_err(|_| self.error("Expecting value"))
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        self.at += 1;
        self.white_space();
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::array(items));
        }
        loop {
            items.push(self.value()?);
            self.white_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::array(items));
                }
                _ => return Err(self.error("Expecting ',' delimiter")),
            }
            self.white_space();
        }
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        const NAME: &str = "Expecting property name enclosed in double quotes";
        self.at += 1;
        self.white_space();
        let mut object = Object::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::object(object));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error(NAME));
            }
            let name = self.string()?;
            self.white_space();
            if self.peek() != Some(b':') {
                return Err(self.error("Expecting ':' delimiter"));
            }
            self.at += 1;
            self.white_space();
            object.insert(name, self.value()?);
            self.white_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::object(object));
                }
                _ => return Err(self.error("Expecting ',' delimiter")),
            }
            self.white_space();
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(&self.text[start..self.at]);
            match self.peek() {
                None => return Err(self.error("Unterminated string starting")),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.error("Invalid control character")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let c = match self.peek() {
            None => return Err(self.error("Unterminated string starting")),
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let high = self.hex4()?;
                if (0xd800..0xdc00).contains(&high) && self.text[self.at..].starts_with("\\u") {
                    let mark = self.at;
                    self.at += 2;
                    let low = self.hex4()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    self.at = mark;
                }
                // Python accepts a lone surrogate as a character. Rust strings cannot contain one.
                return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(_) => return Err(self.error("Invalid \\escape")),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let code = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("Invalid \\uXXXX escape"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roundtrip(text: &str) -> String {
        parse(text).map_or_else(|error| error.to_string(), |value| value.to_json())
    }

    #[test]
    fn numbers_keep_their_kind() {
        assert_eq!(roundtrip("[1, 1.0, 1e3, -0, -0.0, 1e16, 12345678901234567890123]"), {
            "[1,1.0,1000.0,0,-0.0,1e+16,12345678901234567890123]"
        });
    }

    #[test]
    fn last_duplicate_wins_at_the_first_ones_place() {
        assert_eq!(roundtrip(r#"{"a": 1, "b": 2, "a": 3}"#), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn errors_name_the_place() {
        assert_eq!(roundtrip(r#"{"a": }"#), "Expecting value at position 6");
        assert_eq!(roundtrip("[1,]"), "Expecting value at position 3");
        assert_eq!(roundtrip("1 2"), "Extra data at position 2");
        assert_eq!(roundtrip("\"a\nb\""), "Invalid control character at position 2");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn surrogate_pairs_are_joined_and_split() {
        assert_eq!(parse(r#""\ud83d\ude00""#).unwrap_or(Value::Null).as_str(), Some("😀"));
        assert_eq!(roundtrip("\"😀\""), r#""\ud83d\ude00""#);
    }
}
