//! Waiting for the network.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Waits until data can be read or, with `also_to_write`, written. Returns whether this is the case within this time.
///
/// # Errors
///
/// When the system refuses.
pub fn wait_for_socket(socket: &TcpStream, also_to_write: bool, most: Duration) -> io::Result<bool> {
    let mut wanted = PollFlags::IN;
    if also_to_write {
        wanted |= PollFlags::OUT;
    }
    let slice = Timespec::try_from(most).ok();
    match poll(&mut [PollFd::new(socket, wanted)], slice.as_ref()) {
        Ok(0) | Err(Errno::INTR) => Ok(false),
        Ok(_) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
