//! Tests of the scripts in action.yml, called as a runner calls them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta::assert_snapshot;

use crate::support::{AZ, Folder, other_program};

/// A runner of GitHub, as far as the scripts use it.
struct Runner {
    home: Folder,
}

impl Runner {
    fn new() -> Self {
        let home = Folder::new();
        for file in ["env", "output", "path"] {
            home.write(file, "");
        }
        fs::create_dir(home.path().join("temp")).unwrap();
        Self { home }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// Returns the command of a script with these inputs, and with the PATH that earlier scripts have made.
    fn step(&self, script: &str, inputs: &[(&str, &str)]) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/github").join(script);
        let added: Vec<String> = self.read("path").lines().map(str::to_owned).collect();
        let mut command = other_program(script.to_str().unwrap(), &self.home);
        command
            .env("RUNNER_TEMP", self.file("temp"))
            .env("GITHUB_ENV", self.file("env"))
            .env("GITHUB_OUTPUT", self.file("output"))
            .env("GITHUB_PATH", self.file("path"))
            .env("PATH", [added.join(":"), "/usr/bin:/bin".to_owned()].join(":"))
            .envs(inputs.iter().copied());
        command
    }

    fn installed() -> Self {
        let runner = Self::new();
        let output = runner.step("install.sh", &[("INPUT_PROGRAM", AZ)]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        runner
    }

    fn started(&self, inputs: &[(&str, &str)]) -> Output {
        let port = [("AZURE_COMMUNICATION_EMULATOR_PORT", "0")];
        self.step("start.sh", &[&port, inputs].concat()).output().unwrap()
    }

    /// Returns the value of a variable that later steps get.
    fn exported(&self, name: &str) -> String {
        let text = self.read("env");
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(variable, _)| *variable == name).unwrap_or_else(|| panic!("{name}: {text}")).1.to_owned()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.file("temp/az-communication/emulator.pid")) {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

#[test]
fn a_program_that_is_there_is_put_on_the_path_of_later_steps() {
    let runner = Runner::installed();
    let folder = runner.file("temp/az-communication");
    assert_eq!(runner.read("path"), format!("{}\n", folder.display()));
    assert!(folder.join("az-communication").is_file());
}

#[test]
fn a_program_that_cannot_be_run_is_refused() {
    let runner = Runner::new();
    let output = runner.step("install.sh", &[("INPUT_PROGRAM", "no-such-file")]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"::error::The input 'program' is not a program that can be run: no-such-file");
    assert_eq!(runner.read("path"), "");
}

#[test]
fn later_steps_find_and_trust_the_emulator() {
    let runner = Runner::installed();
    let output = runner.started(&[("AZURE_COMMUNICATION_EMULATOR_HOSTNAME", ""), ("INPUT_DATA_DIR", "")]);
    assert!(output.status.success(), "{output:?}");
    let endpoint = runner.exported("AZURE_COMMUNICATION_ENDPOINT");
    let bundle = runner.exported("REQUESTS_CA_BUNDLE");
    assert_eq!(
        runner.read("output"),
        format!("endpoint={endpoint}\nca-certificate={}\n", runner.exported("NODE_EXTRA_CA_CERTS"))
    );
    assert_eq!((runner.exported("SSL_CERT_FILE"), runner.exported("CURL_CA_BUNDLE")), (bundle.clone(), bundle.clone()));
    let issued = runner.file("temp/az-communication/az-communication");
    let output = other_program(issued.to_str().unwrap(), &runner.home)
        .args(["token", "issue", "--scope", "chat", "--query", "token", "-o", "tsv"])
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", runner.exported("AZURE_COMMUNICATION_CONNECTION_STRING"))
        .env("REQUESTS_CA_BUNDLE", bundle)
        .output()
        .unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b"eyJ"), "{output:?}");
}

#[test]
fn a_key_of_ones_own_is_masked_and_kept() {
    let runner = Runner::installed();
    let key = "a2V5IG9mIG9uZSdzIG93biwgbG9uZyBlbm91Z2ggdG8gYmUgdGFrZW4gd2l0aG91dCBhIHdhcm5pbmchISEhIQ==";
    let output = runner.started(&[("INPUT_ACCESS_KEY", key)]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().next(), Some(&*format!("::add-mask::{key}")));
    assert_eq!(said.matches(key).count(), 1, "{said}");
    assert!(runner.exported("AZURE_COMMUNICATION_CONNECTION_STRING").ends_with(key));
}

#[test]
fn a_key_of_two_lines_is_masked_as_one() {
    let runner = Runner::installed();
    let (first, second) = ("a2V5IG9mIG9uZSdzIG93biwgbG9uZyBlbm91Z2gg", "dG8gYmUgdGFrZW4gd2l0aG91dCBhIHdhcm5pbmch");
    let output = runner.started(&[("INPUT_ACCESS_KEY", &format!("{first}\n{second}\n"))]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().next(), Some(&*format!("::add-mask::{first}{second}")));
    assert_eq!(said.matches(second).count(), 1, "{said}");
}

#[test]
fn a_folder_that_cannot_be_handed_on_is_refused() {
    let runner = Runner::installed();
    let folder = runner.file("a\"b");
    let output = runner.started(&[("INPUT_DATA_DIR", folder.to_str().unwrap())]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(runner.read("env"), "");
    assert!(!folder.exists());
}

#[test]
fn an_emulator_that_does_not_start_fails_the_step() {
    let runner = Runner::installed();
    let output = runner.started(&[("AZURE_COMMUNICATION_EMULATOR_HOSTNAME", "a..b")]);
    assert!(!output.status.success(), "{output:?}");
    assert_eq!((runner.read("env"), runner.read("output")), (String::new(), String::new()));
}
