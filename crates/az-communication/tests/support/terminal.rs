//! Pseudo-terminals, one for each stream.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Command, Stdio};

use rustix::fs::OFlags;
use rustix::pty::{grantpt, ptsname, unlockpt};

pub use super::collector::Collector;
use super::seen::Seen;

/// Opens a terminal. Returns our end and the program's end.
pub fn open() -> (File, Stdio) {
    // Unlike `openpt`, this closes it in the programs that other tests start at the same time.
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(OFlags::NOCTTY.bits().cast_signed());
    let ours = options.open("/dev/ptmx").unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
    (ours, theirs.into())
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
