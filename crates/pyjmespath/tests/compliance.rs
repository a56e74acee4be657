//! The official compliance suite: every case of every file in `compliance/`.

use std::fs;
use std::path::Path;

use pyjmespath::{Expression, Value};

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        other => panic!("expected a list, found {}", other.to_json()),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

#[test]
fn every_case_of_the_official_suite_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compliance");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let (mut cases, mut failures) = (0, Vec::new());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for suite in items(&Value::from_json(&fs::read_to_string(&path).unwrap()).unwrap()) {
            let given = suite.get("given").unwrap();
            for case in items(suite.get("cases").unwrap()) {
                let expression = text(case, "expression").unwrap();
                let actual = Expression::compile(expression)
                    .map_err(|error| error.to_string())
                    .and_then(|compiled| compiled.search(given).map_err(|error| error.to_string()));
                if case.get("bench").is_some() {
                    // Cases for benchmarks have no expected result. Two of them are errors, here and in Python.
                    continue;
                }
                cases += 1;
                let passed = match (&actual, case.get("result"), case.get("error")) {
                    (Ok(actual), Some(expected), None) => actual == expected,
                    (Err(_), None, Some(_)) => true,
                    _ => false,
                };
                if !passed {
                    failures.push(format!("{name}: {expression}: {actual:?}"));
                }
            }
        }
    }
    println!("{} of {cases} compliance cases pass", cases - failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(cases, 861, "the suite has 861 cases");
}
