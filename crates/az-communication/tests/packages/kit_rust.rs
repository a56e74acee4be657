//! The SDK and the test kit for Rust, from packaged crates in a folder outside of this repository, without its
//! `.cargo/config.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::dist::{repository, stdout};

/// The crates that an app needs.
const CRATES: [&str; 3] = ["acs-identity-protocol", "acs-identity", "acs-identity-emulator"];

/// A folder outside of the repository, with the packaged crates. It is removed on drop.
struct Outside(PathBuf);

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Outside {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("acs-kit-rust-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir(&folder.0).unwrap();
        let mut package = Command::new(env!("CARGO"));
        package.args(["package", "--quiet", "--offline", "--no-verify", "--allow-dirty", "--target-dir"]);
        package.arg(folder.0.join("packages")).args(CRATES.map(|name| format!("-p={name}"))).current_dir(repository());
        stdout(&mut package);
        for entry in fs::read_dir(folder.0.join("packages/package")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "crate") {
                stdout(Command::new("tar").arg("-xzf").arg(path).arg("-C").arg(&folder.0));
            }
        }
        folder
    }

    /// Copies an app, whose dependencies are then the packaged crates.
    fn app(&self, name: &str) -> PathBuf {
        let app = self.0.join(name);
        let from = repository().join("tests/kits").join(name);
        stdout(Command::new("cp").arg("-r").arg(from).arg(&app));
        let manifest = fs::read_to_string(app.join("Cargo.toml")).unwrap();
        let mut manifest = CRATES.iter().fold(manifest, |manifest, name| {
            manifest.replace(&format!("path = \"../../../crates/{name}\""), "version = \"0.1\"")
        });
        manifest.push_str(&self.patch());
        fs::write(app.join("Cargo.toml"), manifest).unwrap();
        app
    }

    /// Returns the end of a manifest that takes the packaged crates in place of crates.io.
    fn patch(&self) -> String {
        let line = |name| format!("{name} = {{ path = '{}' }}\n", self.0.join(format!("{name}-0.1.0")).display());
        format!("\n[workspace]\n\n[patch.crates-io]\n{}", CRATES.map(line).concat())
    }

    /// Returns cargo in a folder of an app, without the variables of this repository.
    fn cargo(&self, app: &Path, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(app).env_clear().env("CARGO_TARGET_DIR", self.0.join("target"));
        for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "HTTPS_PROXY", "SSL_CERT_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                cargo.env(name, value);
            }
        }
        // The compiler beside this cargo, and not rustup, which would obey the rust-toolchain.toml that some crates
        // contain and change the toolchains of this machine.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = Path::new(env!("CARGO")).parent().unwrap().to_owned();
        let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).unwrap();
        cargo.env("PATH", path).env("RUSTUP_AUTO_INSTALL", "0");
        cargo
    }
}

#[test]
fn the_kit_resolves_beside_another_crate_that_links_sqlite() {
    let outside = Outside::new();
    let app = outside.0.join("app");
    fs::create_dir_all(app.join("other/src")).unwrap();
    fs::create_dir(app.join("src")).unwrap();
    for file in ["src/lib.rs", "other/src/lib.rs"] {
        fs::write(app.join(file), "").unwrap();
    }
    // It stands for libsqlite3-sys, which sqlx, diesel and rusqlite use.
    fs::write(app.join("other/build.rs"), "fn main() {}\n").unwrap();
    let other = "[package]\nname = 'other-sqlite'\nversion = '0.0.0'\nedition = '2024'\nlinks = 'sqlite3'\n";
    fs::write(app.join("other/Cargo.toml"), other).unwrap();
    let resolve = |features: &str| {
        let manifest = format!(
            "[package]\nname = 'app'\nversion = '0.0.0'\nedition = '2024'\n\n\
             [dependencies]\nacs-identity = '0.1'\nother-sqlite = {{ path = 'other' }}\n\n\
             [dev-dependencies]\nacs-identity-emulator = {{ version = '0.1', features = [{features}] }}\n{}",
            outside.patch()
        );
        fs::write(app.join("Cargo.toml"), manifest).unwrap();
        outside.cargo(&app, &["generate-lockfile", "--offline"]).output().unwrap()
    };
    let resolved = resolve("'azure_core'");
    assert!(resolved.status.success(), "{}", String::from_utf8_lossy(&resolved.stderr));
    let lock = fs::read_to_string(app.join("Cargo.lock")).unwrap();
    assert!(lock.contains("\"acs-identity-emulator\"") && !lock.contains("\"rusqlite\""), "{lock}");
    // Otherwise, this test could not fail.
    let refused = resolve("'sqlite'");
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && words.contains("links to the native library `sqlite3`"), "{words}");
}

/// The apps share the crates that they build, which takes minutes.
#[test]
#[ignore = "downloads sqlx and rusqlite, and builds for minutes"]
fn apps_are_tested_with_the_packaged_kit_also_where_they_link_sqlite() {
    if std::env::var_os("AZ_LONG").is_none() {
        eprintln!("skipped: AZ_LONG=1 builds apps from the packaged crates");
        return;
    }
    let outside = Outside::new();
    for (name, passed) in
        [("rust", &["7 passed", "2 passed"][..]), ("rust_sqlx", &["1 passed"]), ("rust_rusqlite", &["1 passed"])]
    {
        let app = outside.app(name);
        let shown = stdout(&mut outside.cargo(&app, &["test"]));
        assert!(passed.iter().all(|passed| shown.contains(&format!("test result: ok. {passed}"))), "{name}: {shown}");
    }
    first_test_is_ready_in_time(&outside);
}

/// Runs the first test of the manual in new processes.
fn first_test_is_ready_in_time(outside: &Outside) {
    let programs = fs::read_dir(outside.0.join("target/debug/deps")).unwrap().map(|entry| entry.unwrap().path());
    let mut programs = programs.filter(|path| path.extension().is_none());
    // After its name comes a hash.
    let is_first = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("first-"));
    let first = programs.find(is_first).unwrap();
    let milliseconds = (0..20).map(|_| {
        let started = Instant::now();
        stdout(Command::new(&first).args(["--exact", "a_user_gets_a_token"]));
        started.elapsed().as_millis()
    });
    // The fastest process tells least about what else this machine does.
    let fastest = milliseconds.min().unwrap();
    eprintln!("the first test of a process has its token after {fastest} ms");
    assert!(fastest <= 150, "{fastest} ms");
}
