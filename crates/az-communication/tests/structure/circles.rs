//! The circles in which modules refer to each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::Modules;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The groups of modules of which each one reaches each other one.
pub fn of(modules: &Modules) -> Vec<Vec<String>> {
    let name = |module: &[String]| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let mut arrows = Arrows::new();
    for (from, to) in modules.references() {
        arrows.entry(name(from)).or_default().insert(name(to));
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (from.as_str(), reached_from(from, &arrows))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (from, below) in &reached {
        let reaches_back = |to: &&&str| reached.get(**to).is_some_and(|back| back.contains(from));
        let circle: Vec<String> = below.iter().filter(reaches_back).map(|to| (*to).to_owned()).collect();
        if circle.len() > 1 && !circles.contains(&circle) {
            circles.push(circle);
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
