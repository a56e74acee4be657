//! The crates in the program: the crates of `cargo tree -e normal`, with their data from `cargo metadata` and
//! Cargo.lock. `cargo metadata` alone lists the crates of the whole workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::build::PACKAGE;
use super::command;
use crate::error::{At as _, Error};

/// The name and version of a crate.
pub type Id = (String, String);

/// A crate.
#[derive(Debug)]
pub struct Crate {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The description.
    pub description: Option<String>,
    /// The SPDX expression of its licence.
    pub licence: Option<String>,
    /// The licence file that its manifest names instead.
    pub licence_file: Option<String>,
    /// The authors.
    pub authors: Vec<String>,
    /// The place of its source.
    pub repository: Option<String>,
    /// The folder of its manifest.
    pub folder: PathBuf,
    /// The SHA-256 of the file in the registry. `None` for a crate of this workspace.
    pub checksum: Option<String>,
    /// The crates that it depends on.
    pub needs: BTreeSet<Id>,
}

/// All crates of the program.
#[derive(Debug)]
pub struct Tree {
    crates: BTreeMap<Id, Crate>,
    root: Id,
}

impl Tree {
    /// Reads the tree from cargo.
    ///
    /// # Errors
    ///
    /// When cargo fails, or its output has an unknown format.
    pub fn read(root: &Path, target: &str) -> Result<Self, Error> {
        let (top, needs) = edges(root, target)?;
        let checksums = checksums(root)?;
        let mut described = described(root, target)?;
        let mut crates = BTreeMap::new();
        for (id, needs) in needs {
            let Some(mut found) = described.remove(&id) else {
                return Err(Error::new(format!(
                    "cargo metadata does not know {} {}, which is in cargo tree.",
                    id.0, id.1
                )));
            };
            found.needs = needs;
            found.checksum = checksums.get(&id).cloned();
            crates.insert(id, found);
        }
        Ok(Self { crates, root: top })
    }

    /// Returns all crates, sorted by name and version.
    pub fn crates(&self) -> impl Iterator<Item = &Crate> {
        self.crates.values()
    }

    /// Returns the crate of the program.
    pub fn root(&self) -> &Crate {
        &self.crates[&self.root]
    }
}

/// Returns the first crate of `cargo tree`, and the dependencies of each crate.
fn edges(root: &Path, target: &str) -> Result<(Id, BTreeMap<Id, BTreeSet<Id>>), Error> {
    let mut cargo = command::cargo(root);
    cargo.args(["tree", "--locked", "--edges", "normal", "--package", PACKAGE, "--target", target]);
    cargo.args(["--charset", "ascii", "--prefix", "depth", "--format", " {p}"]);
    let text = command::output(&mut cargo)?;
    let mut needs: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    // The crates from the root to the current line.
    let mut above: Vec<Id> = Vec::new();
    for line in text.lines() {
        let mut words = line.split(' ');
        let (depth, name, version) = (words.next(), words.next(), words.next());
        let depth: Option<usize> = depth.and_then(|depth| depth.parse().ok());
        let version = version.and_then(|version| version.strip_prefix('v'));
        let (Some(depth), Some(name), Some(version)) = (depth, name, version) else {
            return Err(Error::new(format!("cargo tree wrote a line that has no depth, name and version: '{line}'.")));
        };
        let id: Id = (name.to_owned(), version.to_owned());
        above.truncate(depth);
        if let Some(parent) = above.last() {
            needs.entry(parent.clone()).or_default().insert(id.clone());
        }
        needs.entry(id.clone()).or_default();
        above.push(id);
    }
    let top = above.into_iter().next().ok_or_else(|| Error::new("cargo tree wrote nothing."))?;
    Ok((top, needs))
}

fn described(root: &Path, target: &str) -> Result<BTreeMap<Id, Crate>, Error> {
    let mut cargo = command::cargo(root);
    let text =
        command::output(cargo.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", target]))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| Error::new(format!("cargo metadata: {error}")))?;
    let packages = metadata["packages"].as_array().ok_or_else(|| Error::new("cargo metadata lists no packages."))?;
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let described = packages.iter().filter_map(|package| {
        let (name, version) = (text(&package["name"])?, text(&package["version"])?);
        let authors = package["authors"].as_array().into_iter().flatten().filter_map(&text).collect();
        let manifest = PathBuf::from(package["manifest_path"].as_str()?);
        let found = Crate {
            name: name.clone(),
            version: version.clone(),
            description: text(&package["description"]),
            licence: text(&package["license"]),
            licence_file: text(&package["license_file"]),
            authors,
            repository: text(&package["repository"]),
            folder: manifest.parent()?.to_owned(),
            checksum: None,
            needs: BTreeSet::new(),
        };
        Some(((name, version), found))
    });
    Ok(described.collect())
}

/// Returns the checksums in Cargo.lock, which has one key per line.
fn checksums(root: &Path) -> Result<BTreeMap<Id, String>, Error> {
    let path = root.join("Cargo.lock");
    let text = fs::read_to_string(&path).at(&path)?;
    let sections = text.split("[[package]]").skip(1).filter_map(|section| {
        let value = |key: &str| {
            let line = section.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
            line.and_then(|value| value.strip_suffix('"')).map(ToOwned::to_owned)
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    });
    Ok(sections.collect())
}
