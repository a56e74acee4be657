//! The layers of a crate or a folder, from the top. A module may refer to its own folder and to the layers below it.

use crate::modules::Modules;

/// The folders and files that stand side by side in a layer.
pub type Layers = &'static [&'static [&'static str]];

/// The folders and files of the program.
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

/// The folders and files of the emulator.
pub const EMULATOR: Layers = &[
    // Tests of damaged data, and the kit for tests of others.
    &["damage", "testing"],
    &["server"],
    &["edge"],
    // What the edge counts and steers.
    &["request_log", "metrics"],
    &["certificates", "control_secret"],
    &["core"],
    &["folder"],
    &["store", "keys"],
    &["config", "trust"],
    &["seed"],
    &["log", "place", "files", "faults", "database"],
    &["system"],
    &["error"],
    &["random", "clock"],
    &["crypto", "der"],
];

/// The folders and files of the emulator's `edge/`.
pub const EDGE: Layers = &[
    &["tests"],
    &["pipeline"],
    // The handlers.
    &["service", "public", "page", "control", "introspect", "entra"],
    &["openapi"],
    &["table"],
    &["api_version"],
    &["callers"],
    &["fault_rules"],
    &["backend"],
    &["ending", "tls_clients", "dashboard"],
    &["context"],
    &["routes"],
    &["http"],
];

/// The files of the protocol that client and emulator share.
pub const PROTOCOL: Layers = &[
    &["connection_string", "models"],
    &["signature"],
    &["api_version", "claims", "development", "duration", "endpoint", "jwt", "raw_id", "scope", "time", "visible"],
    &["error"],
];

/// The folders and files of the SDK.
pub const SDK: Layers = &[
    &["clients"],
    &["sender"],
    &["policies"],
    &["failure"],
    &["refused"],
    &["operation", "unknown_outcome"],
    &["connection_string", "models", "secrets"],
    &["timeouts", "timer"],
];

/// The path of a module below a folder: `["http", "head"]` for `edge::http::head` below `["edge"]`.
fn below<'a>(folder: &[&str], module: &'a [String]) -> Option<&'a [String]> {
    let is_below = module.len() >= folder.len() && module.iter().zip(folder).all(|(name, folder)| name == folder);
    is_below.then(|| &module[folder.len()..])
}

fn layer(layers: Layers, module: &[String]) -> Option<usize> {
    layers.iter().position(|names| names.contains(&module.first().map_or("", String::as_str)))
}

/// The references to a higher layer, or to another folder of the same layer.
pub fn wrong(modules: &Modules, folder: &[&str], layers: Layers) -> Vec<String> {
    let is_wrong = |from: &[String], to: &[String]| {
        let (Some(from), Some(to)) = (below(folder, from), below(folder, to)) else { return false };
        // The root of a folder names what others see of it. Its own modules name each other.
        if to.is_empty() {
            return true;
        }
        let (Some(from_layer), Some(to_layer)) = (layer(layers, from), layer(layers, to)) else { return false };
        to_layer < from_layer || (to_layer == from_layer && from[0] != to[0])
    };
    let name = |module: &[String]| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let wrong = modules.references().filter(|(from, to)| is_wrong(from, to));
    wrong.map(|(from, to)| format!("{} -> {}", name(from), name(to))).collect()
}

/// The folders and files that no layer has.
pub fn missing(modules: &Modules, folder: &[&str], layers: Layers) -> Vec<String> {
    let mut missing: Vec<String> = modules
        .names()
        .filter_map(|name| below(folder, name))
        .filter(|name| !name.is_empty() && layer(layers, name).is_none())
        .map(|name| name[0].clone())
        .collect();
    missing.dedup();
    missing
}
