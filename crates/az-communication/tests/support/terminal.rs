//! Pseudo-terminals, one for each stream.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::seen::Seen;

/// Opens a terminal: our end, and the end that the program gets.
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
    // The ends that the command has must be closed here, or the streams do not end.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (out, err) = (Collector::new(out), Collector::new(err));
    let status = child.wait().unwrap();
    Seen { code: status.code(), stdout: out.finish(), stderr: err.finish() }
}

/// Collects what comes out of a stream, as it comes.
pub struct Collector {
    text: Arc<Mutex<Vec<u8>>>,
    is_terminal: bool,
    thread: JoinHandle<()>,
}

impl Collector {
    /// Collects from a terminal, which writes `\r\n` for `\n`.
    pub fn new(stream: impl std::io::Read + Send + 'static) -> Self {
        Self::start(stream, true)
    }

    /// Collects from a pipe, which passes every byte on as it is.
    pub fn of_pipe(stream: impl std::io::Read + Send + 'static) -> Self {
        Self::start(stream, false)
    }

    fn start(mut stream: impl std::io::Read + Send + 'static, is_terminal: bool) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let thread = thread::spawn({
            let text = Arc::clone(&text);
            move || {
                let mut buffer = [0; 4096];
                // A terminal whose other end is closed fails with EIO: that is its end.
                while let Ok(count @ 1..) = stream.by_ref().read(&mut buffer) {
                    text.lock().unwrap().extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self { text, is_terminal, thread }
    }

    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// All of it, once the stream has ended.
    pub fn finish(self) -> String {
        self.thread.join().unwrap();
        let text = String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned();
        if self.is_terminal { text.replace("\r\n", "\n") } else { text }
    }
}
