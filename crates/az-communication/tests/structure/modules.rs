//! The modules of a crate, one a file, and which refers to which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::paths;
use crate::resolve::resolve;

/// The path of a module: `["service", "calls"]`. The root of the crate is empty.
pub type Name = Vec<String>;

/// The paths that are in each file.
pub type Files = BTreeMap<Name, Vec<paths::Found>>;

pub struct Modules {
    names: BTreeSet<Name>,
    arrows: BTreeSet<(Name, Name)>,
}

impl Modules {
    /// Reads the sources in a folder. `main.rs` counts as a module of its own.
    pub fn read(folder: &Path) -> Self {
        let mut files = Files::new();
        read(folder, &[], &mut files);
        let mut arrows = BTreeSet::new();
        for (from, found) in &files {
            let targets = found.iter().flat_map(|found| resolve(&files, from, found));
            arrows.extend(targets.filter(|to| to != from).map(|to| (from.clone(), to)));
        }
        Self { names: files.into_keys().collect(), arrows }
    }

    /// All modules.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter()
    }

    /// Which module refers to which. References to other crates, and to a module from itself, are left out.
    pub fn references(&self) -> impl Iterator<Item = (&[String], &[String])> {
        self.arrows.iter().map(|(from, to)| (from.as_slice(), to.as_slice()))
    }
}

fn read(folder: &Path, name: &[String], files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let below = || [name, std::slice::from_ref(&stem)].concat();
        if path.is_dir() {
            read(&path, &below(), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = if matches!(stem.as_str(), "mod" | "lib") { name.to_vec() } else { below() };
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap());
            files.insert(module, paths::of(&file.unwrap_or_else(|error| panic!("{}: {error}", path.display()))));
        }
    }
}
