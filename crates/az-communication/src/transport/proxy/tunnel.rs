//! A connection through a proxy (CONNECT).

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use crate::transport::error::TransportError;
use crate::transport::http::channel::Channel;
use crate::transport::http::connect::connect;
use crate::transport::http::reached::Reached;
use crate::transport::http::wire::Wire;
use crate::transport::proxy::proxy_error::{ProxyError, ProxyFault};
use crate::transport::proxy::proxy_url::Proxy;
use acs_identity_protocol::visible::escaped;

/// The maximum size of a response's head in bytes.
const MAX_HEAD: usize = 256 * 1024;

/// Opens a connection to this host and port through a proxy. `tls` creates the configuration for a proxy that uses TLS.
pub(crate) fn tunnel(
    proxy: &Proxy,
    host: &str,
    port: u16,
    deadline: Instant,
    tls: impl FnOnce() -> Result<Arc<ClientConfig>, TransportError>,
) -> Result<Channel, TransportError> {
    open(proxy, &format!("{host}:{port}"), deadline, tls).map_err(|fault| match fault {
        ProxyFault::Io(error) if error.kind() == ErrorKind::Interrupted => TransportError::Interrupted,
        fault => TransportError::Proxy(ProxyError::of(proxy, fault)),
    })
}

fn open(
    proxy: &Proxy,
    target: &str,
    deadline: Instant,
    tls: impl FnOnce() -> Result<Arc<ClientConfig>, TransportError>,
) -> Result<Channel, ProxyFault> {
    let tcp = connect(&proxy.host, proxy.port, deadline).map_err(|error| ProxyFault::Unreachable(Box::new(error)))?;
    let tcp = Channel::tcp(tcp).map_err(ProxyFault::Io)?;
    let channel = if proxy.tls { secure(proxy, tcp, tls)? } else { tcp };
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = proxy.authorization() {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    let wire = Wire::new(channel, deadline);
    let head = exchange(&wire, &request).map_err(|fault| as_tls(proxy, &wire, fault))?;
    match status(&head)? {
        (200..=299, _) => wire.into_channel().ok_or(ProxyFault::Closed),
        (407, _) => Err(ProxyFault::Authentication { given: proxy.authorization().is_some(), offered: offered(&head) }),
        (status, reason) => {
            let status = format!("{status} {}", escaped(&reason));
            Err(ProxyFault::Refused { status: status.trim_end().to_owned(), target: target.to_owned() })
        }
    }
}

/// Starts TLS with the proxy itself. The request to the proxy names the server, and it can contain a password.
fn secure(
    proxy: &Proxy,
    below: Channel,
    config: impl FnOnce() -> Result<Arc<ClientConfig>, TransportError>,
) -> Result<Channel, ProxyFault> {
    let name = ServerName::try_from(proxy.host.trim_matches(['[', ']']).to_owned()).map_err(|_| ProxyFault::Host)?;
    let fail = |error| ProxyFault::Tls(Box::new(error));
    let session = ClientConnection::new(config().map_err(fail)?, name)
        .map_err(|error| fail(TransportError::Tls(proxy.address(), error)))?;
    Ok(Channel::tls(session, below))
}

/// Extracts the TLS error from an error of the connection.
fn as_tls(proxy: &Proxy, wire: &Wire, fault: ProxyFault) -> ProxyFault {
    let ProxyFault::Io(error) = &fault else { return fault };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(inner) = inner.cloned() else { return fault };
    let in_handshake = wire.state().is_handshaking();
    let error = TransportError::of_tls(inner, Reached::No, in_handshake, &proxy.host, proxy.address());
    ProxyFault::Tls(Box::new(error))
}

/// Sends the request and reads the head of the response. Interim responses are skipped.
fn exchange(wire: &Wire, request: &str) -> Result<Vec<u8>, ProxyFault> {
    wire.send(request.as_bytes()).map_err(ProxyFault::Io)?;
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = end_of_head(&bytes) {
            if matches!(status(&bytes)?, (100..=199, _)) {
                bytes.drain(..end);
                continue;
            }
            // A server sends nothing before TLS begins. Further bytes can only be a body, which has no meaning here.
            bytes.truncate(end);
            return Ok(bytes);
        }
        if !bytes.starts_with(&b"HTTP/"[..bytes.len().min(5)]) {
            return Err(ProxyFault::NotHttp { tls: matches!(bytes[..], [0x15 | 0x16, 0x03, ..]) });
        }
        if bytes.len() > MAX_HEAD {
            return Err(ProxyFault::Endless);
        }
        match wire.receive(2048) {
            Ok(received) if received.is_empty() && bytes.is_empty() => return Err(ProxyFault::Closed),
            // requests also treats the end of the connection as the end of the head.
            Ok(received) if received.is_empty() => return Ok(bytes),
            Ok(received) => bytes.extend_from_slice(&received),
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
                return Err(ProxyFault::Closed);
            }
            Err(error) => return Err(ProxyFault::Io(error)),
        }
    }
}

