//! Compares the public interface of the published libraries with the one that is committed. A change of it is a choice:
//! `AZ_WRITE_DOCS=1 cargo test --manifest-path xtask/Cargo.toml --test libraries` writes it anew, and the diff shows
//! what breaks programs that use the library.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{LIBRARIES, cargo, root};

/// Returns the public interface of a crate, an item a line.
fn public_api(root: &Path, name: &str) -> String {
    // The features change what the crate depends on, and not its interface.
    let mut cargo = cargo(root);
    cargo.args(["rustdoc", "--locked", "--quiet", "--lib", "--no-default-features", "-p", name]);
    if name == "acs-identity-protocol" {
        cargo.args(["--features", "azure_core"]);
    }
    cargo.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    // Only rustdoc may use unstable options. With the variable for cargo, all dependencies would be built again.
    let wrapper = root.join("xtask/tests/libraries/unstable-rustdoc");
    let status = cargo.env("RUSTDOC", wrapper).status().expect("cargo");
    assert!(status.success(), "rustdoc of {name} failed");
    let file = root.join(target(root)).join("doc").join(format!("{}.json", name.replace('-', "_")));
    let api = public_api::Builder::from_rustdoc_json(&file)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    api.items().map(|item| format!("{item}\n")).collect()
}

/// Returns the folder of what cargo builds for this machine (.cargo/config.toml has an explicit target).
fn target(root: &Path) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let version = Command::new("rustc").arg("-vV").output().expect("rustc");
    let text = String::from_utf8(version.stdout).expect("rustc -vV");
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).expect("the host of rustc");
    folder.join(host)
}

#[test]
fn the_public_interface_of_each_library_is_the_committed_one() {
    let root = root();
    let mut changed = Vec::new();
    for name in LIBRARIES {
        let api = public_api(root, name);
        let path = root.join("crates").join(name).join("tests/public-api.txt");
        if std::env::var_os("AZ_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &api).expect("the file can be written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = |text: &str, other: &str, sign: &str| -> Vec<String> {
            let others: std::collections::HashSet<&str> = other.lines().collect();
            text.lines().filter(|line| !others.contains(line)).map(|line| format!("{sign} {line}")).collect()
        };
        changed.extend(lines(&committed, &api, "-"));
        changed.extend(lines(&api, &committed, "+"));
    }
    assert!(
        changed.is_empty(),
        "The public interface has changed. If that is meant, run this test with AZ_WRITE_DOCS=1:\n{}",
        changed.join("\n")
    );
}
