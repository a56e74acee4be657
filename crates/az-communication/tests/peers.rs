//! The official SDKs against `emulator run`. They need packages that `scripts/test.sh` installs.

mod support;

use std::process::Command;

use support::AZ;

fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run_in_emulator(words: &[&str]) {
    // The whole environment of the developer is kept: proxies, certificates and all must not get in the way.
    let status = Command::new(AZ)
        .args(["communication", "emulator", "run", "--"])
        .args(words)
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .status()
        .unwrap();
    assert!(status.success(), "{words:?} ended with {status}");
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
