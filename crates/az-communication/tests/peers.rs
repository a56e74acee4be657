//! Tests with the official SDKs, and with Schemathesis and the emulator's own OpenAPI document, against `emulator run`.
//! They need packages that `scripts/test.sh` installs. `peers/` has the kits for languages without a package of ours.
#![cfg(unix)]

#[path = "peers/dotnet.rs"]
mod dotnet;
#[path = "docs/examples.rs"]
mod examples;
#[path = "peers/java.rs"]
mod java;
#[path = "peers/kit.rs"]
mod kit;
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use support::emulator::Emulator;
use support::{AZ, Folder};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run_in_emulator(words: &[&str]) {
    run_in(&[], words);
}

/// Runs a command in an emulator with options.
fn run_in(options: &[&str], words: &[&str]) {
    // The developer's environment is kept, with proxies and certificates, because it must not affect the run.
    let output = Command::new(AZ)
        .args(["communication", "emulator", "run"])
        .args(options)
        .arg("--")
        .args(words)
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(SECRET_VARIABLE, SECRET)
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
    let modules = Path::new(&packages).join("node_modules");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).unwrap();
    run_in_emulator(&["node", "--test", test.to_str().unwrap()]);
}

/// The paths of the service, of the documents, and of the endpoint for web pages.
const SERVICE: &str = "^(?!/emulator/(?!(token|ca[.]pem|)$))";
/// The paths of the control API. Their operations would disturb the others.
const CONTROL: &str = "^/emulator/(?!(token|ca[.]pem|stop|)$)";
const STOP: &str = "^/emulator/stop$";
const SECRET: &str = "the-control-secret-of-the-tests-0123456789";
const SECRET_VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET";

/// Returns a command that runs Schemathesis against the emulator of AZURE_COMMUNICATION_ENDPOINT, with hooks of
/// tests/peers/python. The hooks write the statuses of each operation to a file. `AZ_TEST_SEED=random` (or a number)
/// selects another seed.
fn schemathesis_command(hooks: &str, query: &str, paths: &str, answers: &Path) -> String {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let program = Path::new(&python).with_file_name("schemathesis");
    // The seed is fixed, so the examples are the same in each run.
    let examples = if std::env::var_os("AZ_LONG").is_some() { 100 } else { 25 };
    // Schemathesis keeps a folder with its examples in the current folder.
    format!(
        "export SCHEMATHESIS_HOOKS={hooks} PYTHONPATH=$PWD/tests/peers/python AZ_TEST_ANSWERS='{}' && \
         cd \"$(mktemp -d)\" && '{}' run \"$AZURE_COMMUNICATION_ENDPOINT/openapi.json{query}\" \
         --url \"$AZURE_COMMUNICATION_ENDPOINT\" --include-path-regex '{paths}' --checks all --max-examples {examples} \
         --seed {} --continue-on-failure --warnings off --no-color; code=$?; rm -rf \"$PWD\"; exit $code",
        answers.display(),
        program.display(),
        support::python::seed()
    )
}

/// Lets Schemathesis call the operation that ends the emulator. After each end, the next emulator starts on the same
/// port.
fn stop_again_and_again(answers: &Path) {
    let home = Folder::new();
    let options = ["--in-memory", "--control-secret", SECRET];
    let mut emulator = Emulator::start(&home, &options);
    let port = emulator.port().to_string();
    let command = schemathesis_command("stop_hooks", "", STOP, answers);
    let mut schemathesis = Command::new("bash")
        .args(["-c", &command])
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AZURE_COMMUNICATION_ENDPOINT", format!("http://localhost:{port}"))
        .env(SECRET_VARIABLE, SECRET)
        .env("no_proxy", "localhost")
        .spawn()
        .unwrap();
    let status = loop {
        if let Some(status) = schemathesis.try_wait().unwrap() {
            break status;
        }
        if let Some(end) = emulator.child.try_wait().unwrap() {
            assert!(end.success(), "the emulator ended with {end}");
            let start = ["communication", "emulator", "start", "--port", &port];
            emulator = Emulator::from_command(support::az(&home).args(start).args(options));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "Schemathesis ended with {status}");
}

/// Returns the operations of the document of a run, and those that were answered with 2xx.
fn operations_and_answered(answers: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let recorded: Value = serde_json::from_slice(&std::fs::read(answers).unwrap()).unwrap();
    let operations = recorded["operations"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    let is_answered = |statuses: &Value| statuses.as_object().unwrap().keys().any(|status| status.starts_with('2'));
    let answered = recorded["answers"].as_object().unwrap().iter().filter(|(_, statuses)| is_answered(statuses));
    (operations.collect(), answered.map(|(name, _)| name.clone()).collect())
}

/// Sends thousands of requests according to the emulator's OpenAPI document, with all checks of Schemathesis. Each
/// operation must be answered with 2xx.
///
/// * The operations of the service are called with an access key, for the newest version and for the preview with the
///   most operations.
/// * The operations of the control API are called with the control secret, in an emulator of their own. They change the
///   clock, the access keys and the identities, but not the control secret. Faults never hit them.
/// * `/emulator/stop` is called in a third emulator, which starts again after each call.
#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn schemathesis() {
    let folder = Folder::new();
    let file = |name: &str| folder.path().join(name);
    let versions = ["2026-09-23", "2025-03-02-preview"];
    std::thread::scope(|scope| {
        for version in versions {
            let command =
                schemathesis_command("service_hooks", &format!("?api-version={version}"), SERVICE, &file(version));
            scope.spawn(move || run_in(&["--token-endpoint"], &["bash", "-c", &command]));
        }
        let command = schemathesis_command("control_hooks", "", CONTROL, &file("control"));
        scope.spawn(move || run_in(&[], &["bash", "-c", &command]));
        let answers = file("stop");
        scope.spawn(move || stop_again_and_again(&answers));
    });
    let of_control = ["control", "stop"].map(|name| operations_and_answered(&file(name)).1);
    for version in versions {
        let (operations, answered) = operations_and_answered(&file(version));
        let answered: BTreeSet<String> = of_control.iter().fold(answered, |all, more| &all | more);
        let missing: Vec<&String> = operations.difference(&answered).collect();
        assert!(missing.is_empty(), "{version}: never answered with 2xx: {missing:#?}");
    }
}
