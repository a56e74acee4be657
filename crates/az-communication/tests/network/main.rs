//! Tests of the network: names, connections, logins, and responses that are malformed, late, duplicate or incomplete,
//! byte by byte. Most of these tests wait for seconds, so they are in one program, which runs them at the same time.
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

/// Returns the exit code, stdout and stderr of a command.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}
