//! One connection out of several addresses (RFC 8305): a black hole behind one address holds nobody up.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

#[cfg(unix)]
use super::wait::waiting;

/// How long an address may be silent before the next one is tried beside it.
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// The addresses with their families in turn, beginning with that of the first one.
fn alternate(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address: &SocketAddr| address.is_ipv4() == first_is_v4);
    let mut families = [first.into_iter(), second.into_iter()];
    let mut ordered = Vec::with_capacity(addresses.len());
    while ordered.len() < addresses.len() {
        ordered.extend(families.iter_mut().filter_map(Iterator::next));
    }
    ordered
}

/// The error that says most: a family that this machine does not have says little.
fn worse(so_far: Option<io::Error>, error: io::Error) -> io::Error {
    use io::ErrorKind::{AddrNotAvailable, NetworkUnreachable, Unsupported};
    let says_little = matches!(error.kind(), AddrNotAvailable | NetworkUnreachable | Unsupported);
    match so_far {
        Some(before) if says_little => before,
        _ => error,
    }
}

/// A connection to the first address that answers.
#[cfg(unix)]
pub(super) fn connect(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    use std::os::fd::OwnedFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::net::sockopt::socket_error;

    let mut untried = alternate(addresses).into_iter();
    let mut trying: Vec<OwnedFd> = Vec::new();
    let mut failed = None;
    loop {
        if let Some(address) = untried.next() {
            match start(address) {
                Ok(socket) => trying.push(socket),
                Err(error) => {
                    failed = Some(worse(failed, error));
                    continue;
                }
            }
        }
        if trying.is_empty() {
            return Err(failed.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
        }
        let now = Instant::now();
        // Also to see an interrupt that another thread was told of.
        let next = deadline.min(now + NEXT_ADDRESS);
        let timeout = Timespec::try_from(next.saturating_duration_since(now)).ok();
        let mut watched: Vec<PollFd<'_>> = trying.iter().map(|socket| PollFd::new(socket, PollFlags::OUT)).collect();
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<bool> = watched.iter().map(|socket| !socket.revents().is_empty()).collect();
        let mut silent = Vec::new();
        for (socket, ready) in trying.into_iter().zip(ready) {
            if !ready {
                silent.push(socket);
                continue;
            }
            match socket_error(&socket)? {
                Ok(()) => {
                    let stream = TcpStream::from(socket);
                    stream.set_nonblocking(false)?;
                    return Ok(stream);
                }
                Err(error) => failed = Some(worse(failed, error.into())),
            }
        }
        trying = silent;
        if waiting().is_interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if Instant::now() >= deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

/// Begins to connect.
#[cfg(unix)]
fn start(address: SocketAddr) -> io::Result<std::os::fd::OwnedFd> {
    use rustix::io::Errno;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, socket_with};

    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    match connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket),
        Err(error) => Err(error.into()),
    }
}

/// A connection to the first address that answers, one after the other.
#[cfg(not(unix))]
pub(super) fn connect(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut failed = None;
    let ordered = alternate(addresses);
    for (at, address) in ordered.iter().enumerate() {
        // What is left is shared by the addresses that are left.
        let left = deadline.saturating_duration_since(Instant::now()) / u32::try_from(ordered.len() - at).unwrap_or(1);
        match TcpStream::connect_timeout(address, left.max(NEXT_ADDRESS)) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = Some(worse(failed, error)),
        }
    }
    Err(failed.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn families_take_turns() {
        let of = |text: &str| -> Vec<SocketAddr> { text.split(' ').map(|one| one.parse().unwrap()).collect() };
        for (given, ordered) in [
            ("[::1]:1 [::2]:1 1.1.1.1:1 1.1.1.2:1 1.1.1.3:1", "[::1]:1 1.1.1.1:1 [::2]:1 1.1.1.2:1 1.1.1.3:1"),
            ("1.1.1.1:1 [::1]:1 [::2]:1", "1.1.1.1:1 [::1]:1 [::2]:1"),
            ("1.1.1.1:1 1.1.1.2:1", "1.1.1.1:1 1.1.1.2:1"),
        ] {
            assert_eq!(alternate(&of(given)), of(ordered));
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn the_next_address_follows_a_refused_one_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = listener.local_addr().unwrap();
        let port = good.port();
        let refused = [2, 3, 4].map(|last| SocketAddr::from(([127, 77, 18, last], port)));
        let stream = connect(&[refused[0], refused[1], refused[2], good], soon()).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        let error = connect(&refused, soon()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }

    /// A listener that takes no more connections: Linux drops the requests for them, as a firewall does.
    #[cfg(target_os = "linux")]
    struct BlackHole {
        address: SocketAddr,
        _full: (std::os::fd::OwnedFd, Vec<TcpStream>),
    }

    #[cfg(target_os = "linux")]
    impl BlackHole {
        fn at(address: [u8; 4], port: u16) -> Self {
            use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
            let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
            bind(&listener, &SocketAddr::from((address, port))).unwrap();
            listen(&listener, 0).unwrap();
            let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
            let mut full = Vec::new();
            while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
                full.push(stream);
                assert!(full.len() < 100, "it takes every connection");
            }
            Self { address, _full: (listener, full) }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_black_hole_holds_nobody_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = listener.local_addr().unwrap();
        let holes = [5, 6].map(|last| BlackHole::at([127, 77, 18, last], 0));
        let started = Instant::now();
        let stream = connect(&[holes[0].address, holes[1].address, good], soon()).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        assert!(started.elapsed() >= 2 * NEXT_ADDRESS, "{:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_deadline_holds_for_all_addresses_together() {
        let holes = [7, 8].map(|last| BlackHole::at([127, 77, 18, last], 0));
        let started = Instant::now();
        let error =
            connect(&holes.each_ref().map(|hole| hole.address), started + Duration::from_millis(700)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= Duration::from_millis(700));
    }
}
