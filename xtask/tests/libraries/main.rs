//! Tests of the libraries that are published on crates.io: their public interface, and their packages.

mod packages;
mod public_api;

use std::path::Path;
use std::process::Command;

/// The libraries, in the order in which they are published.
const LIBRARIES: [&str; 2] = ["acs-identity-protocol", "acs-identity"];

/// Returns the folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

/// Returns a command of cargo in a folder.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder);
    cargo
}
