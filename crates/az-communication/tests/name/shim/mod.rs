//! Tests of `shim install`, `shim remove` and `shim status`.

mod install;
mod place;
mod remove;
mod status;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{installed, with_path};
use crate::support::Folder;
use crate::support::seen::{Seen, run};

/// A user with this program in `opt`, a real `az` in `real`, and these folders of the home folder first on PATH.
struct User {
    home: Folder,
    folders: Vec<&'static str>,
}

impl User {
    fn new(folders: &[&'static str]) -> Self {
        let home = Folder::new();
        installed(&home, "opt/az-communication");
        home.program("real/az", "#!/bin/sh\necho \"real: $*\"\n");
        Self { home, folders: folders.to_vec() }
    }

    /// Makes such a user, and creates these folders.
    fn with_folders(folders: &[&'static str]) -> Self {
        let user = Self::new(folders);
        for folder in folders {
            fs::create_dir_all(user.path(folder)).unwrap();
        }
        user
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = with_path(self.path("opt/az-communication"), &self.home, &self.folders);
        command.args(line.split(' ')).env("SHELL", "/bin/bash");
        command
    }

    /// Runs `az` as a shell of the user finds it.
    fn az(&self, line: &str) -> Seen {
        let mut command = with_path("/usr/bin/env", &self.home, &self.folders);
        run(command.arg("az").args(line.split(' ')))
    }

    /// Runs a command. `HOME` replaces the path of the home folder.
    fn shown(&self, command: &mut Command) -> Seen {
        run(command).hiding_home(&self.home)
    }

    fn run(&self, line: &str) -> Seen {
        self.shown(&mut self.command(line))
    }

    /// Returns the result of a command that must succeed.
    fn result(&self, line: &str) -> Value {
        let seen = self.run(line);
        assert_eq!(seen.code, Some(0), "{seen}");
        seen.json()
    }

    /// Returns everything in the home folder, with the targets of links.
    fn all(&self) -> Vec<String> {
        fn add(folder: &Path, all: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let target =
                    fs::read_link(&path).map_or_else(|_| String::new(), |target| format!(" -> {}", target.display()));
                all.push(format!("{}{target}", path.display()));
                if entry.file_type().unwrap().is_dir() {
                    add(&path, all);
                }
            }
        }
        let mut all = Vec::new();
        add(self.home.path(), &mut all);
        all.sort();
        all
    }
}
