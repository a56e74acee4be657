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

use support::emulator::Emulator;
use support::schemathesis::{self, CONTROL, SECRET, SECRET_VARIABLE, SERVICE, STOP, operations_and_answered};
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

/// Lets Schemathesis call the operation that ends the emulator. After each end, the next emulator starts on the same
/// port.
fn stop_again_and_again(answers: &Path) {
    let home = Folder::new();
    let options = ["--in-memory", "--control-secret", SECRET];
    let mut emulator = Emulator::start(&home, &options);
    let port = emulator.port().to_string();
    let command = schemathesis::command("stop_hooks", "", STOP, answers);
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
                schemathesis::command("service_hooks", &format!("?api-version={version}"), SERVICE, &file(version));
            scope.spawn(move || run_in(&["--token-endpoint"], &["bash", "-c", &command]));
        }
        let command = schemathesis::command("control_hooks", "", CONTROL, &file("control"));
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
