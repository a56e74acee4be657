//! Differential test: generated results in all formats, here and by knack with PyYAML and tabulate.
//!
//! `AZ_TEST_SEED=random` (or a number) takes another seed than CI's, `AZ_TEST_COUNT` another number of cases.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use az_communication::output::{Context, Format, format};
use pyjmespath::{Expression, Value};

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn agrees_with_knack() {
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
    let (mut cases, mut differences) = (0, Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let case = Value::from_json(&line.unwrap()).unwrap();
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap();
        let document = Value::from_json(text("document")).unwrap();
        let result = Expression::compile(text("query")).unwrap().search(&document).unwrap();
        let queried = matches!(case.get("queried"), Some(Value::Bool(true)));
        cases += 1;
        for name in ["json", "yaml", "table", "tsv"] {
            let actual = format(&result, Format::from_name(name).unwrap(), Context { queried, colour: false }).unwrap();
            if actual != text(name) {
                differences.push(format!(
                    "{name} of {} on {}\n  here {actual:?}\n  knack {:?}",
                    text("query"),
                    text("document"),
                    text(name)
                ));
            }
        }
    }
    assert!(child.wait().unwrap().success());
    println!("{cases} generated results in 4 formats with seed {seed}, {} differences", differences.len());
    differences.sort_by_key(String::len);
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(cases, count);
}
