//! A TLS server that sends the bytes that a test defines: malformed, late or missing responses, and connections that
//! are cut.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::tls::{self, CERTIFICATE, TlsStream};
use super::{Folder, az};

const ACCESS_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The timeout of each read and write of the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// All lines before the body.
    pub head: String,
    pub body: String,
}

/// The server. Each connection has its own thread.
pub struct Odd {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A connection, as the test's code gets it.
pub struct Connection {
    /// The number of the connection, from 0.
    pub number: usize,
    stream: TlsStream,
    received: Vec<u8>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Odd {
    /// Starts a server that runs this code for each connection. It ends when its end of the connection is dropped.
    pub fn start(serve: impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        Self::listen(Arc::clone(&requests), move |number, stream| {
            let stream = tls::accept(&tls::localhost(), stream);
            // Errors are ignored, because in some tests the client disconnects.
            let _ = serve(&mut Connection { number, stream, received: Vec::new(), requests: Arc::clone(&requests) });
        })
    }

    /// Starts a server without TLS that runs this code for each connection.
    pub fn start_plain(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        Self::listen(Arc::default(), move |_, stream| serve(stream))
    }

    /// Starts a server that sends the same response to each request.
    pub fn answering(answer: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self::start(move |connection| {
            while connection.request()?.is_some() {
                connection.send(answer.as_ref())?;
            }
            Ok(())
        })
    }

    fn listen(requests: Arc<Mutex<Vec<Request>>>, serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopping = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let stopping = Arc::clone(&stopping);
            let (serve, number) = (Arc::new(serve), AtomicUsize::new(0));
            move || {
                for stream in listener.incoming() {
                    if stopping.load(Ordering::SeqCst) {
                        return;
                    }
                    let stream = stream.unwrap();
                    stream.set_nodelay(true).unwrap();
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    stream.set_write_timeout(Some(PATIENCE)).unwrap();
                    let (serve, number) = (Arc::clone(&serve), number.fetch_add(1, Ordering::SeqCst));
                    thread::spawn(move || serve(number, stream));
                }
            }
        });
        Self { port, requests, stopping, thread: Some(thread) }
    }

    /// Returns the received requests, in the order in which they were complete.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn connection_string(&self) -> String {
        format!("endpoint=https://localhost:{}/;accesskey={ACCESS_KEY}", self.port)
    }

    /// Returns the CLI for this server.
    pub fn az(&self, home: &Folder) -> Command {
        let mut command = az(home);
        command
            .env("AZURE_COMMUNICATION_CONNECTION_STRING", self.connection_string())
            .env("REQUESTS_CA_BUNDLE", home.write("tls/cert.pem", CERTIFICATE));
        command
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Connection {
    /// Reads a request. Returns `None` at the end of the connection.
    pub fn request(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, length)) = parse(&self.received) {
                self.received.drain(..length);
                self.requests.lock().unwrap().push(request.clone());
                return Ok(Some(request));
            }
            if self.read_some()? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads this number of bytes of a request, or all of it. Returns whether it is complete.
    pub fn read_up_to(&mut self, bytes: usize) -> io::Result<bool> {
        while self.received.len() < bytes {
            if parse(&self.received).is_some() || self.read_some()? == 0 {
                break;
            }
        }
        Ok(parse(&self.received).is_some_and(|(_, length)| length <= bytes))
    }

    fn read_some(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 4096];
        let count = self.stream.read(&mut buffer)?;
        self.received.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    /// Sends bytes as one TLS record, or as more if there are many.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Sends bytes one by one, with a pause before each.
    pub fn drip(&mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> io::Result<()> {
        bytes.as_ref().iter().try_for_each(|byte| {
            thread::sleep(pause);
            self.send([*byte])
        })
    }

    /// Returns the socket below TLS.
    pub fn socket(&mut self) -> &mut TcpStream {
        &mut self.stream.sock
    }

    /// Ends the connection without TLS's `close_notify` alert.
    pub fn cut(&mut self) -> io::Result<()> {
        self.stream.sock.shutdown(Shutdown::Write)
    }

    /// Ends the connection as a crashed server does (RST).
    pub fn reset(&mut self) -> io::Result<()> {
        rustix::net::sockopt::set_socket_linger(&self.stream.sock, Some(Duration::ZERO))?;
        Ok(())
    }
}

/// Parses a complete request at the start of these bytes. Returns its length, too.
fn parse(bytes: &[u8]) -> Option<(Request, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |name: &str| {
        let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let body = bytes.get(end..end + length)?;
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let body = String::from_utf8_lossy(body).into_owned();
    Some((Request { method, path, head, body }, end + length))
}

/// Returns the id of a user. It contains the number.
pub fn user(number: usize) -> String {
    format!("8:acs:b6aada1f-0b1d-47ac-866f-91aae00a1d01_{number:08x}-14a2-493b-8a72-5a3a0d000081")
}

/// Returns a response with a JSON body and its length.
pub fn json_answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Returns the response with the id of its request, as the service sends it. The client uses the connection again after
/// such a response.
pub fn echoing(answer: &str, request: &Request) -> String {
    let id = request.head.lines().find(|line| line.starts_with("x-ms-client-request-id:")).unwrap();
    answer.replacen("\r\n", &format!("\r\n{id}\r\n"), 1)
}

/// Returns the response to the creation of a user with a token.
pub fn created(number: usize) -> String {
    json_answer("201 Created", &created_body(number))
}

/// Returns the body of that response.
pub fn created_body(number: usize) -> String {
    let user = user(number);
    format!(
        r#"{{"identity":{{"id":"{user}"}},"accessToken":{{"token":"token-of-{number}","expiresOn":"2026-11-24T02:26:58+00:00"}}}}"#
    )
}
