//! Scripts that compare with Python, in the environment that `scripts/test.sh` installs.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::Folder;

/// Returns the seed of the generators: the default of CI, another number, or `random`.
pub fn seed() -> String {
    match std::env::var("AZ_TEST_SEED") {
        Ok(seed) if seed == "random" => std::process::id().to_string(),
        Ok(seed) => seed,
        Err(_) => "20261123".into(),
    }
}

/// Runs a script of tests/differential with these arguments, the program under test and an empty folder. Returns its
/// output, one line of JSON for each case.
pub fn cases(script: &str, arguments: &[&str]) -> Vec<Value> {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let folder = Folder::new();
    let path = format!("{}/tests/differential/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(python);
    command.arg(path).args(arguments).arg(super::AZ).arg(folder.path()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{script}: {}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
