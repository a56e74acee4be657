//! Several connections at once, each on a thread of its own.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Connections that were begun.
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
    /// Begins to connect. The thread ends with the connection, and with the deadline at the latest.
    ///
    /// # Errors
    ///
    /// When the deadline has passed, or the system has no more threads.
    pub fn start(&mut self, address: SocketAddr, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let sender = self.sender.clone();
        // Nobody takes the connection where another one was made before.
        let connect = move || drop(sender.send(TcpStream::connect_timeout(&address, left)));
        thread::Builder::new().stack_size(64 * 1024).spawn(connect)?;
        self.trying += 1;
        Ok(())
    }

    /// Whether none is under way.
    pub fn is_empty(&self) -> bool {
        self.trying == 0
    }

    /// Waits for so long at most, and gives what came of those that ended.
    ///
    /// # Errors
    ///
    /// Never here.
    pub fn wait(&mut self, most: Duration) -> io::Result<Vec<io::Result<TcpStream>>> {
        let mut ended: Vec<_> = self.ended.recv_timeout(most).into_iter().collect();
        ended.extend(self.ended.try_iter());
        self.trying -= ended.len();
        Ok(ended)
    }
}
