//! The layers of a crate, from the top. A module may refer to its own folder and to the layers below it.

use crate::modules::Modules;

/// The folders and files below `src/` that stand side by side in a layer.
pub type Layers = &'static [&'static [&'static str]];

pub const COMMAND_LINE: Layers = &[
    &["main"],
    &["app"],
    &["commands"],
    &["batch"],
    &["service"],
    &["knack", "transport"],
    &["delegate"],
    &["files"],
    &["report"],
    &["system"],
];

pub const EMULATOR: Layers = &[
    // Tests of damaged data.
    &["damage"],
    &["server"],
    &["edge"],
    &["certificates"],
    &["core"],
    &["folder"],
    &["store", "keys"],
    &["config", "trust"],
    &["log", "place", "files"],
    &["system", "clock"],
    &["error"],
    &["random"],
];

fn layer(layers: Layers, module: &[String]) -> Option<usize> {
    layers.iter().position(|names| names.contains(&module.first().map_or("", String::as_str)))
}

/// The references to a higher layer, or to another folder of the same layer.
pub fn wrong(modules: &Modules, layers: Layers) -> Vec<String> {
    let is_wrong = |from: &[String], to: &[String]| {
        // The root of a crate names what others see of it. Its own modules name each other.
        if to.is_empty() {
            return true;
        }
        let (Some(above), Some(below)) = (layer(layers, from), layer(layers, to)) else { return false };
        below < above || (below == above && from[0] != to[0])
    };
    let wrong = modules.references().filter(|(from, to)| is_wrong(from, to));
    wrong
        .map(|(from, to)| {
            format!("{} -> {}", from.join("::"), if to.is_empty() { "lib".into() } else { to.join("::") })
        })
        .collect()
}

/// The folders and files that no layer has.
pub fn missing(modules: &Modules, layers: Layers) -> Vec<String> {
    let mut missing: Vec<String> = modules
        .names()
        .filter(|name| !name.is_empty() && layer(layers, name).is_none())
        .map(|name| name[0].clone())
        .collect();
    missing.dedup();
    missing
}
