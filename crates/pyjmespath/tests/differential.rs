//! Differential test: evaluates generated expressions on generated documents, and compares the results with Python's
//! `jmespath` 1.1.0.
//!
//! `AZ_TEST_SEED` (a number or `random`) changes the seed, and `AZ_TEST_COUNT` the number of cases.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use pyjmespath::{Expression, Value};

/// Writes objects as lists of pairs, like `order` in generate.py, so that their order is compared, too.
fn order(value: &Value) -> Value {
    let (kind, inner) = match value {
        Value::Object(object) => {
            let pair = |(name, value): (&String, &Value)| Value::array(vec![name.as_str().into(), order(value)]);
            ("o", Value::array(object.iter().map(pair).collect()))
        }
        Value::Array(items) => ("a", Value::array(items.iter().map(order).collect())),
        scalar => (
            "s",
            scalar
                .to_json_with(pyjmespath::JsonStyle {
                    key_separator: ": ",
                    item_separator: ", ",
                    ..pyjmespath::JsonStyle::compact()
                })
                .into(),
        ),
    };
    Value::object([(kind.to_owned(), inner)].into_iter().collect())
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn agrees_with_python() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let seed = match std::env::var("AZ_TEST_SEED") {
        Ok(seed) if seed == "random" => std::process::id().to_string(),
        Ok(seed) => seed,
        Err(_) => "20261123".into(),
    };
    let count: usize = std::env::var("AZ_TEST_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/generate.py");
    let mut child =
        Command::new(python).args([script, &seed, &count.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
    let (mut cases, mut errors, mut differences) = (0, 0, Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let case = Value::from_json(&line.unwrap()).unwrap();
        let text = |name: &str| case.get(name).and_then(Value::as_str);
        let (expression, document) = (text("expression").unwrap(), text("document").unwrap());
        let actual = Expression::compile(expression).map_err(|error| error.to_string()).and_then(|compiled| {
            compiled.search(&Value::from_json(document).unwrap()).map_err(|error| error.to_string())
        });
        cases += 1;
        let agrees = match (&actual, case.get("result"), case.get("error")) {
            (Ok(actual), Some(expected), None) => order(actual).to_json() == expected.to_json(),
            (Err(actual), None, Some(Value::String(expected))) => {
                errors += 1;
                actual.as_str() == &**expected
            }
            (Err(_), None, Some(_)) => true,
            _ => false,
        };
        if !agrees {
            differences.push(format!(
                "{expression}\n  on       {document}\n  here     {}\n  in Python {}",
                actual.map_or_else(|error| format!("error {error}"), |value| order(&value).to_json()),
                case.to_json()
            ));
        }
    }
    assert!(child.wait().unwrap().success());
    println!("{cases} generated queries ({errors} errors) with seed {seed}, {} differences", differences.len());
    differences.truncate(10);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(cases, count);
}
