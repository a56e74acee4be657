//! The modules of a crate, one a file, and which refers to which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::paths;

/// The path of a module: `["service", "calls"]`. The root of the crate is empty.
pub type Name = Vec<String>;

pub struct Modules {
    names: BTreeSet<Name>,
    arrows: BTreeSet<(Name, Name)>,
}

impl Modules {
    /// Reads the sources in a folder. `main.rs` counts as a module of its own.
    pub fn read(folder: &Path) -> Self {
        let mut paths = BTreeMap::new();
        read(folder, &[], &mut paths);
        let mut modules = Self { names: paths.keys().cloned().collect(), arrows: BTreeSet::new() };
        for (name, found) in &paths {
            let targets: Vec<Name> = found.iter().filter_map(|found| modules.resolve(name, found)).collect();
            modules.arrows.extend(targets.into_iter().filter(|to| to != name).map(|to| (name.clone(), to)));
        }
        modules
    }

    /// All modules.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter()
    }

    /// Which module refers to which. A reference of a module to itself, to the modules around it for their children alone, or
    /// to another crate is none.
    pub fn references(&self) -> impl Iterator<Item = (&[String], &[String])> {
        self.arrows.iter().map(|(from, to)| (from.as_slice(), to.as_slice()))
    }

    /// The module that a path leads to: the longest beginning of it that is a module.
    fn resolve(&self, name: &Name, found: &paths::Found) -> Option<Name> {
        let mut at: Name = [name.as_slice(), &found.inside].concat();
        let mut segments = found.segments.iter().map(String::as_str).peekable();
        match segments.next()? {
            "crate" => at.clear(),
            "super" => {
                at.pop();
            }
            _ => {}
        }
        while segments.next_if_eq(&"super").is_some() {
            at.pop();
        }
        // An inline module is part of its file.
        if !self.names.contains(&at) {
            while !at.is_empty() && !self.names.contains(&at) {
                at.pop();
            }
            return Some(at);
        }
        for segment in segments {
            let below: Name = [at.as_slice(), &[segment.to_owned()]].concat();
            if !self.names.contains(&below) {
                break;
            }
            at = below;
        }
        Some(at)
    }
}

fn read(folder: &Path, name: &[String], files: &mut BTreeMap<Name, Vec<paths::Found>>) {
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
