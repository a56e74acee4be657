//! Tests of the Python kit. They are in tests/kits/python, and use the built wheel in a fresh environment and folder.

use super::dist::{artefact, repository};
use super::support::{Folder, other_program};

#[test]
#[ignore = "needs the artefacts and the Python packages of scripts/test.sh"]
fn the_python_kit() {
    let python = std::env::var("AZ_TEST_KITS_PYTHON").expect("AZ_TEST_KITS_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let mut command = other_program(&python, &home);
    let output = command.arg(repository().join("tests/kits/python/run.py")).arg(artefact(".whl")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{}{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
}
