//! Tests of the npm packages with several installers.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::json;

use super::dist::stdout;
use super::node;
use super::registry::{Registry, manifest};
use super::support::Folder;

/// An installer of packages.
#[derive(Debug, Clone, Copy)]
enum Installer {
    Npm,
    Pnpm,
    YarnClassic,
    /// Yarn with a node_modules folder.
    Yarn,
    /// Yarn without a node_modules folder.
    YarnPnp,
}

/// A project that depends on az-communication.
struct Project {
    home: Folder,
    registry: Registry,
    installer: Installer,
}

impl Project {
    fn new(installer: Installer) -> Self {
        let home = Folder::new();
        let project = json!({ "name": "project", "private": true, "dependencies": { "az-communication": env!("CARGO_PKG_VERSION") } });
        home.write("package.json", project.to_string());
        home.write("yarn.lock", "");
        Self { home, registry: Registry::new(), installer }
    }

    fn command(&self, words: &[&str]) -> Command {
        let script = match self.installer {
            Installer::Npm => None,
            Installer::Pnpm => Some("pnpm/bin/pnpm.cjs"),
            Installer::YarnClassic => Some("yarn/bin/yarn.js"),
            Installer::Yarn | Installer::YarnPnp => Some("@yarnpkg/cli-dist/bin/yarn.js"),
        };
        let mut command = self.program(if script.is_some() { "node" } else { "npm" });
        command.args(script.map(|script| node::installers().join(script))).args(words);
        command
    }

    /// Returns node, npm or npx, configured so that each installer asks only the registry of this test.
    fn program(&self, name: &str) -> Command {
        let mut command = node::program(name, &self.home);
        let linker = if matches!(self.installer, Installer::YarnPnp) { "pnp" } else { "node-modules" };
        for (name, value) in [
            ("npm_config_registry", self.registry.url.as_str()),
            ("npm_config_update_notifier", "false"),
            ("npm_config_audit", "false"),
            ("YARN_NPM_REGISTRY_SERVER", &self.registry.url),
            ("YARN_UNSAFE_HTTP_WHITELIST", "127.0.0.1"),
            ("YARN_ENABLE_TELEMETRY", "false"),
            ("YARN_ENABLE_SCRIPTS", "false"),
            ("YARN_NODE_LINKER", linker),
        ] {
            command.env(name, value);
        }
        // As root, yarn classic has its cache outside of HOME.
        command.env("YARN_CACHE_FOLDER", self.home.path().join(".yarn-cache"));
        command
    }

    fn install(&self) {
        let ignoring = ["install", "--ignore-scripts"];
        stdout(&mut self.command(match self.installer {
            Installer::Yarn | Installer::YarnPnp => &ignoring[..1],
            _ => &ignoring,
        }));
    }

    /// Returns the installed command, called as users of the installer call it.
    fn az_communication(&self, words: &[&str]) -> Command {
        let before: &[&str] = match self.installer {
            Installer::Npm => &["exec", "--", "az-communication"],
            Installer::Pnpm => &["exec", "az-communication"],
            Installer::YarnClassic => &["--silent", "run", "az-communication"],
            Installer::Yarn | Installer::YarnPnp => &["run", "az-communication"],
        };
        self.command(&[before, words].concat())
    }

