//! Detects the protocol of a server when TLS fails.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::transport::http::connect::connect;

/// The time that a server has to send a greeting or a response.
const TIMEOUT: Duration = Duration::from_secs(1);
/// The time to wait for the connection. The server was reachable a moment ago.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A protocol that is not TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP without TLS.
    Http,
    /// SSH.
    Ssh,
    /// A mail server that accepts mail.
    Smtp,
    /// A file server.
    Ftp,
    /// A mail server that delivers mail to users.
    Imap,
    /// An older protocol for mail delivery.
    Pop3,
    /// A server that sends text.
    Other,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "HTTP without TLS",
            Self::Ssh => "SSH",
            Self::Smtp => "SMTP",
            Self::Ftp => "FTP",
            Self::Imap => "IMAP",
            Self::Pop3 => "POP3",
            Self::Other => "another protocol",
        })
    }
}

/// Returns the protocol and the first line of a server's greeting, or of its response to an HTTP request.
pub(crate) fn sniff(host: &str, port: u16) -> Option<(Protocol, String)> {
    let mut stream = connect(host, port, Instant::now() + CONNECT_TIMEOUT).ok()?;
    let mut received = receive(&mut stream);
    if received.is_empty() {
        let _ = stream.write_all(format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes());
        received = receive(&mut stream);
    }
    let protocol = protocol(&received)?;
    let line: String = String::from_utf8_lossy(&received).lines().next().unwrap_or_default().chars().take(60).collect();
    Some((protocol, line))
}

fn receive(stream: &mut TcpStream) -> Vec<u8> {
    let mut buffer = [0; 256];
    let _ = stream.set_read_timeout(Some(TIMEOUT));
    let count = stream.read(&mut buffer).unwrap_or(0);
    buffer[..count].to_vec()
}

fn protocol(received: &[u8]) -> Option<Protocol> {
    let text = String::from_utf8_lossy(received).to_ascii_uppercase();
    let starts = |with: &str| text.starts_with(with);
    Some(match &text {
        _ if starts("HTTP/") => Protocol::Http,
        _ if starts("SSH-") => Protocol::Ssh,
        _ if starts("220") && text.contains("FTP") => Protocol::Ftp,
        _ if starts("220") || starts("554") => Protocol::Smtp,
        _ if starts("* OK") => Protocol::Imap,
        _ if starts("+OK") => Protocol::Pop3,
        // Bytes that are not text may be TLS.
        _ if !received.is_empty()
            && received.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')) =>
        {
            Protocol::Other
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_known_by_its_greeting() {
        for (received, expected) in [
            ("SSH-2.0-OpenSSH_9.2\r\n", Some(Protocol::Ssh)),
            ("220 mail.example ESMTP\r\n", Some(Protocol::Smtp)),
            ("220 ProFTPD\r\n", Some(Protocol::Ftp)),
            ("* OK IMAP4\r\n", Some(Protocol::Imap)),
            ("+OK ready\r\n", Some(Protocol::Pop3)),
            ("HTTP/1.1 400 Bad Request\r\n", Some(Protocol::Http)),
            ("hello\n", Some(Protocol::Other)),
            ("\u{15}\u{3}\u{3}", None),
            ("", None),
        ] {
            assert_eq!(protocol(received.as_bytes()), expected, "{received}");
        }
    }
}
