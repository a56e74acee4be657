//! Schemathesis, which sends requests according to the emulator's OpenAPI document.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// The paths of the service, of the documents, and of the endpoint for web pages.
pub const SERVICE: &str = "^(?!/emulator/(?!(token|ca[.]pem|)$))";
/// The paths of the control API. Their operations would disturb the others.
pub const CONTROL: &str = "^/emulator/(?!(token|ca[.]pem|stop|)$)";
pub const STOP: &str = "^/emulator/stop$";
pub const SECRET: &str = "the-control-secret-of-the-tests-0123456789";
pub const SECRET_VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET";

/// Returns a command that runs Schemathesis against the emulator of AZURE_COMMUNICATION_ENDPOINT, with hooks of
/// tests/peers/python. The hooks write the statuses of each operation to a file. `AZ_TEST_SEED=random` (or a number)
/// selects another seed.
pub fn command(hooks: &str, query: &str, paths: &str, answers: &Path) -> String {
    command_in(if is_long() { Extent::Long } else { Extent::Usual }, hooks, query, paths, answers)
}

fn is_long() -> bool {
    std::env::var_os("AZ_LONG").is_some()
}

/// How many requests Schemathesis sends.
#[derive(Clone, Copy)]
pub enum Extent {
    /// A few valid ones of each operation, for a test that cares about where they arrive.
    Brief,
    Usual,
    Long,
}

impl Extent {
    pub fn brief() -> Self {
        if is_long() { Self::Long } else { Self::Brief }
    }

    fn options(self) -> &'static str {
        match self {
            Self::Brief => "--phases examples,fuzzing --mode positive --max-examples 7",
            Self::Usual => "--max-examples 25",
            Self::Long => "--max-examples 100",
        }
    }
}

/// Does the same to that extent.
pub fn command_in(extent: Extent, hooks: &str, query: &str, paths: &str, answers: &Path) -> String {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let program = Path::new(&python).with_file_name("schemathesis");
    // The seed is fixed, so the examples are the same in each run.
    let extent = extent.options();
    // Schemathesis keeps a folder with its examples in the current folder.
    format!(
        "export SCHEMATHESIS_HOOKS={hooks} PYTHONPATH=$PWD/tests/peers/python AZ_TEST_ANSWERS='{}' && \
         cd \"$(mktemp -d)\" && '{}' run \"$AZURE_COMMUNICATION_ENDPOINT/openapi.json{query}\" \
         --url \"$AZURE_COMMUNICATION_ENDPOINT\" --include-path-regex '{paths}' --checks all {extent} \
         --seed {} --continue-on-failure --warnings off --no-color; code=$?; rm -rf \"$PWD\"; exit $code",
        answers.display(),
        program.display(),
        super::python::seed()
    )
}

/// Returns the operations of the document of a run, and those that were answered with 2xx.
pub fn operations_and_answered(answers: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let recorded: Value = serde_json::from_slice(&std::fs::read(answers).unwrap()).unwrap();
    let operations = recorded["operations"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    let is_answered = |statuses: &Value| statuses.as_object().unwrap().keys().any(|status| status.starts_with('2'));
    let answered = recorded["answers"].as_object().unwrap().iter().filter(|(_, statuses)| is_answered(statuses));
    (operations.collect(), answered.map(|(name, _)| name.clone()).collect())
}
