//! Tests that README, docs and comments are correct: every command line in a `console` block runs and prints the lines
//! below it, and every named file exists.
//!
//! A comment before a block says how it is run:
//!
//! * `<!-- not run: REASON -->`: it is not run. The number of these comments is printed.
//! * `<!-- setup: COMMANDS -->`: these shell commands run before it.
//! * `<!-- typed: TEXT -->`: stdin is a terminal on which this text is typed.
//! * `<!-- stopped -->`: its last command runs until it has printed a line, and is then stopped by SIGINT.
//!
//! The blocks of a file share one shell. Ids, tokens, dates, numbers and widths of columns are not compared, and `…`
//! matches any text.
#![cfg(unix)]

#[path = "docs/examples.rs"]
mod examples;
#[path = "docs/text.rs"]
mod text;

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::emulator::Emulator;
use support::{AZ, Folder, say};

/// Returns the repository's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the files of the repository, relative to its root.
fn files() -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let output = git.output().expect("git is needed to list the files");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_command_line_of_the_docs_runs_or_says_why_not() {
    let documents: Vec<String> = files().into_iter().filter(|file| file.ends_with(".md")).collect();
    let (mut commands, mut marks, mut failures) = (0, Vec::new(), Vec::new());
    for document in &documents {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let blocks = examples::blocks(&text);
        marks.extend(blocks.iter().filter_map(|block| Some((document.clone(), block.line, block.not_run.clone()?))));
        let blocks: Vec<_> = blocks.into_iter().filter(|block| block.not_run.is_none()).collect();
        if blocks.is_empty() {
            continue;
        }
        let home = Folder::new();
        let emulator = Emulator::in_memory(&home);
        home.write("bin/.keep", "");
        for name in ["az", "az-communication"] {
            std::os::unix::fs::symlink(AZ, home.path().join("bin").join(name)).unwrap();
        }
        let mut shell = emulator.az(&home);
        let variables: Vec<_> =
            shell.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
        // The time of an example is limited, so that it cannot block the tests.
        shell = Command::new("timeout");
        shell.args(["--kill-after=5", "120", "bash"]);
        shell.env_clear().current_dir(home.path());
        for (name, value) in variables {
            shell.env(name, value.unwrap_or_default());
        }
        let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
        shell.env("PATH", path).env("AZURE_COMMUNICATION_EMULATOR_PORT", "0").env("COLUMNS", "200");
        for block in &blocks {
            commands += block.commands.len();
        }
        failures.extend(
            examples::run(&mut shell, &blocks, home.path()).into_iter().map(|what| format!("{document}:{what}")),
        );
    }
    say(&format!("{commands} command lines of the docs were run; {} blocks carry a mark:", marks.len()));
    for (document, line, reason) in &marks {
        say(&format!("  {document}:{line}: {reason}"));
    }
    assert!(commands > 0, "there are no examples");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_file_that_docs_and_comments_name_exists() {
    let files = files();
    let mut missing = Vec::new();
    for file in &files {
        let Some(is_prose) = text::kind(file) else { continue };
        let Ok(content) = std::fs::read_to_string(root().join(file)) else { continue };
        for (number, line) in content.lines().enumerate() {
            let prose = if is_prose { line } else { text::comment(line) };
            for name in text::file_names(prose) {
                let exists = files.iter().any(|known| known == name || known.ends_with(&format!("/{name}")));
                // A document can give a file to its reader, with a block of this name.
                let is_given = content.contains(&format!("<!-- file: {name} -->"));
                if !exists && !is_given && !text::is_elsewhere(name) {
                    missing.push(format!("{file}:{}: {name}", number + 1));
                }
            }
        }
    }
    assert!(missing.is_empty(), "these files are named and not there:\n{}", missing.join("\n"));
}

#[test]
fn the_docs_list_every_exit_code_with_its_meaning() {
    use az_communication::report::exit_code::MEANINGS;
    let page = std::fs::read_to_string(root().join("docs/exit-codes.md")).unwrap();
    let listed: Vec<&str> =
        page.lines().skip_while(|line| !line.starts_with("| 0")).take_while(|line| line.starts_with('|')).collect();
    let codes = MEANINGS.map(|(code, meaning)| format!("| {} | {meaning} |", code.number()));
    assert_eq!(listed, codes);
}

#[test]
fn the_test_command_says_what_is_missing() {
    let (home, path) = (Folder::new(), std::env::var_os("PATH").unwrap());
    home.write("bin/.keep", "");
    for program in ["bash", "env", "dirname", "sha256sum", "cut", "cargo", "cc", "curl", "git", "id"] {
        if let Some(found) = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.exists())
        {
            std::os::unix::fs::symlink(found, home.path().join("bin").join(program)).unwrap();
        }
    }
    let output = Command::new(home.path().join("bin/bash"))
        .arg(root().join("scripts/test.sh"))
        .env_clear()
        .env("PATH", home.path().join("bin"))
        .env("HOME", home.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("These are missing: ") && stderr.contains("python3"), "{stderr}");
    assert!(!home.path().join(".cache").exists(), "nothing is half-made");
}

/// Returns the code blocks of a section, without their indentation.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(indent) = line.strip_suffix("```rust") else { continue };
        let block = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```"));
        blocks.push(block.map(|line| line.strip_prefix(indent).unwrap_or(line).to_owned() + "\n").collect());
    }
    blocks
}

#[test]
fn the_command_that_contributing_walks_through_is_one_of_this_repository() {
    let page = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, section) = page.split_once("**A command, step by step.**").unwrap();
    let commands = root().join("crates/az-communication/src/commands");
    let files =
        ["user/show.rs", "user/mod.rs", "table.rs"].map(|name| std::fs::read_to_string(commands.join(name)).unwrap());
    let [file, module, table] = &files;
    let blocks = blocks(section);
    assert_eq!(blocks[0], *file, "CONTRIBUTING.md quotes commands/user/show.rs: change both");
    assert!(module.contains(blocks[1].trim()), "{}", blocks[1]);
    assert!(table.contains(blocks[2].trim()), "{}", blocks[2]);
}

#[test]
fn the_examples_of_the_test_kit_for_rust_are_those_that_run() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let page = read("docs/kits/rust.md");
    let sources = ["src/lib.rs", "src/kept.rs", "tests/first.rs"].map(|name| read(&format!("tests/kits/rust/{name}")));
    let examples = blocks(&page);
    assert_eq!(examples.len(), 11);
    for example in examples {
        assert!(sources.iter().any(|source| source.contains(&example)), "tests/kits/rust has no\n{example}");
    }
    let manifest = read("tests/kits/rust/Cargo.toml").replace("../../../crates", "../az-communication/crates");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (dependencies, _) = rest.split_once("```").unwrap();
    assert!(manifest.ends_with(dependencies), "tests/kits/rust/Cargo.toml has other dependencies");
}

#[test]
fn the_first_tests_of_the_guide_are_run_with_the_official_sdks() {
    let page = std::fs::read_to_string(root().join("docs/emulator.md")).unwrap();
    for (language, file) in
        [("python", "tests/peers/python/test_tokens.py"), ("javascript", "tests/peers/javascript/tokens.test.mjs")]
    {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        let (block, _) = rest.split_once("```").unwrap();
        assert_eq!(block, std::fs::read_to_string(root().join(file)).unwrap(), "{file} is quoted: change both");
    }
}