    /// Checks that a project can run a test in the emulator with a client, that the test kit starts an emulator of its
    /// own, and that arguments and the exit code are passed on.
    fn is_installed(&self) {
        let odd = ["a b", "", "\"", "'", "$x", "ä€😀"];
        let script = "const { execFileSync } = require('node:child_process'); \
                      const { startEmulator } = require('az-communication/testing'); \
                      const issue = ['token', 'issue', '--scope', 'chat', '--query', 'token', '-otsv']; \
                      const token = execFileSync('az-communication', issue, { encoding: 'utf8' }); \
                      startEmulator().then((emulator) => emulator.isActive(token)).then((active) => { \
                      console.log(JSON.stringify([token.slice(0, 3), String(active), ...process.argv.slice(1)])); \
                      process.exitCode = 7; });";
        let mut command = self.az_communication(&["emulator", "run", "--", "node", "-e", script]);
        let output = command.args(odd).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(7), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let expected = [&["eyJ", "false"][..], &odd].concat();
        assert_eq!(said.lines().last(), Some(json!(expected).to_string().as_str()), "{said}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn npm_installs_it_from_a_lockfile_without_scripts() {
    let project = Project::new(Installer::Npm);
    project.install();
    fs::remove_dir_all(project.home.path().join("node_modules")).unwrap();
    stdout(&mut project.command(&["ci", "--ignore-scripts"]));
    project.is_installed();
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn npx_runs_it() {
    let project = Project::new(Installer::Npm);
    project.install();
    let mut npx = project.program("npx");
    npx.args(["az-communication", "emulator", "run", "--", "node", "-p"]);
    let endpoint = stdout(npx.arg("process.env.AZURE_COMMUNICATION_ENDPOINT"));
    assert!(endpoint.starts_with("https://localhost:"), "{endpoint}");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn pnpm_installs_it() {
    let project = Project::new(Installer::Pnpm);
    project.install();
    project.is_installed();
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn yarn_classic_installs_it() {
    let project = Project::new(Installer::YarnClassic);
    project.install();
    project.is_installed();
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn yarn_installs_it_with_a_node_modules_folder() {
    let project = Project::new(Installer::Yarn);
    project.install();
    project.is_installed();
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn yarn_installs_it_without_a_node_modules_folder() {
    let project = Project::new(Installer::YarnPnp);
    project.install();
    assert!(!project.home.path().join("node_modules").exists());
    project.is_installed();
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn without_optional_dependencies_it_says_what_is_missing() {
    let project = Project::new(Installer::Npm);
    stdout(&mut project.command(&["install", "--omit=optional"]));
    let output = project.program("npx").args(["az-communication", "token", "issue"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_snapshot!(said, @r"
    ERROR: The program of az-communication is not installed: the optional dependency @az-communication/linux-x64 is missing.
    Hint: Install again without --omit=optional (pnpm: --no-optional, yarn: --ignore-optional). If node_modules or the lockfile comes from another system, add the package by itself: npm install @az-communication/linux-x64@VERSION
    ");
}

/// Returns the files of a package, and its package.json without the descriptions.
fn said(tarball: &Path) -> String {
    let text = stdout(Command::new("tar").args(["--utc", "-tvzf"]).arg(tarball));
    let mut lines = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        lines.push_str(&format!("{} {} {}\n", words[0], words[1], words[5]));
    }
    let mut manifest = manifest(tarball);
    manifest.as_object_mut().unwrap().retain(|name, _| !["description", "keywords"].contains(&name.as_str()));
    format!("{lines}{manifest:#}").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_launcher_says_so_about_itself() {
    assert_snapshot!(said(&node::launcher()), @r#"
    -rw-r--r-- 0/0 package/LICENSE
    -rw-r--r-- 0/0 package/README.md
    -rwxr-xr-x 0/0 package/launcher.js
    -rw-r--r-- 0/0 package/package.json
    -rw-r--r-- 0/0 package/program.js
    -rw-r--r-- 0/0 package/testing/clock.js
    -rw-r--r-- 0/0 package/testing/control.js
    -rw-r--r-- 0/0 package/testing/environment.js
    -rw-r--r-- 0/0 package/testing/error.js
    -rw-r--r-- 0/0 package/testing/faults.js
    -rw-r--r-- 0/0 package/testing/index.d.mts
    -rw-r--r-- 0/0 package/testing/index.d.ts
    -rw-r--r-- 0/0 package/testing/index.js
    -rw-r--r-- 0/0 package/testing/index.mjs
    -rw-r--r-- 0/0 package/testing/options.js
    -rw-r--r-- 0/0 package/testing/process.js
    -rw-r--r-- 0/0 package/testing/ready.js
    -rw-r--r-- 0/0 package/testing/values.js
    {
      "name": "az-communication",
      "version": "VERSION",
      "homepage": "https://github.com/acs-identity/az-communication#readme",
      "bugs": "https://github.com/acs-identity/az-communication/issues",
      "repository": {
        "type": "git",
        "url": "git+https://github.com/acs-identity/az-communication.git"
      },
      "license": "MIT",
      "author": "The az-communication authors",
      "engines": {
        "node": ">=18"
      },
      "type": "commonjs",
      "bin": {
        "az-communication": "launcher.js"
      },
      "files": [
        "launcher.js",
        "program.js",
        "testing"
      ],
      "exports": {
        "./package.json": "./package.json",
        "./testing": {
          "import": {
            "types": "./testing/index.d.mts",
            "default": "./testing/index.mjs"
          },
          "require": {
            "types": "./testing/index.d.ts",
            "default": "./testing/index.js"
          }
        }
      },
      "optionalDependencies": {
        "@az-communication/linux-x64": "VERSION"
      }
    }
    "#);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_package_of_a_platform_says_so_about_itself() {
    assert_snapshot!(said(&node::platform()), @r#"
    -rw-r--r-- 0/0 package/LICENSE
    -rw-r--r-- 0/0 package/README.md
    -rw-r--r-- 0/0 package/THIRD-PARTY-LICENCES
    -rwxr-xr-x 0/0 package/az-communication
    -rw-r--r-- 0/0 package/az-communication.cdx.json
    -rw-r--r-- 0/0 package/package.json
    {
      "name": "@az-communication/linux-x64",
      "version": "VERSION",
      "homepage": "https://github.com/acs-identity/az-communication#readme",
      "bugs": "https://github.com/acs-identity/az-communication/issues",
      "repository": {
        "type": "git",
        "url": "git+https://github.com/acs-identity/az-communication.git"
      },
      "license": "MIT",
      "author": "The az-communication authors",
      "os": [
        "linux"
      ],
      "cpu": [
        "x64"
      ],
      "files": [
        "az-communication",
        "THIRD-PARTY-LICENCES",
        "az-communication.cdx.json"
      ],
      "preferUnplugged": true,
      "publishConfig": {
        "access": "public"
      }
    }
    "#);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_packages_are_under_8_mb() {
    for tarball in [node::launcher(), node::platform()] {
        assert!(fs::metadata(&tarball).unwrap().len() < 8_000_000, "{}", tarball.display());
    }
}
