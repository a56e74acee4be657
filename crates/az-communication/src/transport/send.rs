//! The transport below the SDK's pipeline: hyper and rustls, driven on the caller's thread. It starts in microseconds.
//! azure_core's default transport takes 40 ms (docs/decisions/transport.md).

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::http::{AsyncRawResponse, HttpClient, RawResponse, Request};
use hyper::header::RETRY_AFTER;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

use crate::transport::error::TransportError;
use crate::transport::http::answer::{Answer, Sink};
use crate::transport::http::channel::Channel;
use crate::transport::http::connect::{TIMEOUT, connect};
use crate::transport::http::decode::decode;
use crate::transport::http::http1::Http1;
use crate::transport::message::{headers, message};
use crate::transport::proxy::choice as proxy;
use crate::transport::proxy::tunnel::tunnel;
use crate::transport::resend;
use crate::transport::tls::client as tls;
use crate::transport::tls::trust::{OwnEmulator, ReadAuthority, Trust};

struct Open {
    origin: String,
    http: Http1,
}

/// The transport. It keeps connections for reuse.
pub struct Transport {
    trust: Trust,
    /// The time limit for a complete response, from the handshake to the last byte.
    time: Duration,
    idle: Mutex<Vec<Open>>,
    /// Whether each request gets its own connection.
    keeps_nothing: AtomicBool,
    own_emulator: Arc<OwnEmulator>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("trust", &self.trust).finish_non_exhaustive()
    }
}

/// The destination of a request.
struct Target<'a> {
    https: bool,
    host: &'a str,
    port: u16,
}

impl<'a> Target<'a> {
    fn of(request: &'a Request) -> Self {
        let url = request.url();
        Self {
            https: url.scheme() == "https",
            host: url.host_str().unwrap_or_default(),
            port: url.port_or_known_default().unwrap_or(443),
        }
    }

