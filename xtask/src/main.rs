//! `cargo xtask`: releases the program. See docs/releasing.md.

mod error;
mod options;
mod release;
mod say;
mod soak;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use error::Error;
use options::Options;

const USAGE: &str = "\
Usage: cargo xtask release [--only NAME,…] [--dist DIR] [--program FILE] [--jobs N]
                           [--deb-revision N] [--allow-dirty]
       cargo xtask program [--jobs N]
       cargo xtask soak

release  Builds the program and writes all artefacts and their SHA256SUMS into dist/.
program  Builds the program as `release` does, and prints where it is.
soak     Runs all tests in their long form.

--only          Writes these artefacts only, in any order.
--dist          Writes into this folder.
--program       Packs a program that was built already. Its paths are not checked.
--jobs          Compiles so many crates at once; by default one a core.
--deb-revision  Counts the Debian packages of one version, from 1.
--allow-dirty   Releases a tree that has changes which are not committed.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ERROR: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<(), Error> {
    let (command, rest) = words.split_first().map_or(("", &[][..]), |(command, rest)| (command.as_str(), rest));
    match command {
        "release" => release::release(&root(), &Options::read(rest)?),
        "program" => {
            println!("{}", release::program(&root(), &Options::read(rest)?)?.display());
            Ok(())
        }
        "soak" => soak::run(&root()),
        "-h" | "--help" | "help" => {
            print!("{USAGE}\nArtefacts: {}.\n", release::names().join(", "));
            Ok(())
        }
        _ => Err(Error::new(format!("'{command}' is not a command of xtask.\n{USAGE}"))),
    }
}

/// The repository: the folder above this crate's.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}
