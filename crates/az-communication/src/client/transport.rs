//! The transport under the SDK's pipeline: blocking sockets and rustls. It starts in microseconds where the default one
//! takes 40 ms (deps.md, B2).

use std::fmt;
use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Method, RawResponse, Request};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::failure::Reached;
use super::http1::{self, Answer, ReadError};
use super::proxy::{self, Proxy};
use super::tls;
use super::trust::Trust;
use crate::error::system_text;

/// As long as the reference waits for a connection and for an answer.
const TIMEOUT: Duration = Duration::from_secs(300);

/// A token's answer fits. Fresh pages cost more than reading twice, and the standard library writes zeros into all of it.
const READ_AT_ONCE: usize = 4 * 1024;

/// Why a request got no answer.
#[derive(Debug)]
pub enum TransportError {
    /// The name has no address.
    UnknownHost(String),
    /// Nobody answered at the address.
    Connect(String, io::Error),
    /// The proxy refused, or is none.
    Proxy(String),
    /// The server's certificate is not to be trusted.
    Certificate(String, rustls::Error),
    /// TLS failed otherwise.
    Tls(String, rustls::Error),
    /// The server ended the connection without an answer.
    Closed(String),
    /// The connection failed on the way.
    Io(String, io::Error),
    /// The server does not speak HTTP.
    Protocol(String, &'static str),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost(host) => write!(f, "The host '{host}' cannot be found."),
            Self::Connect(address, error) => write!(f, "Cannot connect to {address}: {}.", system_text(error)),
            Self::Proxy(what) => write!(f, "The proxy cannot be used: {what}."),
            Self::Certificate(host, error) => {
                write!(f, "The certificate of {host} cannot be trusted: {}.", certificate_text(error))
            }
            Self::Tls(host, error) => write!(f, "No secure connection to {host}: {error}."),
            Self::Closed(host) => write!(f, "{host} closed the connection without a response."),
            Self::Io(host, error) => write!(f, "The connection to {host} failed: {}.", system_text(error)),
            Self::Protocol(host, what) => write!(f, "The response of {host} is not HTTP: {what}."),
        }
    }
}

impl std::error::Error for TransportError {}

fn certificate_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as E;
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::UnknownIssuer => "it was issued by an unknown authority".into(),
            E::Expired | E::ExpiredContext { .. } => "it has expired".into(),
            E::NotValidYet | E::NotValidYetContext { .. } => "it is not valid yet".into(),
            E::NotValidForName | E::NotValidForNameContext { .. } => "it is for another name".into(),
            other => other.to_string(),
        },
        rustls::Error::General(text) => text.clone(),
        other => other.to_string(),
    }
}

impl TransportError {
    /// How far the request got.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Closed(_) | Self::Io(..) => Reached::Maybe,
            Self::Protocol(..) => Reached::Answered,
            _ => Reached::No,
        }
    }

    /// azure_core's kind of it.
    fn kind(&self) -> ErrorKind {
        match self.reached() {
            Reached::No => ErrorKind::Connection,
            Reached::Maybe | Reached::Answered => ErrorKind::Io,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::new(error.kind(), error)
    }
}

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
        Ok(RawResponse::from_bytes(answer.status.into(), headers(answer.headers), answer.body))
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
            Some(proxy) => tunnel(proxy, target)?,
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

/// The addresses of a host. `localhost` needs no resolver (RFC 6761), which saves loading one.
pub(super) fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, TransportError> {
    let bare = host.trim_matches(['[', ']']);
    if bare.eq_ignore_ascii_case("localhost") {
        return Ok(vec![SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))]);
    }
    let found: Option<Vec<SocketAddr>> = (bare, port).to_socket_addrs().ok().map(Iterator::collect);
    found.filter(|found| !found.is_empty()).ok_or_else(|| TransportError::UnknownHost(host.to_owned()))
}

/// A connection to a host, without TLS.
pub(super) fn connect(host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let found = addresses(host, port)?;
    let mut last = None;
    for address in found {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                let _ = stream.set_read_timeout(Some(TIMEOUT));
                let _ = stream.set_write_timeout(Some(TIMEOUT));
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::from(io::ErrorKind::NotFound));
    Err(TransportError::Connect(format!("{host}:{port}"), error))
}

fn tunnel(proxy: &Proxy, target: &Target<'_>) -> Result<TcpStream, TransportError> {
    let fail = |what: String| TransportError::Proxy(format!("{}:{}: {what}", proxy.host, proxy.port));
    let mut stream = connect(&proxy.host, proxy.port).map_err(|error| TransportError::Proxy(error.to_string()))?;
    let authority = format!("{}:{}", target.host, target.port);
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

fn headers(pairs: Vec<(String, String)>) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in pairs {
        headers.insert(name, value);
    }
    headers
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self.execute(request)?;
        Ok(AsyncRawResponse::from_bytes(answer.status.into(), headers(answer.headers), answer.body))
    }
}