    fn authority(&self) -> String {
        let default = if self.https { 443 } else { 80 };
        if self.port == default { self.host.to_owned() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl Transport {
    /// Creates a transport with these trust settings.
    pub fn new(trust: Trust, own_authority: ReadAuthority) -> Self {
        Self {
            trust,
            time: TIMEOUT,
            idle: Mutex::default(),
            keeps_nothing: AtomicBool::new(false),
            own_emulator: Arc::new(OwnEmulator::new(own_authority)),
        }
    }

    /// Checks whether only the authority of this user's own emulator vouched for the last server.
    pub fn is_trusted_by_own_emulator(&self) -> bool {
        self.own_emulator.vouches()
    }

    /// Sends a request without a pipeline: nothing is added, and the request is not repeated.
    pub fn send(&self, request: &Request) -> azure_core::Result<RawResponse> {
        self.send_within(request, self.time, None)
    }

    /// Does the same with another time limit. If there is a sink, it gets the body of a successful response.
    pub(crate) fn send_within(
        &self,
        request: &Request,
        time: Duration,
        sink: Option<&mut Sink<'_>>,
    ) -> azure_core::Result<RawResponse> {
        let answer = self.execute(request, time, sink)?;
        let headers = headers(&answer);
        Ok(RawResponse::from_bytes(answer.status.into(), headers, answer.body))
    }

    /// Stops the reuse of connections, because a response did not belong to its request. From now on, each request gets
    /// its own connection.
    pub fn distrust_connections(&self) {
        self.keeps_nothing.store(true, Ordering::Relaxed);
        if let Ok(mut idle) = self.idle.lock() {
            idle.clear();
        }
    }

    fn execute(
        &self,
        request: &Request,
        time: Duration,
        mut sink: Option<&mut Sink<'_>>,
    ) -> Result<Answer, TransportError> {
        let target = Target::of(request);
        let authority = target.authority();
        let origin = format!("{}://{authority}", request.url().scheme());
        if let Some(mut open) = self.take_idle(&origin) {
            let deadline = Instant::now() + time;
            match self.exchange(&mut open, request, &authority, (time, deadline), sink.as_deref_mut()) {
                Err(error) if resend::on_new_connection(request, &error) => {}
                Ok(answer) if resend::is_about_idling(answer.status, || answer.closes() || open.http.ends_soon()) => {}
                Ok(answer) => return Ok(self.keep(open, answer)),
                error => return error,
            }
        }
        let deadline = Instant::now() + time;
        let http = Http1::new(self.open(&target, deadline)?, deadline)
            .map_err(|error| TransportError::Unsent(authority.clone(), Some(error)))?;
        let mut open = Open { origin, http };
        let answer = self.exchange(&mut open, request, &authority, (time, deadline), sink)?;
        Ok(self.keep(open, answer))
    }

    fn keep(&self, open: Open, answer: Answer) -> Answer {
        if open.http.is_reusable()
            && resend::keeps_connection(answer.status, answer.headers.contains_key(RETRY_AFTER))
            && !self.keeps_nothing.load(Ordering::Relaxed)
            && let Ok(mut idle) = self.idle.lock()
        {
            idle.push(open);
        }
        answer
    }

    fn exchange(
        &self,
        open: &mut Open,
        request: &Request,
        authority: &str,
        (time, deadline): (Duration, Instant),
        sink: Option<&mut Sink<'_>>,
    ) -> Result<Answer, TransportError> {
        let host = request.url().host_str().unwrap_or_default();
        let mut answer = open
            .http
            .exchange(message(request, authority)?, deadline, sink)
            .map_err(|failed| TransportError::of(failed, host, authority, time))?;
        let codings = answer.headers.get("content-encoding").and_then(|value| value.to_str().ok());
        if let Some(codings) = codings {
            answer.body =
                decode(codings, answer.body).map_err(|what| TransportError::Protocol(authority.to_owned(), what))?;
        }
        Ok(answer)
    }

    /// Takes an idle connection that can send another request. A connection on which unexpected data arrived is
    /// dropped, because the data would be taken for the response.
    fn take_idle(&self, origin: &str) -> Option<Open> {
        loop {
            let mut open = {
                let mut idle = self.idle.lock().ok()?;
                let at = idle.iter().position(|open| open.origin == origin)?;
                idle.swap_remove(at)
            };
            if open.http.is_ready() {
                return Some(open);
            }
        }
    }

    fn open(&self, target: &Target<'_>, deadline: Instant) -> Result<Channel, TransportError> {
        let plain = || {
            Channel::tcp(connect(target.host, target.port, deadline)?)
                .map_err(|error| TransportError::Connect(target.authority(), error))
        };
        if !target.https {
            return plain();
        }
        // An unusable bundle is reported before anything is sent.
        let prepare =
            || tls::prepare(&self.trust, &self.own_emulator).map_err(|error| TransportError::Bundle(Box::new(error)));
        let prepared = prepare()?;
        let tls = |error| TransportError::Tls(target.host.to_owned(), error);
        let config = |prepared| tls::client_config(prepared).map_err(tls);
        let below = match proxy::for_host(target.host, target.port).map_err(TransportError::Proxy)? {
            Some(proxy) => tunnel(&proxy, target.host, target.port, deadline, || prepare().and_then(config))?,
            None => plain()?,
        };
        let name = ServerName::try_from(target.host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| TransportError::UnknownHost(target.host.to_owned()))?;
        Ok(Channel::tls(ClientConnection::new(config(prepared)?, name).map_err(tls)?, below))
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self.execute(request, self.time, None)?;
        let headers = headers(&answer);
        Ok(AsyncRawResponse::from_bytes(answer.status.into(), headers, answer.body))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use azure_core::http::Method;

    use super::*;
    use crate::transport::http::reached::Reached;

    /// Sends a request to a server with this behaviour and returns the error. A complete response may take 200 ms.
    fn result_of(
        scheme: &str,
        serve: impl FnOnce(&mut TcpStream) -> std::io::Result<()> + Send + 'static,
    ) -> (Reached, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://localhost:{}/", listener.local_addr().unwrap().port());
        let server = std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let _ = stream.read(&mut [0; 4096]);
            let _ = serve(&mut stream);
            // The server waits until the client closes the connection.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
            let _ = stream.read(&mut [0; 4096]);
        });
        let transport = Transport { time: Duration::from_millis(200), ..Transport::new(Trust::Default, || None) };
        let started = Instant::now();
        let error =
            transport.execute(&Request::new(url.parse().unwrap(), Method::Post), transport.time, None).unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(30));
        drop(transport);
        server.join().unwrap();
        assert!(matches!(error, TransportError::Timeout { .. }), "{error:?}");
        let text = error.to_string();
        (error.reached(), text[text.find(' ').unwrap()..].to_owned())
    }

    /// Sends bytes repeatedly until the client stops reading.
    fn send_without_end(stream: &mut TcpStream, first: &str, bytes: &str, pause: Duration) -> std::io::Result<()> {
        stream.write_all(first.as_bytes())?;
        loop {
            std::thread::sleep(pause);
            stream.write_all(bytes.as_bytes())?;
        }
    }

    #[test]
    fn the_time_limit_applies_to_the_complete_response() {
        let (reached, text) = result_of("http", |_| Ok(()));
        assert_eq!(reached, Reached::Maybe);
        assert!(text.ends_with(" did not answer within 0 s."), "{text}");
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let soon = Duration::from_millis(5);
        for (first, bytes, pause) in [
            ("", "HTTP/1.1 102 Processing\r\n\r\n", Duration::ZERO),
            ("", "HTTP/1.1 102 Processing\r\n\r\n", soon),
            ("HTTP/1.1 200 OK\r\n", "x", soon),
            (head, "1\r\nx\r\n", soon),
            ("HTTP/1.1 200 OK\r\n\r\n", "x", soon),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", soon * 5),
        ] {
            let (reached, _) = result_of("http", move |stream| send_without_end(stream, first, bytes, pause));
            assert_eq!(reached, Reached::Answered, "{first}{bytes}");
        }
    }

    #[test]
    fn a_handshake_without_a_response_times_out() {
        // The bytes are: nothing, a part of a record's header, and a part of a record.
        for bytes in ["", "\u{16}\u{3}\u{3}", "\u{16}\u{3}\u{3}\u{0}\u{50}\u{2}\u{0}"] {
            let (reached, text) = result_of("https", move |stream| stream.write_all(bytes.as_bytes()));
            assert_eq!(reached, Reached::No);
            assert!(text.ends_with(" did not answer within 0 s."), "{text}");
        }
    }
}
