//! The official SDKs, and Schemathesis with the emulator's own description, against `emulator run`. They need packages that `scripts/test.sh` installs.

mod support;

use std::process::Command;

use support::AZ;

fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run_in_emulator(words: &[&str]) {
    // The whole environment of the developer is kept: proxies, certificates and all must not get in the way.
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
    assert!(std::env::var("AZ_TEST_NODE_PACKAGES").is_ok(), "AZ_TEST_NODE_PACKAGES: run scripts/test.sh");
    run_in_emulator(&["node", "--test", "tests/peers/javascript/identity.test.mjs"]);
}

/// Thousands of requests by what the emulator says of itself, for the newest version and for the preview that has most.
/// Left out: new access keys, which would end the signatures, and the two checks that send requests without or with a wrong
/// signature, because the hook signs them all (tests/emulator.rs has those).
#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn schemathesis() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let command = std::path::Path::new(&python).with_file_name("schemathesis");
    let run = |version: &str| {
        format!(
            "'{}' run \"$AZURE_COMMUNICATION_ENDPOINT/openapi.json?api-version={version}\" \
             --url \"$AZURE_COMMUNICATION_ENDPOINT\" --exclude-path /emulator/regenerate-key --checks all \
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
