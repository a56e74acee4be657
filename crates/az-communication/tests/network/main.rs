//! The network: names, connections, logins, and answers that are odd, late, doubled or cut off, byte by byte as a server
//! may send them. Most of these tests wait for seconds, so that one program has them all and runs them side by side.
#![cfg(unix)]

#[cfg(target_os = "linux")]
mod c_library;
mod cuts;
mod differential;
mod doctor;
mod framing;
mod gateways;
#[cfg(target_os = "linux")]
mod hosts;
mod kept_alive;
mod login;
mod mixed_up;
#[cfg(target_os = "linux")]
mod names;
mod redirects;
mod secrets;
mod sign_in;
#[path = "../support/mod.rs"]
mod support;
mod waits;

use std::process::{Command, Output};

const ISSUE: [&str; 7] = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--only-show-errors"];
const CREATE: [&str; 5] = ["communication", "identity", "user", "create", "--only-show-errors"];

/// The exit code, stdout and stderr of a command.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}
