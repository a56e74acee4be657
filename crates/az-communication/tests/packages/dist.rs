//! The folder of artefacts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::Folder;

/// Returns the folder.
pub fn dist() -> PathBuf {
    std::env::var_os("AZ_TEST_DIST").expect("AZ_TEST_DIST: run scripts/test.sh").into()
}

/// Returns the artefact whose name ends with this text.
pub fn artefact(end: &str) -> PathBuf {
    let names = fs::read_dir(dist()).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = names.filter(|path| path.to_str().unwrap().ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end} in {}: {found:?}", dist().display());
    found.into_iter().next().unwrap()
}

/// Returns the repository's folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the stdout of a program that must succeed.
pub fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The tarball, unpacked as users do it.
pub struct Unpacked {
    folder: Folder,
    top: String,
}

impl Unpacked {
    pub fn new() -> Self {
        let folder = Folder::new();
        let tarball = artefact(".tar.gz");
        stdout(Command::new("tar").arg("-xzf").arg(&tarball).arg("-C").arg(folder.path()));
        let top = tarball.file_name().unwrap().to_str().unwrap().strip_suffix(".tar.gz").unwrap().to_owned();
        Self { folder, top }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(&self.top).join(path)
    }

    pub fn program(&self) -> PathBuf {
        self.path("bin/az-communication")
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Returns the names of the files in a folder, sorted.
    pub fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Returns the crates of the program as `cargo tree` lists them: `hyper 1.12.0`, sorted.
pub fn crates() -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(repository()).args(["tree", "--locked", "--edges", "normal", "--package", "az-communication"]);
    cargo.args(["--prefix", "none", "--no-dedupe", "--format", "{p}"]);
    let tree = stdout(&mut cargo);
    let mut crates: Vec<String> = tree
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap());
            format!("{name} {}", version.strip_prefix('v').unwrap())
        })
        .collect();
    crates.sort();
    crates.dedup();
    assert!(crates.len() > 100, "{crates:?}");
    crates
}
