//! The circles in which modules refer to each other.

use std::collections::BTreeSet;

use crate::modules::Modules;

/// The groups of modules of which each one reaches each other one.
pub fn of(modules: &Modules) -> Vec<Vec<String>> {
    let name = |module: &[String]| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let arrows: Vec<(String, String)> = modules.references().map(|(from, to)| (name(from), name(to))).collect();
    let all: BTreeSet<&str> = arrows.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]).collect();
    let reached: Vec<(&str, BTreeSet<&str>)> = all.iter().map(|from| (*from, reached_from(from, &arrows))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (from, below) in &reached {
        let circle: Vec<String> = reached
            .iter()
            .filter(|(to, back)| below.contains(to) && back.contains(from))
            .map(|(to, _)| (*to).to_owned())
            .collect();
        if circle.len() > 1 && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

/// The modules that can be reached from one.
fn reached_from<'a>(from: &'a str, arrows: &'a [(String, String)]) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        let next = arrows.iter().filter(|(from, _)| from == at).map(|(_, to)| to.as_str());
        open.extend(next.filter(|to| reached.insert(*to)));
    }
    reached
}
