//! Differential tests. They compare generated results in all formats with knack, PyYAML and tabulate, and generated
//! command lines with the parser of the real Azure CLI.
//!
//! The usual seed is fixed, so there are few cases. `AZ_LONG=1` takes five times as many, `AZ_TEST_SEED=random` (or a
//! number) selects another seed, and `AZ_TEST_COUNT` another number of cases.
#![cfg(unix)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use az_communication::knack::output::{Context, Format, format};
use pyjmespath::{Expression, Value};
use support::{Folder, az};

/// Compares this number of cases from a generator, and in the long form five times as many. Fails if there are
/// differences.
fn compare(script: &str, count: usize, folder: &Folder, mut differences_in: impl FnMut(&Value) -> Vec<String>) {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let seed = match std::env::var("AZ_TEST_SEED") {
        Ok(seed) if seed == "random" => std::process::id().to_string(),
        Ok(seed) => seed,
        Err(_) => "20261123".into(),
    };
    let usual = if std::env::var_os("AZ_LONG").is_some() { 5 * count } else { count };
    let count: usize = std::env::var("AZ_TEST_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(usual);
    let path = format!("{}/tests/differential/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut generator = Command::new(python);
    generator.args([&path, &seed, &count.to_string()]).arg(folder.path()).stdout(Stdio::piped());
    let mut child = generator.spawn().unwrap();
    let (mut cases, mut differences) = (0, Vec::new());
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        cases += 1;
        differences.extend(differences_in(&Value::from_json(&line.unwrap()).unwrap()));
    }
    assert!(child.wait().unwrap().success());
    println!("{script}: {cases} cases with seed {seed}, {} differences", differences.len());
    differences.sort_by_key(String::len);
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(cases, count);
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn formats_agree_with_knack() {
    compare("generate.py", 4_000, &Folder::new(), |case| {
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap();
        let document = Value::from_json(text("document")).unwrap();
        let result = Expression::compile(text("query")).unwrap().search(&document).unwrap();
        let queried = matches!(case.get("queried"), Some(Value::Bool(true)));
        let mut differences = Vec::new();
        for name in ["json", "yaml", "table", "tsv"] {
            let actual =
                format(&result, Format::from_name(name).unwrap(), Context { queried, ..Context::default() }).unwrap();
            if actual != text(name) {
                differences.push(format!(
                    "{name} of {} on {}\n  here {actual:?}\n  knack {:?}",
                    text("query"),
                    text("document"),
                    text(name)
                ));
            }
        }
        differences
    });
}

/// Returns the error on stderr up to the first empty line, without the lines of --verbose.
fn error_in(stderr: &str) -> String {
    let error = stderr.find("ERROR: ").map_or("", |at| &stderr[at..]);
    let lines: Vec<&str> = error.lines().filter(|line| !line.starts_with("INFO: ")).collect();
    lines.join("\n").split("\n\n").next().unwrap_or_default().trim().to_owned()
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn command_lines_agree_with_the_azure_cli() {
    let home = Folder::new();
    compare("grammar.py", 800, &home, |case| {
        let Some(Value::Array(words)) = case.get("words") else { panic!("no words") };
        let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
        let stderr = case.get("stderr").and_then(Value::as_str).unwrap();
        let helps = matches!(case.get("helps"), Some(Value::Bool(true)));
        let code: i32 = case.get("code").unwrap().to_json().parse().unwrap();
        let output = az(&home)
            .env("AZURE_EXTENSION_USE_DYNAMIC_INSTALL", "no")
            .args(&words)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let own = String::from_utf8_lossy(&output.stderr);
        let own_code = output.status.code().unwrap();
        // If the command line is valid, the command ends with exit code 1 here: there is no connection string, or the
        // confirmation is missing.
        let agrees = match code {
            0 | 1 if helps => own_code == 0 && output.stdout.starts_with(b"\n"),
            0 | 1 => own_code == 1 && output.stdout.is_empty(),
            _ => own_code == code && error_in(&own) == error_in(stderr),
        };
        if agrees {
            return Vec::new();
        }
        vec![format!("az {words:?}\n  here {own_code} {:?}\n  az {code} {:?}", error_in(&own), error_in(stderr))]
    });
}
