//! Tests of the name that the program is called by: its words, its texts, and the shim that is called `az`.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod arrangements;
mod run;
mod shim;
mod texts;
mod words;

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use support::seen::{Seen, run};
use support::{AZ, Folder, az};

/// The name that packages install.
const OWN: &str = "az-communication";

/// Returns the program, called by that name.
fn called(name: impl AsRef<OsStr>, home: &Folder) -> Command {
    let mut command = az(home);
    command.arg0(name);
    command
}

/// Runs `az-communication` with the words of a line.
fn own(home: &Folder, line: &str) -> Seen {
    run(called(OWN, home).args(line.split_whitespace()))
}

/// Installs the program as a file of that name.
fn installed(home: &Folder, name: &str) -> PathBuf {
    let path = home.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::hard_link(AZ, &path).unwrap();
    path
}

/// Returns that program with the environment of [`az`], and with these folders of the home folder first on PATH.
fn with_path(program: impl AsRef<OsStr>, home: &Folder, folders: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(az(home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let folders = folders.iter().map(|folder| home.path().join(folder));
    let path = std::env::join_paths(folders.chain(["/usr/bin", "/bin"].map(PathBuf::from))).unwrap();
    command.env("PATH", path).current_dir(home.path());
    command
}
