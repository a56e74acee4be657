//! The npm packages: one for each platform with the program in it, and the launcher with the test kit, which needs them
//! as optional dependencies (docs/decisions/packages.md).

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::pack::{self, Entry};
use super::parts::{NAME, Parts};
use crate::error::{At as _, Error};

const REPOSITORY: &str = "https://github.com/acs-identity/az-communication";

/// A platform that has a package.
struct Platform {
    /// The name in Rust.
    target: &'static str,
    /// The system in Node.js. The next field is the processor.
    os: &'static str,
    cpu: &'static str,
}

/// All platforms with a package. The launcher's package.json lists all of them, independent of the platform of the
/// build.
const PLATFORMS: &[Platform] = &[Platform { target: "x86_64-unknown-linux-gnu", os: "linux", cpu: "x64" }];

/// The files of the test kit, `az-communication/testing` (docs/kits/javascript.md).
const TESTING: [&str; 13] = [
    "clock.js",
    "control.js",
    "environment.js",
    "error.js",
    "faults.js",
    "index.d.mts",
    "index.d.ts",
    "index.js",
    "index.mjs",
    "options.js",
    "process.js",
    "ready.js",
    "values.js",
];

impl Platform {
    /// Returns the name of the package. The launcher makes the same name from `process.platform` and `process.arch`.
    fn name(&self) -> String {
        format!("@{NAME}/{}-{}", self.os, self.cpu)
    }
}

/// Writes the package of this platform and the launcher's package. Writes neither if this platform has no package.
///
/// # Errors
///
/// When a file of the repository is missing.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let Some(platform) = PLATFORMS.iter().find(|platform| platform.target == parts.target) else {
        eprintln!(
            "{} has no npm package: PLATFORMS in xtask/src/release/npm.rs lists those that have one.",
            parts.target
        );
        return Ok(Vec::new());
    };
    let program = vec![
        Entry::program(NAME, parts.program.clone()),
        Entry::file("README.md", parts.read("packaging/npm/platform.md")?),
        Entry::file("THIRD-PARTY-LICENCES", parts.licences.clone()),
        Entry::file(format!("{NAME}.cdx.json"), parts.sbom.clone()),
    ];
    let mut launcher = vec![
        Entry::program("launcher.js", parts.read("packaging/npm/launcher.js")?),
        Entry::file("README.md", parts.read("packaging/npm/README.md")?),
        Entry::file("program.js", parts.read("packaging/npm/program.js")?),
    ];
    for name in TESTING {
        let path = format!("testing/{name}");
        let text = parts.read(&format!("packaging/npm/{path}"))?;
        launcher.push(Entry::file(path, text));
    }
    Ok(vec![
        package(parts, dist, &platform_manifest(parts, platform), program)?,
        package(parts, dist, &launcher_manifest(parts), launcher)?,
    ])
}

/// Returns the common part of both manifests.
fn manifest(parts: &Parts, name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "version": parts.version,
        "description": description,
        "homepage": format!("{REPOSITORY}#readme"),
        "bugs": format!("{REPOSITORY}/issues"),
        "repository": { "type": "git", "url": format!("git+{REPOSITORY}.git") },
        "license": "MIT",
        "author": "The az-communication authors",
    })
}

/// Returns the manifest of a platform's package. npm installs it on this platform only. It has no `libc`, because the
/// program is static.
fn platform_manifest(parts: &Parts, platform: &Platform) -> Value {
    let Platform { os, cpu, .. } = platform;
    let mut manifest = manifest(parts, &platform.name(), &format!("The program of az-communication for {os} {cpu}"));
    manifest["os"] = json!([os]);
    manifest["cpu"] = json!([cpu]);
    manifest["files"] = json!([NAME, "THIRD-PARTY-LICENCES", format!("{NAME}.cdx.json")]);
    // Yarn's PnP keeps packages as zip files, from which a program cannot run.
    manifest["preferUnplugged"] = json!(true);
    // Packages with a scope are private by default.
    manifest["publishConfig"] = json!({ "access": "public" });
    manifest
}

/// Returns the manifest of the launcher. It has neither `os` nor `cpu`: with these, npm would refuse to install it, and
/// the launcher could not print its own message. It has no scripts.
fn launcher_manifest(parts: &Parts) -> Value {
    let description =
        "Identities and access tokens of Azure Communication Services, and an emulator of the service, offline";
    let mut manifest = manifest(parts, NAME, description);
    manifest["keywords"] = json!(["azure", "acs", "communication", "identity", "token", "emulator", "testing"]);
    manifest["engines"] = json!({ "node": ">=18" });
    manifest["type"] = json!("commonjs");
    manifest["bin"] = json!({ NAME: "launcher.js" });
    manifest["files"] = json!(["launcher.js", "program.js", "testing"]);
    // Nothing else can be imported, so that a module can be added later without breaking imports.
    manifest["exports"] = json!({
        "./package.json": "./package.json",
        "./testing": {
            "import": { "types": "./testing/index.d.mts", "default": "./testing/index.mjs" },
            "require": { "types": "./testing/index.d.ts", "default": "./testing/index.js" },
        },
    });
    let packages = PLATFORMS.iter().map(|platform| (platform.name(), json!(parts.version)));
    manifest["optionalDependencies"] = Value::Object(packages.collect());
    manifest
}

/// Writes a package under the name that `npm pack` gives it. Like `npm pack`, it writes only files and no folders.
fn package(parts: &Parts, dist: &Path, manifest: &Value, mut entries: Vec<Entry>) -> Result<PathBuf, Error> {
    let text = serde_json::to_string_pretty(manifest).map_err(|error| Error::new(error.to_string()))?;
    entries.push(Entry::file("package.json", text + "\n"));
    entries.push(Entry::file("LICENSE", parts.read("LICENSE")?));
    let name = manifest["name"].as_str().unwrap_or_default().trim_start_matches('@').replace('/', "-");
    let path = dist.join(format!("{name}-{}.tgz", parts.version));
    fs::write(&path, pack::gzip(&pack::tar_without_folders(entries, parts.epoch, "package/")?)?).at(&path)?;
    Ok(path)
}
