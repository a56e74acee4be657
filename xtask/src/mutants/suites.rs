//! The tests that try to catch a defect. Fast suites run first, and the search ends with the first failed test.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::defect::Defect;
use super::tree::Tree;
use super::watch::{End, end_left_behind, until_first_failure};
use crate::error::Error;

/// The crate of the program.
const PROGRAM: &str = "az-communication";
/// A suite with a defect may take this many times as long as without one, and some seconds more.
const PATIENCE: f64 = 5.0;

/// The verdict about a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A test of this suite failed.
    Caught(String),
    /// A test of this suite did not end in time.
    TooSlow(String),
    /// All tests passed.
    Missed,
    /// The defect is not valid Rust.
    DoesNotCompile,
    /// The function of the defect no longer exists.
    Gone,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::Caught(suite) => format!("caught by {suite}"),
            Self::TooSlow(suite) => format!("caught by {suite}: too slow"),
            Self::Missed => "missed".into(),
            Self::DoesNotCompile => "does not compile".into(),
            Self::Gone => "gone".into(),
        })
    }
}

/// A program with tests.
#[derive(Debug, Clone)]
struct Suite {
    name: String,
    /// The folder of its crate, where cargo runs it.
    folder: PathBuf,
    program: PathBuf,
    /// How long it takes without a defect, in seconds.
    seconds: f64,
}

/// The tests of the workspace.
#[derive(Debug)]
pub struct Suites {
    /// The end-to-end tests of the program, the fastest first. They run the file `az`, so they are not built again for
    /// each defect.
    end_to_end: Vec<Suite>,
    /// How long the tests take that are linked with the code of a crate, in seconds.
    of_crates: BTreeMap<String, f64>,
}

impl Suites {
    /// Builds all tests, and runs each once without a defect.
    ///
    /// # Errors
    ///
    /// When they cannot be built, or one fails.
    pub fn prepare(tree: &Tree) -> Result<Self, Error> {
        let built = build(tree, &format!("test --package {PROGRAM} --tests"))?;
        let mut built = built.ok_or_else(|| Error::new("the tests do not compile, without any defect."))?;
        built.retain(|suite| suite.name != "unit tests");
        // The last build of the program is the one that is used.
        if !build_program(tree)? {
            return Err(Error::new("the program does not compile, without any defect."));
        }
        for suite in &mut built {
            suite.seconds = passes(tree, suite)?;
        }
        built.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let mut of_crates = BTreeMap::new();
        for package in packages(tree)? {
            let mut seconds = 0.0;
            for suite in build(tree, &tests_of(&package))?.unwrap_or_default() {
                seconds += passes(tree, &suite)?;
            }
            of_crates.insert(package, seconds);
        }
        Ok(Self { end_to_end: built, of_crates })
    }

    /// Tries a defect.
    ///
    /// # Errors
    ///
    /// When it cannot be applied to the code, or a test cannot be started.
    pub fn verdict(&self, tree: &Tree, defect: &Defect) -> Result<Verdict, Error> {
        let verdict = tree.with(defect, || self.try_all(tree, &defect.package));
        end_left_behind(&tree.target);
        verdict
    }

    fn try_all(&self, tree: &Tree, package: &str) -> Result<Verdict, Error> {
        let limit = |seconds: f64| Duration::from_secs_f64(seconds * PATIENCE + 30.0);
        let Some(own) = build(tree, &tests_of(package))? else { return Ok(Verdict::DoesNotCompile) };
        let seconds = self.of_crates.get(package).copied().unwrap_or_default();
        for suite in &own {
            if let Some(verdict) = verdict_of(suite, run(tree, suite, limit(seconds))?) {
                return Ok(verdict);
            }
        }
        if !build_program(tree)? {
            return Ok(Verdict::DoesNotCompile);
        }
        for suite in &self.end_to_end {
            if let Some(verdict) = verdict_of(suite, run(tree, suite, limit(suite.seconds))?) {
                return Ok(verdict);
            }
        }
        Ok(Verdict::Missed)
    }
}

