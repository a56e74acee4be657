//! Builds the program of a release separately, so that it contains as little of this machine as possible.

use std::env;
use std::path::{Path, PathBuf};

use super::command;
use super::paths;
use crate::error::Error;

/// The package that is built. With only `--bin az`, other members of the workspace would add features.
pub const PACKAGE: &str = "az-communication";

/// The variables that a build gets: the places of its tools, and the configuration of the network. Other variables
/// change the result or may do so. For example, RUSTFLAGS replaces the flags in .cargo/config.toml, including the
/// static link.
const KEPT: [&str; 12] = [
    "PATH",
    "HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
    "TERM",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];

/// The prefixes of variables about the network and about colours.
const KEPT_BEGINNINGS: [&str; 5] = ["CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_", "CARGO_TERM_"];

/// Builds the program, and returns its path.
///
/// # Errors
///
/// When cargo fails.
pub fn build(root: &Path, target: &str, jobs: Option<&str>) -> Result<PathBuf, Error> {
    // This comes first, because it makes the folder of sources, which `prefixes` reads.
    command::output(command::cargo(root).args(["fetch", "--locked", "--quiet", "--target", target]))?;
    let flags: Vec<String> = paths::prefixes(root)?
        .iter()
        .map(|(from, to)| serde_json::Value::from(format!("--remap-path-prefix={from}={to}")).to_string())
        .collect();
    // Cargo joins this list with the list in .cargo/config.toml.
    let config = format!("target.{target}.rustflags=[{}]", flags.join(","));
    let folder = root.join("target/release-artefacts");
    let mut cargo = command::cargo(root);
    cargo.args(["build", "--release", "--locked", "--package", PACKAGE, "--target", target, "--config", &config]);
    cargo.arg("--target-dir").arg(&folder);
    if let Some(jobs) = jobs {
        cargo.args(["--jobs", jobs]);
    }
    cargo.env_clear();
    for (name, value) in env::vars_os() {
        let text = name.to_string_lossy().into_owned();
        let is_kept = KEPT.contains(&text.to_uppercase().as_str())
            || KEPT_BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
        if is_kept {
            cargo.env(name, value);
        }
    }
    // The date is fixed, for `__DATE__` in C code. With the date of the commit, cargo would compile all C code and its
    // dependents again for each commit.
    cargo.env("LC_ALL", "C").env("TZ", "UTC").env("SOURCE_DATE_EPOCH", "1");
    command::output(&mut cargo)?;
    Ok(folder.join(target).join("release/az"))
}
