//! The table of steps. A step is a command line, or a function if a command line is not enough.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ci_files::ci_files;
use super::ignored;
use super::tools::Tools;
use crate::child;
use crate::error::{At as _, Error};
use crate::release::command::{git, host, output};

/// The folder of the artefacts for the tests.
pub(super) const DIST: &str = "target/test-dist";

/// A step that must succeed.
#[derive(Debug)]
pub struct Step {
    /// The heading: the command line, or the name of a function.
    pub line: &'static str,
    how: How,
    /// Whether it needs none of the tools, so that it runs while they are installed.
    early: bool,
}

#[derive(Debug)]
enum How {
    /// The heading is the command line.
    Line,
    /// The same, with more variables.
    LineWith(&'static [(&'static str, &'static str)]),
    /// The heading is the command line of cargo, which compiles our crates with clippy.
    Linted,
    /// The heading is the command line. Only the long form runs it.
    Long,
    Function(fn(&Tools) -> Result<(), Error>),
}

impl Step {
    const fn line(line: &'static str) -> Self {
        Self { line, how: How::Line, early: false }
    }

    const fn function(name: &'static str, function: fn(&Tools) -> Result<(), Error>) -> Self {
        Self { how: How::Function(function), ..Self::line(name) }
    }

    const fn linted(line: &'static str) -> Self {
        Self { how: How::Linted, ..Self::line(line) }
    }

    const fn long(line: &'static str) -> Self {
        Self { how: How::Long, ..Self::line(line) }
    }

    const fn early(line: &'static str) -> Self {
        Self { early: true, ..Self::line(line) }
    }

    /// Runs the step.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub fn run(&self, tools: &Tools) -> Result<(), Error> {
        if !self.early {
            tools.wait()?;
        }
        let mut command = tools.line(self.line);
        let result = match self.how {
            How::Line => child::run(&mut command),
            How::LineWith(variables) => child::run(command.envs(variables.iter().copied())),
            How::Linted => child::run(lint(&mut command)),
            How::Long if is_long() => child::run(&mut command),
            How::Long => {
                println!("Only the long form runs it: AZ_LONG=1.");
                Ok(())
            }
            How::Function(function) => function(tools),
        };
        result.map_err(|error| Error::new(format!("the step '{}' failed. {error}", self.line)))
    }
}

/// Lets cargo compile the crates of its workspace with clippy, whose warnings are errors. `cargo clippy` would read all
/// crates once more. Programs that the tests start do not inherit it, as they would inherit a variable.
pub(super) fn lint(cargo: &mut Command) -> &mut Command {
    cargo.args(["--config", "build.rustc-workspace-wrapper='scripts/lib/clippy-rustc'"])
}

/// The steps in their order.
pub const STEPS: &[Step] = &[
    Step::early("cargo fmt --all --check"),
    Step::early("cargo fmt --manifest-path xtask/Cargo.toml --check"),
    Step::early("cargo fmt --manifest-path examples/chat-backend/Cargo.toml --check"),
    Step { early: true, ..Step::linted("cargo test --workspace --no-run") },
    // The steps `portable` and `examples/chat-backend` do the same with the crates that they compile.
    Step::long("cargo clippy --workspace --all-targets --all-features -- -D warnings --cfg portable_system"),
    // The test kit uses the crate without SQLite. The whole workspace turns it on.
    Step::long("cargo clippy -p acs-identity-emulator --no-default-features --all-targets -- -D warnings"),
    Step {
        how: How::LineWith(&[("RUSTDOCFLAGS", "-D warnings")]),
        ..Step::early("cargo doc --workspace --no-deps --quiet")
    },
    Step::function("markdown", markdown),
    Step::function("ci_files", ci_files),
    Step::line("node --test --test-reporter=spec tests/page/sources/sources.test.mjs"),
    Step::function("cargo test --workspace", workspace),
    // It has the test kit as its users build it: without SQLite, with the other provider of cryptography.
    Step::function("examples/chat-backend", chat_backend),
    Step::function("portable", portable),
    Step::linted("cargo test --locked --manifest-path xtask/Cargo.toml"),
    // The program is built alone, without the features that other crates of the workspace need.
    Step::line("cargo test -p az-communication --test network the_program_has_no_call"),
    Step::function(ignored::BESIDE_STEP, ignored::begin_beside),
    Step::function("readme_command", readme_command),
    Step::function("page", page),
    // This only checks that the benchmark works.
    Step::line("bench/run --smoke"),
    Step::function("artefacts", artefacts),
    Step::function(ignored::STEP, ignored::run),
];

/// The examples of the documents. `cargo test --workspace` runs them, too.
pub static EXAMPLES: Step = Step::line("cargo test -p az-communication --test docs");

/// Runs the tests of the workspace. Those of the store use a PostgreSQL server, too.
fn workspace(tools: &Tools) -> Result<(), Error> {
    let mut cargo = tools.line("cargo test --workspace");
    tools.with_postgres(&mut cargo)?;
    child::run(lint(&mut cargo))
}

