//! A connection through a proxy (CONNECT).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::connect::connect;
use super::http1;
use super::proxy::Proxy;
use super::transport_error::TransportError;

/// A connection to that host and port through a proxy.
pub(super) fn tunnel(proxy: &Proxy, host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let fail = |what: String| TransportError::Proxy(format!("{}:{}: {what}", proxy.host, proxy.port));
    let mut stream = connect(&proxy.host, proxy.port).map_err(|error| TransportError::Proxy(error.to_string()))?;
    let authority = format!("{host}:{port}");
    let authorization = proxy.authorization.as_deref().map(|value| ("proxy-authorization", value));
    let head = http1::request_head("CONNECT", &authority, &authority, authorization.into_iter(), None);
    stream.write_all(&head).map_err(|error| fail(error.to_string()))?;
    // Byte by byte: what follows the head belongs to TLS.
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && answer.len() < 16 * 1024 {
        match stream.read(&mut byte) {
            Ok(1) => answer.push(byte[0]),
            _ => return Err(fail("it closed the connection".into())),
        }
    }
    let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    if line.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
        return Ok(stream);
    }
    Err(fail(format!("it answered '{line}'")))
}
