//! Tests which file may refer to which. ARCHITECTURE.md shows the same picture.

mod circles;
mod layers;
mod modules;
mod paths;
mod resolve;
mod width;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use layers::{COMMAND_LINE, EDGE, EMULATOR, Layers, PROTOCOL, SDK};
use modules::Modules;

const CRATES: [&str; 5] =
    ["acs-identity-protocol", "acs-identity", "acs-identity-emulator", "pyjmespath", "az-communication"];

/// Returns the modules of a crate of this workspace. Each file is parsed once for all tests.
fn modules(name: &str) -> &'static Modules {
    static ALL: LazyLock<BTreeMap<&str, Modules>> = LazyLock::new(|| {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        CRATES.into_iter().map(|name| (name, Modules::read(&crates.join(name).join("src")))).collect()
    });
    &ALL[name]
}

/// Fails if a module below a folder of a crate refers to a higher layer.
fn refers_to_layers_below(name: &str, folder: &[&str], layers: Layers) {
    let wrong = layers::wrong(modules(name), folder, layers);
    assert!(wrong.is_empty(), "These references point up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn folders_of_the_command_line_refer_to_those_below_them_only() {
    refers_to_layers_below("az-communication", &[], COMMAND_LINE);
}

#[test]
fn files_of_the_protocol_refer_to_those_below_them_only() {
    refers_to_layers_below("acs-identity-protocol", &[], PROTOCOL);
}

#[test]
fn folders_of_the_sdk_refer_to_those_below_them_only() {
    refers_to_layers_below("acs-identity", &[], SDK);
}

#[test]
fn folders_of_the_emulator_refer_to_those_below_them_only() {
    refers_to_layers_below("acs-identity-emulator", &[], EMULATOR);
}

#[test]
fn folders_of_the_emulators_edge_refer_to_those_below_them_only() {
    refers_to_layers_below("acs-identity-emulator", &["edge"], EDGE);
}

#[test]
fn every_folder_has_a_layer() {
    let all: [(&str, &[&str], Layers); 5] = [
        ("acs-identity-protocol", &[], PROTOCOL),
        ("acs-identity", &[], SDK),
        ("az-communication", &[], COMMAND_LINE),
        ("acs-identity-emulator", &[], EMULATOR),
        ("acs-identity-emulator", &["edge"], EDGE),
    ];
    for (name, folder, layers) in all {
        let missing = layers::missing(modules(name), folder, layers);
        assert!(missing.is_empty(), "tests/structure/layers.rs has no layer for these of {name}: {missing:?}");
    }
}

#[test]
fn no_circle_has_more_than_four_files() {
    let large: Vec<String> = CRATES
        .into_iter()
        .flat_map(|name| circles::of(modules(name)).into_iter().map(move |circle| (name, circle)))
        .filter(|(_, circle)| circle.files.len() > 4)
        .map(|(name, circle)| format!("{name}, {} files:\n{circle}", circle.files.len()))
        .collect();
    assert!(large.is_empty(), "These files refer to each other in a circle:\n{}", large.join("\n"));
}

#[test]
fn only_the_table_of_commands_knows_all_commands() {
    let wrong: Vec<String> = modules("az-communication")
        .references()
        .filter(|(from, to)| *to == ["commands", "table"] && from.first().is_some_and(|first| *first != "app"))
        .map(|(from, _)| from.join("::"))
        .filter(|from| from != "commands::words_tests")
        .collect();
    assert!(wrong.is_empty(), "These refer to commands::table, which only app may: {wrong:?}");
}

#[test]
fn comments_are_not_wider_than_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let wide: Vec<String> =
        ["crates", "bench", "examples", "xtask"].iter().flat_map(|name| width::too_wide(&root.join(name))).collect();
    assert!(wide.is_empty(), "These lines have more than 120 characters:\n{}", wide.join("\n"));
}
