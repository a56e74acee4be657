//! One connection to one of several addresses (RFC 8305). An address that does not answer does not block the others.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::system::Attempts;
use crate::transport::http::wait::waiting;

/// The time after which the next address is tried, too, if an address does not answer.
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Orders the addresses by family in turn, starting with the family of the first address.
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

/// Chooses the more useful error. An error about an address family that this machine does not have is less useful.
fn more_useful(so_far: Option<io::Error>, error: io::Error) -> io::Error {
    use io::ErrorKind::{AddrNotAvailable, NetworkUnreachable, Unsupported};
    let is_less_useful = matches!(error.kind(), AddrNotAvailable | NetworkUnreachable | Unsupported);
    match so_far {
        Some(before) if is_less_useful => before,
        _ => error,
    }
}

/// Connects to the first address that answers.
pub(crate) fn connect(addresses: &[SocketAddr], deadline: Instant) -> io::Result<TcpStream> {
    let mut untried = alternate(addresses).into_iter();
    let mut attempts = Attempts::default();
    let mut failed = None;
    loop {
        if let Some(address) = untried.next()
            && let Err(error) = attempts.start(address, deadline)
        {
            failed = Some(more_useful(failed, error));
            continue;
        }
        if attempts.is_empty() {
            return Err(failed.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
        }
        let now = Instant::now();
        // The wait is short, so that an interrupt that another thread received is noticed.
        let next = deadline.min(now + NEXT_ADDRESS);
        for ended in attempts.wait(next.saturating_duration_since(now))? {
            match ended {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = Some(more_useful(failed, error)),
            }
        }
        if waiting().is_interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if Instant::now() >= deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::platform::Platform;
    use std::net::TcpListener;

    #[test]
    fn addresses_alternate_by_family() {
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

    /// A listener that accepts no more connections. Linux drops further requests, as a firewall does. `None` if the
    /// system refuses them instead.
    struct BlackHole {
        address: SocketAddr,
        _full: (TcpListener, Vec<TcpStream>),
    }

    impl BlackHole {
        fn at(address: [u8; 4]) -> Option<Self> {
            let listener = TcpListener::bind(SocketAddr::from((address, 0))).ok()?;
            let address = listener.local_addr().unwrap();
            let mut full = Vec::new();
            let ended = loop {
                match TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
                    Ok(stream) => full.push(stream),
                    Err(error) => break error.kind(),
                }
                assert!(full.len() < 5000, "it takes every connection");
            };
            assert!(ended == io::ErrorKind::TimedOut || Platform::HERE != Platform::Linux, "{ended:?}");
            (ended == io::ErrorKind::TimedOut).then_some(Self { address, _full: (listener, full) })
        }
    }

    #[test]
    fn a_black_hole_does_not_block_other_addresses() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = listener.local_addr().unwrap();
        let [Some(first), Some(second)] = [5, 6].map(|last| BlackHole::at([127, 77, 18, last])) else { return };
        let started = Instant::now();
        let stream = connect(&[first.address, second.address, good], soon()).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
        assert!(started.elapsed() >= 2 * NEXT_ADDRESS, "{:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }

    #[test]
    fn the_deadline_holds_for_all_addresses_together() {
        let [Some(first), Some(second)] = [7, 8].map(|last| BlackHole::at([127, 77, 18, last])) else { return };
        let started = Instant::now();
        let error = connect(&[first.address, second.address], started + Duration::from_millis(700)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= Duration::from_millis(700));
    }
}
