//! Tests of `emulator start` and `emulator run` as processes: signals, files, limits, environment.
#![cfg(target_os = "linux")]

mod bundle;
mod certificates;
mod clients;
mod control_secret;
mod edge;
mod elsewhere;
mod environment;
mod folder;
mod help;
mod hosts;
mod issuers;
mod leftovers;
mod life;
mod limits;
mod machines;
mod page;
mod ready;
mod ready_place;
mod runs;
mod signals;
mod store;
#[path = "../support/mod.rs"]
mod support;
mod trust;
mod variables;
mod words;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::emulator::{Client, Emulator};
use support::terminal::{Collector, open};
use support::{AZ, Folder, az, other_program};

/// A timeout that is long enough for every step on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

const START: [&str; 5] = ["communication", "emulator", "start", "--port", "0"];

fn run_words(script: &str) -> [&str; 7] {
    ["communication", "emulator", "run", "--", "sh", "-c", script]
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// Waits for a child, and kills it if it takes too long.
fn wait(child: &mut Child) -> ExitStatus {
    let mut ended = None;
    let end = Instant::now() + LIMIT;
    while ended.is_none() && Instant::now() < end {
        ended = child.try_wait().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    ended.unwrap_or_else(|| {
        let _ = child.kill();
        panic!("process {} did not end", child.id());
    })
}

/// Returns the folders of runs in the folder for temporary files.
fn run_folders(home: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("az-communication-emulator-")).collect()
}

/// The lines of a stream, as they arrive.
struct Lines(Receiver<String>);

impl Lines {
    fn of(stream: impl std::io::Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self(receiver)
    }

    /// Returns the next line, or `None` at the end or after the timeout.
    fn next(&self) -> Option<String> {
        self.0.recv_timeout(LIMIT).ok()
    }
}

/// Starts a run, and waits until its command has printed that it is ready.
fn ready(command: &mut Command) -> (Child, Lines) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = Lines::of(child.stdout.take().unwrap());
    assert_eq!(lines.next().as_deref(), Some("ready"));
    (child, lines)
}

/// Runs `user create` against an emulator with only its connection string.
fn create_user(home: &Folder, connection_string: &str) -> std::process::Output {
    let mut command = az(home);
    command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection_string).output().unwrap()
}

/// Returns the error of a start that is refused.
fn refusal(command: &mut Command) -> String {
    refusal_with(1, command)
}

/// Returns the error of a command that ends with that exit code.
fn refusal_with(expected: i32, command: &mut Command) -> String {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // If the command is not refused, it would run for ever.
    let code = wait(&mut child).code();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((code, stdout.as_str()), (Some(expected), ""), "{stderr}");
    stderr
}

/// Downloads a document like a client that trusts the certificate of the ready line.
fn get(certificate: &str, url: &str) -> Value {
    let output = Command::new("curl").args(["-sS", "--noproxy", "*", "--cacert", certificate, url]).output().unwrap();
    assert!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Checks that the endpoint of the ready line answers, and the URLs in its answers.
fn answers_as_it_says(emulator: &Emulator) {
    let endpoint = emulator.ready["endpoint"].as_str().unwrap();
    let metadata = get(&emulator.ca_certificate(), &format!("{endpoint}/.well-known/openid-configuration"));
    assert_eq!(metadata["issuer"], endpoint);
    let keys = get(&emulator.ca_certificate(), metadata["jwks_uri"].as_str().unwrap());
    assert_eq!(keys["keys"].as_array().unwrap().len(), 3);
}

/// Runs a script as a user without privileges and without other processes. Returns `None` if this process cannot become
/// another user.
fn as_nobody(home: &Folder, script: &str) -> Option<std::process::Output> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = (60_000 + (std::process::id() + COUNT.fetch_add(1, Ordering::Relaxed)) % 5_000).to_string();
    let mut command = other_program("setpriv", home);
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups", "sh", "-c", script, AZ]);
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can become a user of whom nothing else runs");
        return None;
    }
    assert!(Command::new("chown").args(["-R", &id]).arg(home.path()).status().unwrap().success());
    Some(command.stdin(Stdio::null()).output().unwrap())
}

fn ignoring(signals: &str, home: &Folder, words: &[&str]) -> Command {
    let mut command = other_program("sh", home);
    command.args(["-c", &format!("trap '' {signals}; exec \"$@\""), "sh", AZ]).args(words);
    command
}
