//! The transport under the SDK's pipeline: blocking sockets and rustls. It starts in microseconds where the default one
//! takes 40 ms (docs/decisions/transport.md).

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use async_trait::async_trait;
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Method, RawResponse, Request};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::connect::connect;
use super::header;
use super::http1::{self, Answer, ReadError};
use super::proxy;
use super::tls;
use super::transport_error::TransportError;
use super::trust::Trust;
use super::tunnel::tunnel;

/// A token's answer fits. Fresh pages cost more than reading twice, and the standard library writes zeros into all of it.
const READ_AT_ONCE: usize = 4 * 1024;

/// A plain or a TLS connection.
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(buffer),
            // Into rustls' buffer only: the request leaves in one write with the end of the handshake.
            Self::Tls(stream) => stream.conn.writer().write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

struct Open {
    origin: String,
    stream: BufReader<Stream>,
}

/// The transport. It keeps the connections that can be used again.
pub struct Transport {
    trust: Trust,
    idle: Mutex<Vec<Open>>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("trust", &self.trust).finish_non_exhaustive()
    }
}

/// Where a request goes.
struct Target<'a> {
    https: bool,
    host: &'a str,
    port: u16,
}

impl Target<'_> {
    fn authority(&self) -> String {
        let default = if self.https { 443 } else { 80 };
        if self.port == default { self.host.to_owned() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl Transport {
    /// A transport with that trust.
    pub fn new(trust: Trust) -> Self {
        Self { trust, idle: Mutex::new(Vec::new()) }
    }

    /// Sends a request without a pipeline: nothing is added, nothing is tried again.
    pub fn send(&self, request: &Request) -> azure_core::Result<RawResponse> {
        let answer = self.execute(request)?;
        Ok(RawResponse::from_bytes(answer.status.into(), headers(answer.headers, answer.reason), answer.body))
    }

    fn execute(&self, request: &Request) -> Result<Answer, TransportError> {
        let url = request.url();
        let target = Target {
            https: url.scheme() == "https",
            host: url.host_str().unwrap_or_default(),
            port: url.port_or_known_default().unwrap_or(443),
        };
        let authority = target.authority();
        let body: &[u8] = match request.body() {
            Body::Bytes(bytes) => bytes,
            Body::SeekableStream(_) => &[],
        };
        let has_body = !body.is_empty() || matches!(request.method(), Method::Post | Method::Put | Method::Patch);
        let mut message = http1::request_head(
            request.method().as_str(),
            &request.path_and_query(),
            &authority,
            request.headers().iter().map(|(name, value)| (name.as_str(), value.as_str())),
            has_body.then_some(body.len()),
        );
        message.extend_from_slice(body);
        let origin = format!("{}://{authority}", url.scheme());
        if let Some(mut open) = self.take_idle(&origin) {
            match exchange(&mut open, &message) {
                Ok(answer) => {
                    self.keep(open, &answer);
                    return Ok(answer);
                }
                // The server had closed it meanwhile, before it saw the request: that is no failure.
                Err(error) if was_closed(&error) => {}
                Err(error) => return Err(describe(error, target.host, &authority)),
            }
        }
        let mut open = Open { stream: BufReader::with_capacity(READ_AT_ONCE, self.open(&target)?), origin };
        let answer = exchange(&mut open, &message).map_err(|error| describe(error, target.host, &authority))?;
        self.keep(open, &answer);
        Ok(answer)
    }

    fn take_idle(&self, origin: &str) -> Option<Open> {
        let mut idle = self.idle.lock().ok()?;
        let at = idle.iter().position(|open| open.origin == origin)?;
        Some(idle.swap_remove(at))
    }

    fn keep(&self, open: Open, answer: &Answer) {
        if answer.reusable
            && let Ok(mut idle) = self.idle.lock()
        {
            idle.push(open);
        }
    }

    fn open(&self, target: &Target<'_>) -> Result<Stream, TransportError> {
        let proxy = if target.https { proxy::for_host(target.host, target.port) } else { None };
        let tcp = match &proxy {
            Some(proxy) => tunnel(proxy, target.host, target.port)?,
            None => connect(target.host, target.port)?,
        };
        if !target.https {
            return Ok(Stream::Plain(tcp));
        }
        let tls = |error| TransportError::Tls(target.host.to_owned(), error);
        let name = ServerName::try_from(target.host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| TransportError::UnknownHost(target.host.to_owned()))?;
        let config = tls::client_config(self.trust.clone()).map_err(tls)?;
        let mut connection = ClientConnection::new(config, name).map_err(tls)?;
        connection.set_buffer_limit(None);
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, tcp))))
    }
}

fn exchange(open: &mut Open, message: &[u8]) -> Result<Answer, ReadError> {
    let stream = open.stream.get_mut();
    stream.write_all(message)?;
    stream.flush()?;
    http1::read_answer(&mut open.stream)
}

fn was_closed(error: &ReadError) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error {
        ReadError::Closed => true,
        ReadError::Io(error) => {
            matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        }
        ReadError::Protocol(_) => false,
    }
}

fn describe(error: ReadError, host: &str, authority: &str) -> TransportError {
    match error {
        ReadError::Closed => TransportError::Closed(authority.to_owned()),
        ReadError::Protocol(what) => TransportError::Protocol(authority.to_owned(), what),
        ReadError::Io(error) => {
            let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).cloned();
            match tls {
                Some(
                    error @ (rustls::Error::InvalidCertificate(_)
                    | rustls::Error::NoCertificatesPresented
                    | rustls::Error::General(_)),
                ) => TransportError::Certificate(host.to_owned(), error),
                Some(error) => TransportError::Tls(authority.to_owned(), error),
                None if error.kind() == io::ErrorKind::UnexpectedEof
                    || error.kind() == io::ErrorKind::ConnectionReset =>
                {
                    TransportError::Closed(authority.to_owned())
                }
                None => TransportError::Io(authority.to_owned(), error),
            }
        }
    }
}

fn headers(pairs: Vec<(String, String)>, reason: String) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in pairs {
        headers.insert(name, value);
    }
    headers.insert(header::REASON, reason);
    headers
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self.execute(request)?;
        Ok(AsyncRawResponse::from_bytes(answer.status.into(), headers(answer.headers, answer.reason), answer.body))
    }
}
