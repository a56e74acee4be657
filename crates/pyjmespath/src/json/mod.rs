//! Reads and writes JSON as Python's `json` module does.

mod read;
mod write;

use crate::error::JsonError;
use crate::value::Value;

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
    /// Returns the style of `json.dumps(…, separators=(',', ':'))`: one line, without spaces.
    pub const fn compact() -> Self {
        Self { indent: None, sort_keys: false, ensure_ascii: true, item_separator: ",", key_separator: ":" }
    }

    /// Returns the style of knack's `format_json`: two spaces per level, members sorted by name, characters not
    /// escaped.
    pub const fn pretty_sorted() -> Self {
        Self { indent: Some(2), sort_keys: true, ensure_ascii: false, item_separator: ",", key_separator: ": " }
    }
}

impl Value {
    /// Parses JSON as Python's `json.loads` does. `NaN` and the infinities are accepted. If a name occurs twice, the
    /// last value counts, in the place of the first.
    ///
    /// # Errors
    ///
    /// Returns a [`JsonError`] with the position of the error.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        read::parse(text)
    }

    /// Writes compact JSON as Python's `json.dumps(…, separators=(',', ':'))` does. Non-ASCII characters are escaped.
    pub fn to_json(&self) -> String {
        write::dump(self, JsonStyle::compact())
    }

    /// Writes JSON in the given style.
    pub fn to_json_with(&self, style: JsonStyle) -> String {
        write::dump(self, style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roundtrip(text: &str) -> String {
        Value::from_json(text).map_or_else(|error| error.to_string(), |value| value.to_json())
    }

    #[test]
    fn integers_and_floats_are_written_as_they_were_read() {
        assert_eq!(roundtrip("[1, 1.0, 1e3, -0, -0.0, 1e16, 12345678901234567890123]"), {
            "[1,1.0,1000.0,0,-0.0,1e+16,12345678901234567890123]"
        });
    }

    #[test]
    fn the_last_of_two_members_with_one_name_counts_in_the_place_of_the_first() {
        assert_eq!(roundtrip(r#"{"a": 1, "b": 2, "a": 3}"#), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn errors_have_the_text_and_position_of_python() {
        assert_eq!(roundtrip(r#"{"a": }"#), "Expecting value at position 6");
        assert_eq!(roundtrip("[1,]"), "Expecting value at position 3");
        assert_eq!(roundtrip("1 2"), "Extra data at position 2");
        assert_eq!(roundtrip("\"a\nb\""), "Invalid control character at position 2");
    }

    #[test]
    fn deeply_nested_documents_are_refused() {
        assert!(Value::from_json(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn surrogate_pairs_are_joined_and_split() {
        assert_eq!(Value::from_json(r#""\ud83d\ude00""#).unwrap_or(Value::Null).as_str(), Some("😀"));
        assert_eq!(roundtrip("\"😀\""), r#""\ud83d\ude00""#);
    }
}
