//! A root folder for the static program that contains only the program and the files that a test writes.

use std::path::Path;
use std::process::{Command, Output};

use super::{AZ, Folder, copy_program};

/// Returns the reason why a test that needs a root folder cannot run here.
pub fn lacking() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root may change its root folder");
    }
    if !cfg!(all(target_os = "linux", target_feature = "crt-static")) {
        return Some("the program is not static");
    }
    None
}

/// Ends the test if it cannot run.
#[macro_export]
macro_rules! needs_a_root_folder {
    () => {
        if let Some(reason) = $crate::support::root::lacking() {
            eprintln!("skipped: {reason}");
            return;
        }
    };
}

/// A root folder with the program in it.
pub struct Root(Folder);

impl Root {
    pub fn new() -> Self {
        let folder = Folder::new();
        put(Path::new(AZ), &folder.path().join("az"));
        Self(folder)
    }

    /// Makes a copy of the root folder with another C library, which scripts/test.sh makes.
    pub fn foreign() -> Self {
        let foreign =
            std::env::var_os("AZ_TEST_FOREIGN_ROOT").expect("AZ_TEST_FOREIGN_ROOT: run scripts/test.sh as root");
        let folder = Folder::new();
        // The files are linked if possible, because they are only replaced and never changed.
        let copied = [["-a", "--link"].as_slice(), &["-a"]].iter().any(|options| {
            let mut copy = Command::new("cp");
            copy.args(*options).arg(Path::new(&foreign).join(".")).arg(folder.path());
            copy.stderr(std::process::Stdio::null()).status().unwrap().success()
        });
        assert!(copied, "{} cannot be copied", foreign.display());
        put(Path::new(AZ), &folder.path().join("az"));
        Self(folder)
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Removes a file.
    pub fn without(self, path: &str) -> Self {
        let _ = std::fs::remove_file(self.0.path().join(path));
        self
    }

    /// Writes a file.
    pub fn with(self, path: &str, text: &str) -> Self {
        let root = self.without(path);
        root.0.write(path, text);
        root
    }

    pub fn az(&self) -> Command {
        az_in(self.0.path())
    }

    /// Returns a test of this test program, to be run in that root folder.
    pub fn this_test(&self, name: &str) -> Command {
        this_test_in(self.0.path(), name)
    }

    /// Runs the doctor for that host. Returns the line about its name.
    pub fn doctor(&self, host: &str) -> String {
        doctor(&mut self.az(), host)
    }
}

/// Links a file if possible, because that is cheap. Otherwise copies it. It may be a program.
pub fn put(file: &Path, to: &Path) {
    if std::fs::hard_link(file, to).is_err() {
        copy_program(file, to);
    }
}

/// This variable is set for tests that run in a root folder.
const INSIDE: &str = "AZ_TEST_INSIDE";

/// Checks whether this test runs in a root folder.
pub fn inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Returns a test of this test program, to be run in that root folder.
pub fn this_test_in(root: &Path, name: &str) -> Command {
    let program = root.join("test");
    let _ = std::fs::remove_file(&program);
    put(&std::env::current_exe().unwrap(), &program);
    let mut command = run_in(root, "/test");
    command.args(["--exact", name, "--ignored", "--nocapture"]).env(INSIDE, "1");
    command
}

/// Returns the program in that root folder.
pub fn az_in(root: &Path) -> Command {
    run_in(root, "/az")
}

fn run_in(root: &Path, program: &str) -> Command {
    let mut command = Command::new("chroot");
    command.arg(root).arg(program).env_clear();
    command.env("HOME", "/").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
    command
}

/// Runs the doctor for that host. Returns the line about its name.
pub fn doctor(az: &mut Command, host: &str) -> String {
    let connection = format!("endpoint=https://{host}:1/;accesskey=c2VjcmV0");
    az.args(["communication", "doctor", "--connection-string", &connection, "-o", "tsv"]);
    az.args(["--query", "[?check=='dns'].found"]);
    let output = az.output().unwrap();
    said(&output)
}

/// Returns the output of a program that ended by itself.
pub fn said(output: &Output) -> String {
    assert!(output.status.code().is_some(), "{output:?}");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    text.trim_end().to_owned()
}
