//! `json`: two spaces, members sorted, characters as they are.

use pyjmespath::{JsonStyle, Value};

pub(crate) fn format(value: &Value) -> String {
    let mut text = value.to_json_with(JsonStyle::pretty_sorted());
    text.push('\n');
    text
}
