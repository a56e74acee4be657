//! The circles in which modules refer to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::modules::Modules;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Modules of which each one reaches each other one.
pub struct Circle {
    pub files: Vec<String>,
    arrows: Arrows,
}

impl fmt::Display for Circle {
    /// A line for each file, with the files of the circle that it refers to.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (from, to) in &self.arrows {
            writeln!(out, "    {from} -> {}", to.iter().map(String::as_str).collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

pub fn of(modules: &Modules) -> Vec<Circle> {
    let name = |module: &[String]| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let mut arrows = Arrows::new();
    for (from, to) in modules.references() {
        arrows.entry(name(from)).or_default().insert(name(to));
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reached_from(from, &arrows))).collect();
    let mut circles: Vec<Circle> = Vec::new();
    for (from, below) in &reached {
        let reaches_back = |to: &str| reached.get(to).is_some_and(|back| back.contains(from));
        let files: Vec<String> = below.iter().filter(|to| reaches_back(to)).map(|to| (*to).to_owned()).collect();
        if files.len() > 1 && !circles.iter().any(|circle| circle.files == files) {
            let inside =
                |from: &String| (from.clone(), arrows[from].iter().filter(|to| files.contains(*to)).cloned().collect());
            circles.push(Circle { arrows: files.iter().map(inside).collect(), files });
        }
    }
    circles
}

/// The modules that can be reached from one.
fn reached_from<'a>(from: &'a str, arrows: &'a Arrows) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        let next = arrows.get(at).into_iter().flatten().map(String::as_str);
        open.extend(next.filter(|to| reached.insert(*to)));
    }
    reached
}
