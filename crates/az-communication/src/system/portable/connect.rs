//! Several connection attempts at once, each on its own thread.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Connection attempts that have started.
#[derive(Debug)]
pub struct Attempts {
    trying: usize,
    sender: Sender<io::Result<TcpStream>>,
    ended: Receiver<io::Result<TcpStream>>,
}

impl Default for Attempts {
    fn default() -> Self {
        let (sender, ended) = mpsc::channel();
        Self { trying: 0, sender, ended }
    }
}

impl Attempts {
    /// Starts to connect. The thread ends with the attempt, and at the deadline at the latest.
    ///
    /// # Errors
    ///
    /// When the deadline has passed, or when the system cannot start another thread.
    pub fn start(&mut self, address: SocketAddr, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let sender = self.sender.clone();
        // The receiver is gone if another attempt has succeeded before.
        let connect = move || drop(sender.send(TcpStream::connect_timeout(&address, left)));
        thread::Builder::new().stack_size(64 * 1024).spawn(connect)?;
        self.trying += 1;
        Ok(())
    }

    /// Checks whether no attempt is in progress.
    pub fn is_empty(&self) -> bool {
        self.trying == 0
    }

    /// Waits for at most this time, and returns the results of the attempts that ended.
    ///
    /// # Errors
    ///
    /// Never on this system.
    pub fn wait(&mut self, most: Duration) -> io::Result<Vec<io::Result<TcpStream>>> {
        let mut ended: Vec<_> = self.ended.recv_timeout(most).into_iter().collect();
        ended.extend(self.ended.try_iter());
        self.trying -= ended.len();
        Ok(ended)
    }
}
