//! Tests of the Python kit, from the built wheel.

use std::path::Path;

use super::dist::{artefact, repository, stdout};
use super::support::{Folder, other_program};

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_suites_of_the_python_kit_pass_in_a_fresh_environment() {
    let python = std::env::var("AZ_TEST_KIT_PYTHON").expect("AZ_TEST_KIT_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let suites = repository().join("tests/kits/python/run.py");
    let mut command = other_program(Path::new(&python).to_str().unwrap(), &home);
    println!("{}", stdout(command.arg(suites).arg(artefact(".whl"))));
}