/// Returns the arguments for the tests of a crate that are linked with its code. The other tests of the program's crate
/// run the program.
fn tests_of(package: &str) -> String {
    let kinds = if package == PROGRAM { "--lib" } else { "--lib --tests" };
    format!("test --package {package} {kinds}")
}

fn verdict_of(suite: &Suite, end: End) -> Option<Verdict> {
    match end {
        End::Passed => None,
        End::Failed(_) => Some(Verdict::Caught(suite.name.clone())),
        End::TooSlow => Some(Verdict::TooSlow(suite.name.clone())),
    }
}

/// Returns the crates of the workspace.
fn packages(tree: &Tree) -> Result<Vec<String>, Error> {
    let text = crate::release::command::output(&mut tree.cargo("metadata --no-deps --format-version 1"))?;
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Error::new(format!("cargo metadata: {error}")))?;
    let names = value["packages"].as_array().into_iter().flatten().filter_map(|package| package["name"].as_str());
    Ok(names.map(ToOwned::to_owned).collect())
}

fn build_program(tree: &Tree) -> Result<bool, Error> {
    let mut cargo = tree.cargo(&format!("build --quiet --package {PROGRAM} --bin az"));
    let status = cargo.stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(status.map_err(|error| Error::new(format!("cargo cannot be started: {error}")))?.success())
}

/// Builds tests. Returns their programs, or `None` if they do not compile.
fn build(tree: &Tree, line: &str) -> Result<Option<Vec<Suite>>, Error> {
    let mut cargo = tree.cargo(line);
    cargo.args(["--no-run", "--quiet", "--message-format", "json"]).stderr(Stdio::null());
    let output = cargo.output().map_err(|error| Error::new(format!("cargo cannot be started: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success().then(|| text.lines().filter_map(suite).collect()))
}

/// Parses a line of cargo about a suite that was built.
fn suite(line: &str) -> Option<Suite> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_test = value["reason"] == "compiler-artifact" && value["profile"]["test"] == true;
    let program = value["executable"].as_str().filter(|_| is_test)?;
    let is_library = value["target"]["kind"].as_array()?.iter().any(|kind| kind == "lib");
    let name = if is_library { "unit tests" } else { value["target"]["name"].as_str()? };
    let folder = Path::new(value["manifest_path"].as_str()?).parent()?;
    Some(Suite { name: name.to_owned(), folder: folder.to_owned(), program: program.into(), seconds: 30.0 })
}

/// Runs a suite that must pass. Returns how long it takes, in seconds.
fn passes(tree: &Tree, suite: &Suite) -> Result<f64, Error> {
    let start = Instant::now();
    match run(tree, suite, Duration::from_secs(300))? {
        End::Passed => Ok(start.elapsed().as_secs_f64()),
        End::Failed(test) => Err(Error::new(format!("{test} of {} fails without any defect.", suite.name))),
        End::TooSlow => Err(Error::new(format!("{} takes longer than 300 s without any defect.", suite.name))),
    }
}

fn run(tree: &Tree, suite: &Suite, limit: Duration) -> Result<End, Error> {
    let mut command = tree.command(&suite.program);
    command.current_dir(&suite.folder).env("CARGO_MANIFEST_DIR", &suite.folder);
    until_first_failure(&mut command, limit)
}

#[cfg(test)]
mod tests {
    use super::suite;

    #[test]
    fn cargo_says_which_tests_it_has_built() {
        let line = r#"{"reason":"compiler-artifact","profile":{"test":true},"executable":"/t/cli-1","target":{"kind":["test"],"name":"cli"},"manifest_path":"/r/c/Cargo.toml"}"#;
        let suite = suite(line).unwrap();
        assert_eq!(
            (suite.name.as_str(), suite.folder.to_str(), suite.program.to_str()),
            ("cli", Some("/r/c"), Some("/t/cli-1"))
        );
        assert!(super::suite(&line.replace("true", "false")).is_none());
    }
}