/// Returns the position after the empty line. Lines can end with a line feed alone.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', bytes).find_map(|at| match bytes[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

/// Returns the status and its phrase.
fn status(head: &[u8]) -> Result<(u16, String), ProxyFault> {
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let not_http = || ProxyFault::NotHttp { tls: false };
    let mut words = line.trim_end().splitn(2, char::is_whitespace);
    words.next().filter(|version| version.starts_with("HTTP/")).ok_or_else(not_http)?;
    let rest = words.next().unwrap_or_default().trim_start();
    let (status, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let number = status.parse().ok().filter(|number| (100..=999).contains(number)).ok_or_else(not_http)?;
    Ok((number, reason.trim().to_owned()))
}

/// Returns the authentication methods that the proxy offers, if Basic is not one of them.
fn offered(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let challenges = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("proxy-authenticate").then_some(value)
    });
    // One line can hold several methods, and also parameters after commas.
    let schemes: Vec<&str> = challenges
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.split_whitespace().next().filter(|word| !word.contains('=')))
        .collect();
    let has_basic = schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic"));
    (!schemes.is_empty() && !has_basic).then(|| escaped(&schemes.join(", ")).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_after_the_empty_line() {
        assert_eq!(end_of_head(b"HTTP/1.1 200 OK\n\nrest"), Some(17));
        assert_eq!(end_of_head(b"HTTP/1.1 200 OK\r\na: b\r\n\r\nrest"), Some(25));
        assert_eq!(end_of_head(b"HTTP/1.1 200 OK\r\na: b\r\n\r"), None);
    }

    #[test]
    fn a_status_line_is_parsed_or_refused() {
        let read = |line: &str| status(line.as_bytes()).ok();
        assert_eq!(read("HTTP/1.0 200\n"), Some((200, String::new())));
        assert_eq!(read("HTTP/1.1  407  Proxy Authentication Required\r\n"), {
            Some((407, "Proxy Authentication Required".into()))
        });
        for rubbish in ["SSH-2.0 200 OK", "x 200", "HTTP/1.1 2000", "HTTP/1.1 20", "HTTP/1.1 200x OK", "HTTP/1.1", ""] {
            assert_eq!(read(rubbish), None, "{rubbish}");
        }
    }

    #[test]
    fn offered_methods_are_named_unless_basic_is_among_them() {
        let read = |lines: &str| offered(format!("HTTP/1.1 407 x\r\n{lines}\r\n").as_bytes());
        assert_eq!(
            read("Proxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n"),
            Some("Negotiate, NTLM".into())
        );
        assert_eq!(read("Proxy-Authenticate: NTLM\r\nProxy-Authenticate: BASIC realm=x\r\n"), None);
        assert_eq!(read("Proxy-Authenticate: Digest realm=\"basic \", qop=auth, Negotiate\r\n"), {
            Some("Digest, Negotiate".into())
        });
        assert_eq!(read(""), None);
    }
}
