//! Which file may refer to which. ARCHITECTURE.md shows the same picture.

mod circles;
mod layers;
mod modules;
mod paths;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use layers::{COMMAND_LINE, EMULATOR};
use modules::Modules;

const CRATES: [&str; 5] =
    ["acs-identity-protocol", "acs-identity", "acs-identity-emulator", "pyjmespath", "az-communication"];

/// The modules of a crate of this workspace. Each file is parsed once for all tests.
fn modules(name: &str) -> &'static Modules {
    static ALL: LazyLock<BTreeMap<&str, Modules>> = LazyLock::new(|| {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        CRATES.into_iter().map(|name| (name, Modules::read(&crates.join(name).join("src")))).collect()
    });
    &ALL[name]
}

#[test]
fn folders_of_the_command_line_refer_to_those_below_them_only() {
    let wrong = layers::wrong(modules("az-communication"), COMMAND_LINE);
    assert!(wrong.is_empty(), "These references point up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn folders_of_the_emulator_refer_to_those_below_them_only() {
    let wrong = layers::wrong(modules("acs-identity-emulator"), EMULATOR);
    assert!(wrong.is_empty(), "These references point up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_has_a_layer() {
    for (name, layers) in [("az-communication", COMMAND_LINE), ("acs-identity-emulator", EMULATOR)] {
        let missing = layers::missing(modules(name), layers);
        assert!(missing.is_empty(), "tests/structure/layers.rs has no layer for these of {name}: {missing:?}");
    }
}

#[test]
fn no_circle_has_more_than_four_files() {
    for name in CRATES {
        let large = circles::of(modules(name)).into_iter().filter(|files| files.len() > 4);
        let large: Vec<String> = large.map(|files| files.join(", ")).collect();
        assert!(large.is_empty(), "These files of {name} refer to each other in a circle:\n{}", large.join("\n"));
    }
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
