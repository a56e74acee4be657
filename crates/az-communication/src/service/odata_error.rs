//! The error body of the service (OData 4), and its text in the reference.

use pyjmespath::{JsonStyle, Value, python_str};

/// The `ODataV4Format` of Python azure-core.
pub(crate) struct Detail {
    pub(crate) code: Value,
    pub(crate) message: Value,
    pub(crate) target: Value,
    details: Vec<Detail>,
    inner_error: Value,
}

impl Detail {
    pub(crate) fn of(body: &Value) -> Option<Self> {
        let Value::Object(_) = body else { return None };
        let error = body.get("error").unwrap_or(body);
        let Value::Object(_) = error else { return None };
        let member = |name: &str| error.get(name).cloned().unwrap_or(Value::Null);
        let (code, message) = (member("code"), member("message"));
        if !is_true(&code) && !is_true(&message) {
            return None;
        }
        let details = match member("details") {
            Value::Array(items) => items.iter().filter_map(Self::of).collect(),
            _ => Vec::new(),
        };
        Some(Self { code, message, target: member("target"), details, inner_error: member("innererror") })
    }

    /// Returns the text that the reference shows.
    pub(crate) fn full_text(&self) -> String {
        let (code, message) = (python_str(&self.code), python_str(&self.message));
        let mut text = format!("({code}) {message}\nCode: {code}\nMessage: {message}");
        if is_true(&self.target) {
            text.push_str(&format!("\nTarget: {}", python_str(&self.target)));
        }
        if !self.details.is_empty() {
            text.push_str("\nException Details:");
            for detail in &self.details {
                let lines: Vec<String> = detail.full_text().lines().map(|line| format!("\t{line}")).collect();
                text.push_str(&lines.join("\n"));
            }
        }
        if is_true(&self.inner_error) {
            let style = JsonStyle { indent: Some(4), key_separator: ": ", item_separator: ",", ..JsonStyle::compact() };
            text.push_str(&format!("\nInner error: {}", self.inner_error.to_json_with(style)));
        }
        text
    }
}

/// Checks whether Python treats a value as true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}
