//! Compares a captured case with the earlier capture.

use serde_json::{Map, Value};

/// Returns the parts that must be equal according to the case's `match` and are not: their names, such as `stdout`,
/// with both values.
pub fn differences(before: &Value, after: &Value, matching: &str) -> Vec<(&'static str, String, String)> {
    let names: &[&'static str] = match matching {
        // For these cases, the text of the reference is not compared.
        "better" => &["exit_code"],
        "help" => &["exit_code", "stdout"],
        _ => &["exit_code", "stdout", "stderr", "requests"],
    };
    let seen = |value: &Value, name: &str| match (name, &value[name]) {
        ("stderr", Value::String(text)) if matching == "error" => first_paragraph(text).to_owned(),
        ("requests", requests) => request_lines(requests),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    };
    let both = |name: &&'static str| (*name, seen(before, name), seen(after, name));
    names.iter().map(both).filter(|(_, before, after)| before != after).collect()
}

/// Returns how a new case is compared, depending on its result.
pub fn matching(expect: &Map<String, Value>) -> &'static str {
    let text = |name: &str| expect.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("stderr").contains("Traceback") {
        "better"
    } else if text("stdout").contains('\u{1b}') || text("stderr").contains('\u{1b}') {
        "plain"
    } else if expect.get("exit_code") != Some(&Value::from(0)) {
        "error"
    } else if ["\nCommand\n", "\nGroup\n"].iter().any(|begin| text("stdout").starts_with(begin)) {
        "help"
    } else {
        "exact"
    }
}

fn first_paragraph(text: &str) -> &str {
    text.split_once("\n\n").map_or(text, |(first, _)| first).trim_end_matches('\n')
}

/// Formats requests. Bodies are compared as JSON.
fn request_lines(requests: &Value) -> String {
    let line = |request: &Value| {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let body = serde_json::from_str::<Value>(text("body")).map_or(text("body").to_owned(), |body| body.to_string());
        format!("{} {} {body}\n", text("method"), text("path"))
    };
    requests.as_array().into_iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{differences, matching};

    fn names(before: &Value, after: &Value, matching: &str) -> Vec<&'static str> {
        differences(before, after, matching).into_iter().map(|(name, _, _)| name).collect()
    }

    #[test]
    fn what_follows_the_first_paragraph_of_an_error_is_free() {
        let before = json!({"exit_code": 2, "stdout": "", "stderr": "a\n\nb\n", "requests": []});
        let after = json!({"exit_code": 2, "stdout": "", "stderr": "a\n\nc\n", "requests": []});
        assert_eq!(names(&before, &after, "error"), Vec::<&str>::new());
        assert_eq!(names(&before, &after, "exact"), ["stderr"]);
    }

    #[test]
    fn bodies_are_compared_as_json() {
        let with = |body: &str| json!({"requests": [{"method": "POST", "path": "/", "body": body}]});
        assert_eq!(names(&with("{\"a\": 1}"), &with("{\"a\":1}"), "exact"), Vec::<&str>::new());
        assert_eq!(names(&with("{\"a\": 1}"), &with("{\"a\":2}"), "exact"), ["requests"]);
    }

    #[test]
    fn how_a_new_case_is_compared_follows_from_what_was_seen() {
        let of = |code: i32, stdout: &str, stderr: &str| {
            matching(json!({"exit_code": code, "stdout": stdout, "stderr": stderr}).as_object().unwrap())
        };
        assert_eq!(of(0, "{}\n", "WARNING: x\n"), "exact");
        assert_eq!(of(0, "\nCommand\n    az x\n", ""), "help");
        assert_eq!(of(2, "", "ERROR: x\n"), "error");
        assert_eq!(of(0, "\u{1b}[0m", ""), "plain");
        assert_eq!(of(1, "", "Traceback (most recent call last)"), "better");
    }
}
