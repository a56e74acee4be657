//! Waiting for the network.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::time::Duration;

/// The time between attempts to write, because the standard library cannot wait until a socket is writable.
const WRITING: Duration = Duration::from_millis(5);

/// Waits until data can be read. Returns whether this is the case within this time. If data must be written, too, it
/// waits only briefly and returns `true`.
///
/// # Errors
/// When the system refuses.
pub fn wait_for_socket(socket: &TcpStream, also_to_write: bool, most: Duration) -> io::Result<bool> {
    let most = if also_to_write { most.min(WRITING) } else { most };
    socket.set_nonblocking(false)?;
    // A timeout of zero is not allowed.
    socket.set_read_timeout(Some(most.max(Duration::from_millis(1))))?;
    let seen = socket.peek(&mut [0]);
    socket.set_nonblocking(true)?;
    match seen {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(also_to_write),
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(false),
        // Other errors are reported by the next read.
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::net::TcpListener;

    #[test]
    fn a_wait_ends_with_data_with_the_end_of_the_connection_and_with_the_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut other, _) = listener.accept().unwrap();
        ours.set_nonblocking(true).unwrap();
        let short = Duration::from_millis(20);
        let long = Duration::from_secs(60);
        assert!(!wait_for_socket(&ours, false, short).unwrap());
        assert!(wait_for_socket(&ours, true, long).unwrap());
        other.write_all(b"x").unwrap();
        assert!(wait_for_socket(&ours, false, long).unwrap());
        let mut buffer = [0; 2];
        assert_eq!(io::Read::read(&mut &ours, &mut buffer).unwrap(), 1);
        assert_eq!(io::Read::read(&mut &ours, &mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(other);
        assert!(wait_for_socket(&ours, false, long).unwrap());
    }
}
