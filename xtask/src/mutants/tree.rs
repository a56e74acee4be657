//! The tree in which defects are tried. It is a separate work tree with its own target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::defect::Defect;
use crate::child;
use crate::error::{At as _, Error};
use crate::release::command::{git, output};

/// A commit that is checked out.
#[derive(Debug)]
pub struct Tree {
    /// The work tree.
    pub folder: PathBuf,
    /// The target folder.
    pub target: PathBuf,
    /// The short hash of the commit.
    pub commit: String,
}

impl Tree {
    /// Checks out a commit. Built files of another commit stay, so that only changes are built.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub fn check_out(root: &Path, folder: &Path, commit: &str) -> Result<Self, Error> {
        let said = output(git(root).args(["rev-parse", "--short", "--verify", &format!("{commit}^{{commit}}")]))?;
        let commit = said.trim().to_owned();
        let tree = Self { folder: folder.join("tree"), target: folder.join("target"), commit };
        fs::create_dir_all(folder).at(folder)?;
        output(git(root).args(["worktree", "prune"]))?;
        if tree.folder.join(".git").exists() {
            output(git(&tree.folder).args(["checkout", "--quiet", "--force", "--detach", &tree.commit]))?;
        } else {
            output(
                git(root)
                    .args(["worktree", "add", "--quiet", "--force", "--detach"])
                    .arg(&tree.folder)
                    .arg(&tree.commit),
            )?;
        }
        Ok(tree)
    }

    /// Runs a closure while the defect is in the code.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or differs from the file that cargo-mutants has read.
    pub fn with<T>(&self, defect: &Defect, body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let path = self.folder.join(&defect.file);
        let code = fs::read_to_string(&path).at(&path)?;
        let changed = defect.apply(&code);
        let changed = changed.ok_or_else(|| Error::new(format!("{} is shorter than expected.", path.display())))?;
        fs::write(&path, changed).at(&path)?;
        let result = body();
        fs::write(&path, code).at(&path)?;
        result
    }

    /// Returns a program in the tree. Builds are incremental, and have no line numbers because these take long to link.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = child::command(&self.folder, program.as_ref());
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        command
    }

    /// Returns `cargo` with words that contain no blanks.
    pub fn cargo(&self, line: &str) -> Command {
        let mut cargo = self.command("cargo");
        cargo.args(line.split_whitespace());
        cargo
    }
}
