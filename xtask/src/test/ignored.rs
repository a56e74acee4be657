//! The ignored tests of the workspace: those that need other programs, and those that take long.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::available_parallelism;

use super::steps::{DIST, is_long, lint};
use super::tools::Tools;
use crate::child;
use crate::error::{At as _, Error};

/// The heading of the step that runs all of them, except doc tests.
pub const STEP: &str = "cargo test --workspace --tests -- --ignored --nocapture";

/// The heading of the step that begins those that run beside the next steps.
pub const BESIDE_STEP: &str = "beside";

/// Test programs that run beside all others, because they wait most of the time, or keep one core busy: for clients,
/// for the time after which a request is sent again, for servers that start, and in the long form for the hour of the
/// histories. They need no artefacts. Together they take about as long as the steps beside them and all others.
const BESIDE: [&str; 10] =
    ["batch", "cli", "connections", "crash", "fuzz", "histories", "many_machines", "network", "process", "steer"];

/// The test programs that run beside others.
#[derive(Debug)]
pub struct Beside {
    cargo: Child,
    log: PathBuf,
}

impl Beside {
    fn begin(tools: &Tools) -> Result<Self, Error> {
        let path = tools.root.join("target/beside.log");
        let log = File::create(&path).at(&path)?;
        let mut tests = tests(tools, 1, BESIDE);
        tests.args(["--", "--ignored", "--nocapture"]);
        let cargo = tests.stdout(log.try_clone().at(&path)?).stderr(log).spawn().at(Path::new("cargo"))?;
        Ok(Self { cargo, log: path })
    }

    /// Ends the tests that still run.
    fn kill(&self) {
        // Cargo ends with the test program that it runs.
        let _ = Command::new("pkill").args(["-P", &self.cargo.id().to_string()]).status();
    }

    /// Waits for the end, and prints what the tests have printed.
    fn finish(mut self) -> Result<(), Error> {
        let ended = self.cargo.wait().at(Path::new("cargo"))?;
        print!("\n{}", fs::read_to_string(&self.log).at(&self.log)?);
        if ended.success() { Ok(()) } else { Err(Error::new(format!("One of {} failed.", BESIDE.join(", ")))) }
    }
}

impl Drop for Beside {
    /// Ends the tests if another step has failed.
    fn drop(&mut self) {
        if matches!(self.cargo.try_wait(), Ok(None)) {
            self.kill();
            let _ = self.cargo.wait();
        }
    }
}

/// Begins the tests that run beside the next steps.
pub fn begin_beside(tools: &Tools) -> Result<(), Error> {
    *tools.beside.borrow_mut() = Some(Beside::begin(tools)?);
    Ok(())
}

/// Runs all others, and waits for those that [`begin_beside`] has begun. They load the machine, so only as many run at
/// once as there are cores, and one more beside them.
pub fn run(tools: &Tools) -> Result<(), Error> {
    let begun = tools.beside.borrow_mut().take();
    let beside = begun.map_or_else(|| Beside::begin(tools), Ok)?;
    let cores = available_parallelism().map_or(2, usize::from);
    let programs = programs(tools)?;
    let mut others = tests(tools, cores, programs.iter().map(String::as_str).filter(|name| !BESIDE.contains(name)));
    tools.with_postgres(&mut others)?;
    let others = child::run(others.args(["--lib", "--bins", "--", "--ignored", "--nocapture"]));
    if others.is_err() {
        beside.kill();
    }
    let ended = beside.finish();
    others.and(ended)?;
    // The packages of the libraries are tested outside of the repository, so everything is compiled again.
    if is_long() {
        child::run(&mut tools.line("cargo test --locked --manifest-path xtask/Cargo.toml -- --ignored"))
    } else {
        Ok(())
    }
}

/// Returns the command that runs test programs. All of them are chosen from the whole workspace, so that they are built
/// with the same features.
fn tests<'a>(tools: &Tools, threads: usize, programs: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = tools.line("cargo test --workspace");
    lint(&mut command);
    for program in programs {
        command.args(["--test", program]);
    }
    command.env("RUST_TEST_THREADS", threads.to_string()).env("AZ_TEST_DIST", tools.root.join(DIST));
    command
}

/// Returns the names of the test programs of all crates.
fn programs(tools: &Tools) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    let crates = tools.root.join("crates");
    for entry in fs::read_dir(&crates).at(&crates)? {
        let tests = entry.at(&crates)?.path().join("tests");
        let Ok(entries) = fs::read_dir(&tests) else { continue };
        for entry in entries {
            let path = entry.at(&tests)?.path();
            let is_program =
                path.join("main.rs").is_file() || path.extension().is_some_and(|extension| extension == "rs");
            names.extend(path.file_stem().filter(|_| is_program).map(|name| name.to_string_lossy().into_owned()));
        }
    }
    Ok(names)
}