fn markdown(tools: &Tools) -> Result<(), Error> {
    let files = output(git(&tools.root).args(["ls-files", "*.md"]))?;
    let folder = tools.folder("XTASK_DOCS")?.join("node_modules");
    let mut lint = tools.command(folder.join(".bin/markdownlint-cli2"));
    child::run(lint.args(["--config", "tests/docs/.markdownlint-cli2.jsonc"]).args(files.lines()))?;
    let links = format!("{}=repository:false", folder.join("remark-validate-links/index.js").display());
    let mut remark = tools.command(folder.join(".bin/remark"));
    child::run(remark.args(["--frail", "--no-stdout", "--quiet", "--use", &links]).args(files.lines()))
}

/// Runs the tests with the code for systems other than Unix on this system (docs/decisions/other-systems.md). The short
/// form leaves out programs in which no test depends on the system.
fn portable(tools: &Tools) -> Result<(), Error> {
    // With the whole workspace, all features are those of the step before, so only our own crates are built again.
    let line = "cargo test --workspace --lib --test systems --test cli --test batch --test emulator --test network \
                --config=build.rustc-workspace-wrapper='scripts/lib/portable-clippy-rustc'";
    let mut cargo = tools.line(line);
    if is_long() {
        cargo.args(["--test", "golden", "--test", "beyond", "--test", "service"]);
    }
    child::run(&mut cargo)
}

/// Runs the tests of the example, which is a workspace of its own. They are compiled with clippy, so that nothing is
/// compiled twice. It shares the folder and the profile of the workspace: half of its dependencies are there already.
fn chat_backend(tools: &Tools) -> Result<(), Error> {
    let line = "cargo test --locked --manifest-path examples/chat-backend/Cargo.toml --test service \
                --config=profile.dev.package.aws-lc-sys.opt-level=1";
    let mut cargo = tools.line(line);
    cargo.env("CARGO_TARGET_DIR", tools.root.join("target"));
    child::run(cargo.env("RUSTC_WRAPPER", tools.root.join("scripts/lib/own-clippy-rustc")))
}

/// Runs the README's first command unchanged. The benchmark measures its program, too.
fn readme_command(tools: &Tools) -> Result<(), Error> {
    let path = tools.root.join("README.md");
    let readme = fs::read_to_string(&path).at(&path)?;
    let line = first_command(&readme).ok_or_else(|| Error::new("README.md has no 'cargo run' under 'Try it'."))?;
    let said = output(tools.command("bash").args(["-c", line]).stderr(Stdio::inherit()))?;
    if said.contains("\"token\": \"eyJ") { Ok(()) } else { Err(Error::new(format!("It printed no token:\n{said}"))) }
}

fn first_command(readme: &str) -> Option<&str> {
    let (_, section) = readme.split_once("\n## Try it")?;
    let section = section.split("\n## ").next()?;
    section.lines().find_map(|line| line.strip_prefix("$ ").filter(|line| line.starts_with("cargo run ")))
}

/// Runs the end-to-end tests of the emulator's page in Chromium. They take the program that was built last.
fn page(tools: &Tools) -> Result<(), Error> {
    let files = test_files(&tools.root.join("tests/page"))?;
    let mut node = tools.line("node --test --test-reporter=spec --test-concurrency=2");
    child::run(node.args(files))
}

/// Returns the paths of the test files of JavaScript in a folder, but not below it.
fn test_files(folder: &Path) -> Result<BTreeSet<PathBuf>, Error> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.insert(path);
        }
    }
    Ok(files)
}

/// Makes the artefacts. The short form makes some of them, with the program that the benchmark has built.
fn artefacts(tools: &Tools) -> Result<(), Error> {
    let dist = tools.root.join(DIST);
    match fs::remove_dir_all(&dist) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).at(&dist),
        _ => {}
    }
    let mut xtask = tools.line("cargo xtask release --allow-dirty --dist target/test-dist");
    if !is_long() {
        let program = tools.root.join("target").join(host()?).join("release/az");
        xtask.args(["--only", "tarball,sbom,wheel,npm,deb,image", "--program"]).arg(program);
    }
    child::run(&mut xtask)
}

/// Returns whether the tests run in their long form.
pub(super) fn is_long() -> bool {
    std::env::var_os("AZ_LONG").is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{first_command, test_files};

    #[test]
    fn the_first_command_is_the_one_under_try_it() {
        let readme =
            "# A\n$ cargo run no\n## Try it\ntext\n```console\n$ cargo run --release -- x\n$ cargo run later\n## B\n";
        assert_eq!(first_command(readme), Some("cargo run --release -- x"));
        assert_eq!(first_command("# A\n## Try it\n## B\n$ cargo run x\n"), None);
    }

    #[test]
    fn the_tests_of_the_page_are_found() {
        let folder = crate::root().join("tests/page");
        let files = test_files(&folder).unwrap();
        assert!(files.contains(&folder.join("security.test.mjs")), "{files:?}");
        assert!(files.iter().all(|file| file.parent() == Some(&folder)), "{files:?}");
    }

    #[test]
    fn the_readme_of_this_repository_has_one() {
        let readme = std::fs::read_to_string(crate::root().join("README.md")).unwrap();
        assert!(first_command(&readme).is_some());
    }
}
