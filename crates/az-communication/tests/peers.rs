//! Tests with the official SDKs, and with Schemathesis and the emulator's own OpenAPI document, against `emulator run`.
//! They need packages that `scripts/test.sh` installs.
#![cfg(unix)]

mod support;

use std::process::Command;

use support::{AZ, Folder};

fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The operations that end the emulator, or change its keys, its clock, its data or its answers.
const DISTURBING: &str = "^/emulator/(stop|reset|import|regenerate-key|faults|clock/)";

fn run_in_emulator(words: &[&str]) {
    // The developer's environment is kept, with proxies and certificates, because it must not affect the run.
    let output = Command::new(AZ)
        .args(["communication", "emulator", "run", "--"])
        .args(words)
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    // The log has a line for each of thousands of refusals.
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?} ended with {}: {log}", output.status);
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn python_sdk() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    run_in_emulator(&[&python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/peers/python"]);
}

#[test]
#[ignore = "needs npm packages: run scripts/test.sh"]
fn javascript_sdk() {
    let packages = std::env::var("AZ_TEST_NODE_PACKAGES").expect("AZ_TEST_NODE_PACKAGES: run scripts/test.sh");
    // One file after the other: faults hit the requests of all of them.
    for name in ["identity", "faults"] {
        run_in_emulator(&["node", "--test", &format!("tests/peers/javascript/{name}.test.mjs")]);
    }
    // The test of the guide finds the packages where npm puts them.
    let folder = Folder::new();
    let test = folder.path().join("tokens.test.mjs");
    std::fs::copy(root().join("tests/peers/javascript/tokens.test.mjs"), &test).unwrap();
    let modules = std::path::Path::new(&packages).join("node_modules");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).unwrap();
    run_in_emulator(&["node", "--test", test.to_str().unwrap()]);
}

/// Sends thousands of requests according to the emulator's OpenAPI document, for the newest version and for the preview
/// with the most operations. Not tested: the operations that disturb the other requests, and two checks of unsigned and wrongly signed requests, because the hook signs all requests (tests/emulator.rs has these
/// checks).
#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn schemathesis() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let command = std::path::Path::new(&python).with_file_name("schemathesis");
    let run = |version: &str| {
        format!(
            "'{}' run \"$AZURE_COMMUNICATION_ENDPOINT/openapi.json?api-version={version}\" \
             --url \"$AZURE_COMMUNICATION_ENDPOINT\" --exclude-path-regex '{DISTURBING}' --checks all \
             --exclude-checks ignored_auth,missing_required_header --max-examples 150 --continue-on-failure \
             --warnings off --no-color",
            command.display()
        )
    };
    let script = format!(
        "export SCHEMATHESIS_HOOKS=signing PYTHONPATH=$PWD/tests/peers/python; cd \"$(mktemp -d)\" && {} && {}; \
         code=$?; rm -rf \"$PWD\"; exit $code",
        run("2026-09-23"),
        run("2025-03-02-preview")
    );
    run_in_emulator(&["bash", "-c", &script]);
}
