//! The format `tsv`: one line per item, without escapes (`_TsvOutput` of knack).

use pyjmespath::{Value, python_str};

pub(crate) fn format(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Array(items) => items.iter().for_each(|item| row(&mut out, item)),
        other => row(&mut out, other),
    }
    out
}

fn row(out: &mut String, value: &Value) {
    match value {
        // The members of an object from the query (`{a: b}`) keep their order. The members of an object from the
        // service are sorted by name.
        Value::Object(object) if object.is_selected() => fields(out, object.values()),
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            fields(out, members.into_iter().map(|(_, value)| value));
        }
        Value::Array(items) => fields(out, items.iter()),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        other => field(out, other),
    }
    out.push('\n');
}

fn fields<'a>(out: &mut String, values: impl Iterator<Item = &'a Value>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push('\t');
        }
        field(out, value);
    }
}

/// Adds a field. For a nested list, this is its length. For a nested object, the field is empty.
fn field(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => out.push_str(&items.len().to_string()),
        Value::Object(_) => {}
        other => out.push_str(&python_str(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyjmespath::Expression;

    fn tsv(query: &str, document: &str) -> Result<String, Box<dyn std::error::Error>> {
        Ok(format(&Expression::compile(query)?.search(&Value::from_json(document)?)?))
    }

    #[test]
    fn values_are_written_as_by_knack() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(tsv("@", r#"{"b": 1, "a": [1, 2], "c": {"x": 1}, "d": null}"#)?, "2\t1\t\tNone\n");
        assert_eq!(tsv("{b: b, a: a}", r#"{"b": true, "a": 1.0}"#)?, "True\t1.0\n");
        assert_eq!(tsv("@", r#"[true, "x", null, [1, true]]"#)?, "true\nx\nNone\n1\tTrue\n");
        assert_eq!(tsv("@", "[]")?, "");
        assert_eq!(tsv("@", "{}")?, "\n");
        Ok(())
    }
}
