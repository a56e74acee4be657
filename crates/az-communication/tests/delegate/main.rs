//! Tests of commands that belong to another `az`: which program on PATH gets them, with which words, and the error if
//! it cannot be run.
#![cfg(unix)]

mod arrangements;
mod broken;
mod loops;
mod pages;
mod streams;
#[path = "../support/mod.rs"]
mod support;
mod versions;
mod words;

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use support::seen::{Seen, run};
use support::{AZ, Folder, az};

/// A real `az` that prints its words.
const REAL: &str = "#!/bin/sh\necho \"real: $*\"\nexit 5\n";

/// Programs called `az`, each in its own folder.
struct Programs {
    home: Folder,
}

impl Programs {
    /// Puts this program into the folder `ours`.
    fn new() -> Self {
        let programs = Self { home: Folder::new() };
        programs.hard_link("ours");
        programs
    }

    /// Puts this program into the folder `ours`, and this script as the real `az` into the folder `real`.
    fn with_real(script: &str) -> Self {
        let programs = Self::new();
        programs.script("real", script);
        programs
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn az(&self, folder: &str) -> PathBuf {
        self.folder(folder).join("az")
    }

    /// Writes a program with these bytes. `OURS` in it becomes the path of this program.
    fn script(&self, folder: &str, script: impl AsRef<[u8]>) {
        let script = script.as_ref();
        let name = format!("{folder}/az");
        match std::str::from_utf8(script) {
            Ok(text) => self.home.program(&name, text.replace("OURS", self.az("ours").to_str().unwrap())),
            Err(_) => self.home.program(&name, script),
        };
    }

    fn real(&self, folder: &str) {
        self.script(folder, REAL);
    }

    fn hard_link(&self, folder: &str) {
        std::fs::hard_link(AZ, self.az(folder)).unwrap();
    }

    fn copy(&self, folder: &str) {
        assert!(Command::new("cp").arg(AZ).arg(self.az(folder)).status().unwrap().success());
    }

    /// Makes another version of this program, with other bytes.
    fn other_version(&self, folder: &str) {
        self.copy(folder);
        let append = ["-c", "echo another version >> \"$0\""];
        assert!(Command::new("/bin/sh").args(append).arg(self.az(folder)).status().unwrap().success());
    }

    fn symlink(&self, folder: &str, target: &str) {
        symlink(self.az(target), self.az(folder)).unwrap();
    }

    /// Returns a PATH of these folders and of the folders that scripts need. A name after `=` is a literal path.
    fn path(&self, folders: &[&str]) -> OsString {
        let folders = folders.iter().map(|folder| match folder.strip_prefix('=') {
            Some(literal) => PathBuf::from(literal),
            None => self.folder(folder),
        });
        std::env::join_paths(folders.chain(["/usr/bin", "/bin"].map(PathBuf::from))).unwrap()
    }

    /// Returns a program with these words, which runs for at most 30 seconds.
    fn command<W: AsRef<OsStr>>(&self, program: &OsStr, path: &[&str], words: &[W]) -> Command {
        let mut command = support::other_program("/usr/bin/timeout", &self.home);
        command.arg("30").arg(program).args(words).env("PATH", self.path(path));
        command
    }

    /// Runs a program. `HOME` replaces the folder of all programs.
    fn run<W: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, path: &[&str], words: &[W]) -> Seen {
        run(&mut self.command(program.as_ref(), path, words)).hiding_home(&self.home)
    }

    /// Runs the `az` of the folder `ours`, which is first on PATH. The other folder comes after it.
    fn before<W: AsRef<OsStr>>(&self, other: &str, words: &[W]) -> Seen {
        self.run(self.az("ours"), &["ours", other], words)
    }

    /// Runs it with the real `az` after it and the words of a line.
    fn before_real(&self, line: &str) -> Seen {
        self.before("real", &line.split_whitespace().collect::<Vec<_>>())
    }
}

/// Runs this program without another `az`.
fn alone(home: &Folder, line: &str) -> Seen {
    run(az(home).args(line.split_whitespace())).hiding_home(home)
}
