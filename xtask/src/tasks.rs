//! The table of commands.

use std::fmt::Write as _;
use std::path::Path;

use crate::child;
use crate::error::Error;
use crate::options::Options;
use crate::words::Words;
use crate::{golden, release, soak, test};

/// A command of `cargo xtask`.
struct Task {
    name: &'static str,
    /// The words after its name.
    usage: &'static str,
    /// What it does, one sentence per line.
    summary: &'static str,
    run: fn(&Path, &[String]) -> Result<(), Error>,
}

/// The commands in the order in which help lists them.
const TASKS: &[Task] = &[
    Task {
        name: "build",
        usage: "[--release]",
        summary: "Builds the workspace; with --release, the program as the benchmark measures it.",
        run: build,
    },
    Task {
        name: "test",
        usage: "[--list] [WORD…]",
        summary: "Runs every test that CI runs. With words: only the steps whose lines contain one of them.",
        run: test::run,
    },
    Task {
        name: "golden",
        usage: "[--capture AZ [--cases FILE] [--out DIR] [--jobs N]] [--group NAME,…] [--case ID]",
        summary: "Runs the golden cases: all, those of some groups, or one. With --capture: captures them from a real az.",
        run: golden::run,
    },
    Task {
        name: "docs",
        usage: "",
        summary: "Checks the documents, their examples and the doc comments.",
        run: test::docs,
    },
    Task {
        name: "bench",
        usage: "[--smoke] [PART…]",
        summary: "Runs the benchmark. Its parts: token, local, query, emulator, startup.",
        run: bench,
    },
    #[cfg(unix)]
    Task {
        name: "compare",
        usage: "BEFORE AFTER [--count N] [--seed N] [--jobs N] [--only ID]",
        summary: "Compares two builds of the program on the golden cases and generated command lines.",
        run: crate::compare::run,
    },
    #[cfg(unix)]
    Task {
        name: "mutants",
        usage: "[--count N] [--seed N] [--commit COMMIT] [--list FILE] [--dry-run]",
        summary: "Tries defects that are drawn from the workspace or read from a list, and prints which ones the tests catch.",
        run: crate::mutants::run,
    },
    Task {
        name: "release",
        usage: "[--only NAME,…] [--dist DIR] [--program FILE] [--jobs N] [--deb-revision N] [--allow-dirty]",
        summary: "Builds the program and writes all artefacts and their SHA256SUMS into dist/ (docs/releasing.md).",
        run: |root, words| release::release(root, &Options::read(words)?),
    },
    Task {
        name: "program",
        usage: "[--jobs N]",
        summary: "Builds the program as `release` does, and prints its path.",
        run: |root, words| {
            println!("{}", release::program(root, &Options::read(words)?)?.display());
            Ok(())
        },
    },
    Task {
        name: "soak",
        usage: "",
        summary: "Runs all tests in their long form.",
        run: |root, words| {
            Words::new(words).end()?;
            soak::run(root)
        },
    },
];

/// Runs the command that the words name.
///
/// # Errors
///
/// When there is no such command, or it fails.
pub fn run(root: &Path, words: &[String]) -> Result<(), Error> {
    let (name, rest) = words.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    if matches!(name, "-h" | "--help" | "help") || rest.iter().any(|word| word == "-h" || word == "--help") {
        print!("{}", help());
        return Ok(());
    }
    match TASKS.iter().find(|task| task.name == name) {
        Some(task) => (task.run)(root, rest),
        None => Err(Error::new(format!("'{name}' is not a command of xtask.\n{}", help()))),
    }
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask COMMAND\n");
    for task in TASKS {
        let _ = write!(text, "\n{}\n    {}\n", format!("{} {}", task.name, task.usage).trim_end(), task.summary);
    }
    let _ = write!(
        text,
        "\nOptions of release:\n\
         \x20   --only          Writes these artefacts only, in any order: {}.\n\
         \x20   --dist          Writes into this folder.\n\
         \x20   --program       Packs a program that is already built. Its paths are not checked.\n\
         \x20   --jobs          Compiles this number of crates at once. The default is one per core.\n\
         \x20   --deb-revision  The revision of the Debian package of this version, from 1.\n\
         \x20   --allow-dirty   Releases a tree with uncommitted changes.\n",
        release::names().join(", ")
    );
    text
}

fn build(root: &Path, words: &[String]) -> Result<(), Error> {
    let mut words = Words::new(words);
    let release = words.flag("--release");
    words.end()?;
    let line =
        if release { "cargo build --release --locked -p az-communication" } else { "cargo build --workspace --locked" };
    child::run(&mut child::line(root, line))
}

fn bench(root: &Path, words: &[String]) -> Result<(), Error> {
    child::run(child::command(root, root.join("bench/run")).args(words))
}

#[cfg(test)]
mod tests {
    use super::{TASKS, help, run};

    #[test]
    fn help_lists_every_command() {
        let text = help();
        for task in TASKS {
            assert!(text.contains(&format!("\n{}", task.name)), "{} is missing in\n{text}", task.name);
            assert!(text.contains(task.summary), "{}", task.name);
        }
    }

    #[test]
    fn an_unknown_command_is_refused() {
        let error = run(std::path::Path::new("/"), &["tset".into()]).unwrap_err().to_string();
        assert!(error.starts_with("'tset' is not a command of xtask.\nUsage: cargo xtask COMMAND\n"), "{error}");
    }
}
