//! Tests that code for particular systems is only in one module.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that check the system, or exist only on some systems.
const WORDS: [&str; 8] =
    ["cfg(unix", "cfg(not(unix", "cfg(windows", "target_os", "os::unix", "os::fd", "rustix", "signal_hook"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

fn asks_for_a_system(line: &str) -> bool {
    // This also finds conditions with several parts, and `cfg!(…)`.
    let plain = line.replace([' ', '!'], "").replace("cfg(all(", "cfg(").replace("cfg(any(", "cfg(");
    WORDS.iter().any(|word| plain.contains(word))
}

/// Returns the lines outside of these paths that contain such a word.
fn found(folder: &Path, except: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(folder) {
        let name = path.strip_prefix(folder).unwrap().display().to_string().replace('\\', "/");
        if except.iter().any(|except| name.starts_with(except)) {
            continue;
        }
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if asks_for_a_system(line) {
                found.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn only_one_module_knows_which_system_it_runs_on() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = found(&source, &["system/"]);
    assert!(found.is_empty(), "These belong into src/system:\n{}", found.join("\n"));
}

/// Other exceptions are one of two files that the module selects, and tests that run only on Unix.
#[test]
fn nor_does_anything_else_in_the_library_of_the_emulator() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../acs-identity-emulator/src");
    let tests = ["damage/", "folder/tests", "keys/pki/own_certificate/tests.rs"];
    let mut found = found(&source, &[&["system/", "folder/written.rs"][..], &tests].concat());
    found.retain(|line| !line.contains("portable_system"));
    assert!(found.is_empty(), "These belong into src/system of the library:\n{}", found.join("\n"));
}

#[test]
fn the_search_finds_every_spelling() {
    for line in [
        "#[cfg(unix)]",
        "    #[cfg(all(unix, test))]",
        "if cfg!( windows ) {",
        "#[cfg(any(not(unix), test))]",
        "if cfg!(target_os = \"linux\") {",
        "use std::os::unix::fs::MetadataExt as _;",
        "let _ = rustix::process::getuid();",
        "use signal_hook::consts::SIGINT;",
    ] {
        assert!(asks_for_a_system(line), "{line}");
    }
    assert!(!asks_for_a_system("#[cfg(test)]"));
}
