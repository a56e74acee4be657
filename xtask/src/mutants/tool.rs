//! cargo-mutants, which finds the defects. It is installed once, outside of the repository.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::defect::Defect;
use super::tree::Tree;
use crate::child;
use crate::error::{At as _, Error};
use crate::release::command::output;

/// Another version may find other defects.
const VERSION: &str = "27.0.0";

/// The excluded files: code that this system does not compile.
const NOT_COMPILED: [&str; 2] = ["**/portable/**", "**/std_*.rs"];

/// Returns all defects that it finds in the tree.
///
/// # Errors
///
/// When it cannot be installed, or fails.
pub fn defects(root: &Path, tree: &Tree) -> Result<Vec<Defect>, Error> {
    let program = install(root)?;
    let mut list = child::command(&tree.folder, &program);
    list.args(["mutants", "--list", "--json", "--workspace"]);
    for pattern in NOT_COMPILED {
        list.args(["--exclude", pattern]);
    }
    let text = output(&mut list)?;
    let value =
        serde_json::from_str(&text).map_err(|error| Error::new(format!("cargo-mutants printed no JSON: {error}")))?;
    let mut codes: HashMap<String, String> = HashMap::new();
    let mut with_line = |defect: Defect| {
        if !codes.contains_key(&defect.file) {
            let path = tree.folder.join(&defect.file);
            codes.insert(defect.file.clone(), fs::read_to_string(&path).at(&path)?);
        }
        let code = codes.get(&defect.file).map_or("", String::as_str);
        Ok(defect.with_line(code))
    };
    Defect::read_all(&value)?.into_iter().map(&mut with_line).collect()
}

fn install(root: &Path) -> Result<PathBuf, Error> {
    let folder = cache()?.join(format!("cargo-mutants-{VERSION}"));
    let program = folder.join("bin/cargo-mutants");
    if !program.exists() {
        eprintln!("Installing cargo-mutants {VERSION} into {}", folder.display());
        let mut cargo =
            child::line(root, &format!("cargo install cargo-mutants --version {VERSION} --locked --debug --root"));
        // It is built outside of the repository, because the flags of the repository are for the program.
        child::run(cargo.arg(&folder).current_dir(std::env::temp_dir()))?;
    }
    Ok(program)
}

/// Returns the folder in which the tests also store installed tools.
fn cache() -> Result<PathBuf, Error> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("AZ_TEST_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|folder| folder.join("az-communication-tests")))
        .or_else(|| variable("HOME").map(|folder| folder.join(".cache/az-communication-tests")))
        .ok_or_else(|| Error::new("HOME is not set, so that there is no folder for cargo-mutants."))
}
