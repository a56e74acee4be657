//! Compares how this client and the client of the reference (azure-core on requests) handle odd responses.
//!
//! `AZ_TEST_SEED=random` (or a number) selects another seed, and `AZ_TEST_COUNT` another number of cases.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::Folder;
use crate::support::odd::{Odd, user};
use crate::{ISSUE, run};

/// Runs a case with this client. Returns the number of requests, whether the command succeeded, and its stderr.
fn run_here(case: &Value) -> (usize, bool, String) {
    let answers: Vec<(Vec<u8>, bool)> = case["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            // The text is Latin-1, with one byte per character.
            let bytes = answer["bytes"].as_str().unwrap().chars().map(|c| c as u8).collect();
            (bytes, answer["ends"].as_bool().unwrap())
        })
        .collect();
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = Odd::start(move |connection| {
        let port = connection.socket().local_addr()?.port().to_string();
        while connection.request()?.is_some() {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let (bytes, ends) = &answers[number.min(answers.len() - 1)];
            connection.send(replace(bytes, b"{port}", port.as_bytes()))?;
            if *ends {
                connection.cut()?;
                break;
            }
        }
        Ok(())
    });
    let home = Folder::new();
    let mut command = server.az(&home);
    match case["operation"].as_str().unwrap() {
        "delete" => command
            .args(["communication", "identity", "user", "delete", "--yes", "--only-show-errors"])
            .args(["--user", &user(1)]),
        _ => command.args(ISSUE),
    };
    let (code, stdout, stderr) = run(&mut command);
    let expected = case["outcome"]["token"].as_str().unwrap_or_default();
    assert!(code != 0 || stdout.contains(expected), "{stdout}");
    (server.requests().len(), code == 0, format!("{stdout}{stderr}"))
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match bytes.windows(from.len()).position(|window| window == from) {
        Some(at) => [&bytes[..at], to, &bytes[at + from.len()..]].concat(),
        None => bytes.to_vec(),
    }
}

/// Returns the difference. If the reference reads a response or refuses it for its status, this client must do the same
/// with as many requests. If the reference fails in another way, this client may do better.
fn difference(case: &Value) -> Option<String> {
    let there = case["requests"].as_array().unwrap().len();
    let (here, succeeded, said) = run_here(case);
    let agrees = match case["outcome"]["kind"].as_str().unwrap() {
        "ok" => succeeded && here == there,
        "status" => !succeeded && here == there,
        // The reference does not send a request to a relative location that contains a host.
        _ => succeeded || here <= there,
    };
    let shown: String = case.to_string().chars().take(1500).collect();
    (!agrees).then(|| format!("{shown}\n  here {here} requests: {said}"))
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn answers_are_read_as_by_the_reference() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let seed = match std::env::var("AZ_TEST_SEED") {
        Ok(seed) if seed == "random" => std::process::id().to_string(),
        Ok(seed) => seed,
        Err(_) => "20261126".into(),
    };
    let count = std::env::var("AZ_TEST_COUNT").unwrap_or_else(|_| "1000".into());
    let script = format!("{}/tests/differential/answers.py", env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new(python).args([&script, &seed, &count]).stdout(Stdio::piped()).spawn().unwrap();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut differences = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let case: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let found = difference(&case);
        let (cases, different) = counts.entry(case["group"].as_str().unwrap().to_owned()).or_default();
        *cases += 1;
        *different += usize::from(found.is_some());
        differences.extend(found);
    }
    assert!(child.wait().unwrap().success());
    for (group, (cases, different)) in counts {
        println!("answers.py {group}: {cases} cases with seed {seed}, {different} differences");
    }
    differences.sort_by_key(String::len);
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
