//! Tests of `emulator start --detach` and `emulator status`, and of both in a container image.
#![cfg(target_os = "linux")]

mod container;
mod ends;
mod files;
mod page;
mod refused;
mod start;
mod status;
#[path = "../support/mod.rs"]
mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::emulator::Client;
use support::{AZ, Folder, az, copy_program, other_program};

/// A timeout that is long enough for every step on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

const DETACH: [&str; 6] = ["communication", "emulator", "start", "--detach", "--port", "0"];
const STATUS: [&str; 3] = ["communication", "emulator", "status"];

/// An emulator in the background. It ends with the test.
struct Background {
    ready: Value,
    said: String,
}

impl Background {
    fn start(home: &Folder, options: &[&str]) -> Self {
        Self::of(az(home).args(DETACH).args(options).output().unwrap())
    }

    fn of(output: Output) -> Self {
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        Self { ready: serde_json::from_slice(&output.stdout).unwrap(), said }
    }

    fn pid(&self) -> u32 {
        self.ready["pid"].as_u64().unwrap().try_into().unwrap()
    }

    fn port(&self) -> u16 {
        self.ready["endpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
    }

    fn file(&self, member: &str) -> PathBuf {
        self.ready[member].as_str().unwrap().into()
    }

    fn text(&self, member: &str) -> String {
        std::fs::read_to_string(self.file(member)).unwrap()
    }

    /// Asks the emulator to end, and waits until it has ended.
    fn stop(&self) {
        kill("TERM", self.pid());
        wait_for_end(self.pid());
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.pid().to_string()]).stderr(Stdio::null()).status();
    }
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// Checks whether a process runs. A zombie does not run once all of its threads have ended.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    threads > 1 || stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

/// Waits until the closure returns a value.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn wait_for_end(pid: u32) {
    until("the process ends", || (!runs(pid)).then_some(()));
}

/// Runs a command that ends with that code and without a result. Returns its stderr.
fn refusal(code: i32, command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(code), b"".as_slice()), "{said}");
    said
}

/// Returns the paths of everything below a folder, relative to it.
fn content(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(content(&path).into_iter().map(|below| format!("{name}/{below}")));
        }
        found.push(name);
    }
    found.sort();
    found
}

/// Returns the process id of the emulator that a start is starting.
fn child_of(starter: &Child) -> u32 {
    let id = starter.id();
    until("the emulator is started", || {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
        children.split(' ').next()?.parse().ok()
    })
}
