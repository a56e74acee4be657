//! The format `json`: an indentation of two spaces, members sorted by name, non-ASCII characters not escaped.

use pyjmespath::{JsonStyle, Value};

pub(crate) fn format(value: &Value) -> String {
    let mut text = value.to_json_with(JsonStyle::pretty_sorted());
    text.push('\n');
    text
}
