//! Several connection attempts at once.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::socket_error;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};

/// Connection attempts that have started.
#[derive(Debug, Default)]
pub struct Attempts {
    trying: Vec<OwnedFd>,
}

impl Attempts {
    /// Starts to connect. The caller of [`Self::wait`] checks the deadline.
    ///
    /// # Errors
    ///
    /// When this machine has no route to the address.
    pub fn start(&mut self, address: SocketAddr, _: Instant) -> io::Result<()> {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)?;
        match connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => self.trying.push(socket),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Checks whether no attempt is in progress.
    pub fn is_empty(&self) -> bool {
        self.trying.is_empty()
    }

    /// Waits for at most this time, and returns the results of the attempts that ended.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn wait(&mut self, most: Duration) -> io::Result<Vec<io::Result<TcpStream>>> {
        let timeout = Timespec::try_from(most).ok();
        let mut watched: Vec<PollFd<'_>> =
            self.trying.iter().map(|socket| PollFd::new(socket, PollFlags::OUT)).collect();
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = watched.iter().map(|socket| !socket.revents().is_empty()).collect::<Vec<bool>>().into_iter();
        let mut ended = Vec::new();
        for socket in self.trying.extract_if(.., |_| ready.next().unwrap_or(false)) {
            ended.push(match socket_error(&socket)? {
                Ok(()) => {
                    let stream = TcpStream::from(socket);
                    stream.set_nonblocking(false).map(|()| stream)
                }
                Err(error) => Err(error.into()),
            });
        }
        Ok(ended)
    }
}
