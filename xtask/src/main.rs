//! `cargo xtask`: the usual commands for work on this repository, which CI calls, too. CONTRIBUTING.md lists them.

#[cfg(unix)]
mod cases;
mod child;
#[cfg(unix)]
mod compare;
mod error;
mod golden;
#[cfg(unix)]
mod mutants;
mod options;
mod random;
mod release;
mod say;
mod soak;
mod tasks;
mod test;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match tasks::run(&root(), &words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ERROR: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the repository's folder, which contains the folder of this crate.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}
