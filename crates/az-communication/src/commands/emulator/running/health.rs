//! Asks an emulator whether it is ready.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::service::connection::Connection;
use crate::service::signed;
use crate::system::system_text;
use crate::transport::names;

const PATH: &str = "/health/ready";

/// The time limit for a response, if the user has not set a shorter one.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// The time limit for finding out whether a server on this machine speaks plain HTTP.
const PLAIN_LIMIT: Duration = Duration::from_secs(2);

/// The largest response that is read, in bytes. Real responses are smaller.
const MOST: u64 = 1 << 16;

/// The result of a health check.
pub(crate) struct Health {
    /// The reason why it is not ready. `None` if it is ready.
    pub(crate) reason: Option<String>,
    pub(crate) resource_id: Option<String>,
    /// Whether nothing listens there.
    pub(crate) is_refused: bool,
    /// Whether an emulator responds that cannot store anything at present.
    pub(crate) is_unavailable: bool,
}

impl Health {
    pub(crate) fn not_ready(reason: String) -> Self {
        Self { reason: Some(reason), resource_id: None, is_refused: false, is_unavailable: false }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.reason.is_none()
    }

    /// Returns why there is no emulator, if nothing listens there.
    pub(crate) fn reason_if_refused(self) -> Option<String> {
        self.reason.filter(|_| self.is_refused)
    }

    /// Interprets a response.
    fn of_answer(status: u16, body: &[u8]) -> Self {
        let body: Json = serde_json::from_slice(body).unwrap_or_default();
        let text = |at: &str| body.pointer(at).and_then(Json::as_str).map(str::to_owned);
        match (status, text("/status").as_deref()) {
            (200, Some("ok")) => {
                Self { reason: None, resource_id: text("/resourceId"), is_refused: false, is_unavailable: false }
            }
            (503, _) => {
                let why = text("/error/message").unwrap_or_else(|| "it cannot be used now".to_owned());
                Self { is_unavailable: true, ..Self::not_ready(why) }
            }
            (status, _) => Self::not_ready(format!("the server there is not the emulator (status {status})")),
        }
    }
}

/// Asks over plain HTTP. The host includes the port.
pub(crate) fn by_http(host: &str, limit: Duration) -> Health {
    let deadline = Instant::now() + limit;
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let Ok(port) = port.parse() else { return Health::not_ready(format!("{host} has no port")) };
    let addresses = match names::addresses(name, port, deadline) {
        Ok(addresses) => addresses,
        Err(error) => return Health::not_ready(error.to_string().trim_end_matches('.').to_owned()),
    };
    let mut failed = None;
    for address in addresses {
        match exchange(address, host, deadline) {
            Ok((status, body)) => return Health::of_answer(status, &body),
            // An error from a server is more useful than a refused connection, which only means that nothing listens
            // there.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused && failed.is_some() => {}
            Err(error) => failed = Some(error),
        }
    }
    Health::not_ready(match failed {
        Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            let nothing = Health::not_ready(format!("nothing listens on {host}"));
            return Health { is_refused: true, ..nothing };
        }
        Some(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
            not_in_time(host, limit)
        }
        Some(error) => format!("{host} cannot be asked: {}", system_text(&error)),
        None => format!("{host} has no address"),
    })
}

/// Returns whether a server on this machine refuses plain HTTP, as a proxy that ends TLS does: HAProxy closes the
/// connection, others answer 400. The host includes the port.
pub(super) fn speaks_tls_only(host: &str) -> bool {
    use io::ErrorKind as K;
    let deadline = Instant::now() + PLAIN_LIMIT;
    let Some((name, port)) = host.rsplit_once(':').and_then(|(name, port)| Some((name, port.parse().ok()?))) else {
        return false;
    };
    let addresses = names::addresses(name, port, deadline).unwrap_or_default();
    let refuses = |address| match exchange(address, host, deadline) {
        Ok((status, _)) => Some(status == 400),
        Err(error) => {
            let refuses = [K::InvalidData, K::ConnectionReset, K::ConnectionAborted, K::BrokenPipe];
            refuses.contains(&error.kind()).then_some(true)
        }
    };
    // Nothing may listen on the first address of a name.
    addresses.into_iter().find_map(refuses).unwrap_or(false)
}

/// Returns the reason for a server that does not respond in time.
fn not_in_time(host: &str, limit: Duration) -> String {
    match limit.as_secs() {
        // What is left of the time that the user has set.
        _ if limit < LIMIT => format!("{host} does not respond"),
        seconds => format!("{host} does not respond within {seconds} s"),
    }
}

/// Sends the request. Returns the status and the body of the response.
fn exchange(address: SocketAddr, host: &str, deadline: Instant) -> io::Result<(u16, Vec<u8>)> {
    let left = || {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::from(io::ErrorKind::TimedOut)) } else { Ok(left) }
    };
    let mut stream = TcpStream::connect_timeout(&address, left()?)?;
    stream.set_write_timeout(Some(left()?))?;
    // The response to HTTP/1.0 is not chunked, and ends with the connection.
    stream.write_all(format!("GET {PATH} HTTP/1.0\r\nhost: {host}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while (answer.len() as u64) < MOST {
        stream.set_read_timeout(Some(left()?))?;
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "the server does not speak HTTP");
    let head = memchr::memmem::find(&answer, b"\r\n\r\n").ok_or_else(broken)?;
    let line = String::from_utf8_lossy(&answer[..head]);
    let status =
        line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok()).ok_or_else(broken)?;
    Ok((status, answer.split_off(head + 4)))
}

/// Asks a service that is not on this machine.
pub(crate) fn of_service(connection: &Connection, limit: Duration) -> Health {
    match signed::get_within(connection, PATH, limit) {
        Ok((status, body)) => Health::of_answer(status, &body),
        Err(error) => Health::not_ready(error.message.trim_end_matches('.').to_owned()),
    }
}
