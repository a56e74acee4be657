//! Collects the output of a program. xtask uses this file, too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Collects the bytes of a stream as they arrive.
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
                // A terminal whose other end is closed fails with EIO, which is its end.
                while let Ok(count @ 1..) = stream.by_ref().read(&mut buffer) {
                    lock(&text).extend_from_slice(&buffer[..count]);
                }
            }
        });
        Self { text, is_terminal, thread }
    }

    /// Returns the text until now.
    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&lock(&self.text)).into_owned()
    }

    /// Returns the whole text when the stream has ended.
    pub fn finish(self) -> String {
        // The thread cannot have panicked, because it only reads.
        let _ = self.thread.join();
        let text = String::from_utf8_lossy(&lock(&self.text)).into_owned();
        if self.is_terminal { text.replace("\r\n", "\n") } else { text }
    }
}

fn lock(text: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}
