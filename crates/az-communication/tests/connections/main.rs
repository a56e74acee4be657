//! Tests of clients that are malicious, disconnect, or do not read: the limits of the emulator's connections.
#![cfg(target_os = "linux")]

mod ends;
mod floods;
mod log;
mod refusals;
mod request_log;
#[path = "../support/mod.rs"]
mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use support::emulator::{Client, Emulator};
use support::{Folder, az};

/// A timeout that is long enough for every step on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// Returns a count: `plain` in a normal run, `long` with AZ_LONG=1.
fn count(plain: usize, long: usize) -> usize {
    if std::env::var_os("AZ_LONG").is_some() { long } else { plain }
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Returns the bytes until the connection ends.
fn rest_of(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn terminate(emulator: &mut Emulator) -> Duration {
    let started = Instant::now();
    let pid = emulator.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = emulator.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    started.elapsed()
}

/// Returns the memory that the emulator uses, in MB.
fn resident(emulator: &Emulator) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", emulator.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}
