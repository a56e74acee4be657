use super::*;

fn yaml(document: &str) -> String {
    Value::from_json(document).map(|value| format(&value)).unwrap_or_default()
}

#[test]
fn nested_values_are_written_in_block_style() {
    assert_eq!(yaml(r#"{"b": [1, {"c": []}], "a": {"x": {}}}"#), "a:\n  x: {}\nb:\n- 1\n- c: []\n");
    assert_eq!(yaml("[[1, [2]], {}]"), "- - 1\n  - - 2\n- {}\n");
    assert_eq!(yaml("3"), "3\n...\n");
    assert_eq!(yaml("[1e20, 1.5, null, true]"), "- 1.0e+20\n- 1.5\n- null\n- true\n");
}

#[test]
fn strings_that_would_read_back_as_something_else_are_quoted() {
    for text in [
        "yes",
        "No",
        "ON",
        "~",
        "null",
        "1",
        "0x1F",
        "0b1",
        "017",
        "1_000",
        "1:30",
        "1.5",
        ".5",
        "1e",
        "-.inf",
        "2026-11-24",
        "2026-11-24T02:26:58.1+00:00",
        "",
        " a",
        "a ",
        "#x",
        "a: b",
        "a #b",
        "- a",
        "<<",
        "=",
        "?",
    ] {
        let shown = format(&Value::from(text));
        let quoted = shown.starts_with('\'');
        assert_eq!(quoted, text != "1e", "{text}: {shown}");
    }
    for text in ["yEs", "a:b", "a#b", "-a", "0o17", "1e3", "2026-1", "08", "+", "?a"] {
        assert_eq!(format(&Value::from(text)), format!("{text}\n...\n"));
    }
}

#[test]
fn shared_containers_get_anchors() {
    let shared = Value::array(vec![Value::Int(1)]);
    assert_eq!(format(&Value::array(vec![shared.clone(), shared])), "- &id001\n  - 1\n- *id001\n");
}
