//! Pseudo-terminals, one for each stream.

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::error::Error;

/// Opens a terminal: our end, and the end that the program gets.
///
/// # Errors
///
/// When the system has none.
pub fn open() -> Result<(File, Stdio), Error> {
    let failed = |error: rustix::io::Errno| Error::new(format!("a terminal cannot be opened: {error}"));
    let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).map_err(failed)?;
    grantpt(&ours).map_err(failed)?;
    unlockpt(&ours).map_err(failed)?;
    let name = ptsname(&ours, Vec::new()).map_err(failed)?.to_string_lossy().into_owned();
    let theirs = OpenOptions::new().read(true).write(true).open(name)?;
    Ok((ours.into(), theirs.into()))
}

/// Collects what comes out of a stream, as it comes.
#[derive(Debug)]
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
                    lock(&text).extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self { text, is_terminal, thread }
    }

    /// What has come until now.
    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&lock(&self.text)).into_owned()
    }

    /// All of it, once the stream has ended.
    pub fn finish(self) -> String {
        // It has not panicked: it only reads.
        let _ = self.thread.join();
        let text = String::from_utf8_lossy(&lock(&self.text)).into_owned();
        if self.is_terminal { text.replace("\r\n", "\n") } else { text }
    }
}

fn lock(text: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}
