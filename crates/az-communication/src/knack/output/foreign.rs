//! Shows texts that come from others, such as the paths of refused requests, so that a terminal does not act on them.

use acs_identity_protocol::visible::{is_hidden, one_line};
use pyjmespath::Value;

/// Escapes the hidden characters of all texts for the formats without escapes, `table` and `tsv`.
pub(super) fn escaped(value: &Value) -> Value {
    map(value, &|text| one_line(text, text.len().max(1)))
}

/// Escapes those that `yaml` shows as they are. It escapes control characters by itself.
pub(super) fn escaped_for_yaml(value: &Value) -> Value {
    let is_shown = |c: char| is_hidden(c) && (c == '\u{85}' || !c.is_control());
    let escape = |c: char| if is_shown(c) { one_line(&c.to_string(), 1) } else { c.to_string() };
    map(value, &|text| if text.contains(is_shown) { text.chars().map(escape).collect() } else { text.to_owned() })
}

fn map(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text).into()),
        Value::Array(items) => Value::array(items.iter().map(|item| map(item, change)).collect()),
        Value::Object(object) => {
            let mut changed = (**object).clone();
            for (name, member) in object.iter() {
                changed.insert(name.clone(), map(member, change));
            }
            Value::object(changed)
        }
        other => other.clone(),
    }
}

/// Escapes the hidden characters of JSON. They are in strings, so the value stays the same.
pub(crate) fn escaped_json(json: String) -> String {
    let is_shown = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t' | '\r');
    if !json.contains(is_shown) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_shown(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knack::output::{Context, Format, format};

    const TEXT: &str = "a\u{1b}[2J\r\nb\tc\u{9b}31m\u{7f}\u{202e}\u{e0041}\u{85}é";

    #[test]
    fn no_format_shows_a_character_on_which_a_terminal_acts() {
        let json = serde_json::json!([{"path": TEXT, "number": 1}]).to_string();
        let value = Value::from_json(&json).unwrap();
        let shown = |kind: Format| format(&value, kind, Context { foreign: true, ..Context::default() }).unwrap();
        for kind in [Format::Json, Format::Jsonc, Format::Yaml, Format::Table, Format::Tsv] {
            let text = shown(kind);
            assert!(!text.contains(|c: char| is_hidden(c) && c != '\n' && c != '\t'), "{text:?}");
        }
        assert_eq!(shown(Format::Tsv), "1\ta\\x1b[2J\\r\\nb\\tc\\x9b31m\\x7f\\u202e\\U000e0041\\x85é\n");
        let parsed: serde_json::Value = serde_json::from_str(&shown(Format::Json)).unwrap();
        assert_eq!(parsed[0]["path"], TEXT);
    }
}
