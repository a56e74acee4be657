//! Pseudo-terminals, one for each stream.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

pub use super::collector::Collector;
use super::seen::Seen;

/// Opens a terminal. Returns our end and the program's end.
pub fn open() -> (File, Stdio) {
    let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
    (ours.into(), theirs.into())
}

/// Runs a command on three terminals. Nothing is typed.
pub fn run(command: &mut Command) -> Seen {
    let ((_in, stdin), (out, stdout), (err, stderr)) = (open(), open(), open());
    let mut child = command.stdin(stdin).stdout(stdout).stderr(stderr).spawn().unwrap();
    // The program's ends must be closed here, because the streams would not end otherwise.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (out, err) = (Collector::new(out), Collector::new(err));
    let status = child.wait().unwrap();
    Seen { code: status.code(), stdout: out.finish(), stderr: err.finish() }
}
