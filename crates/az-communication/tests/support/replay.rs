//! A TLS server that replays canned responses and records its requests, like the server with which the reference was
//! captured.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustls::ServerConfig;
use serde_json::Value;

pub use super::canned::Request;
use super::canned::{read, response};
use super::tls::{self, TlsStream};

impl Request {
    /// Returns the value of a header, or an empty text if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that sends these responses in order, the last one repeated.
    pub fn start(answers: Vec<Value>) -> Self {
        Self::with(tls::localhost(), answers)
    }

    /// Starts such a server with another certificate of the same key.
    pub fn showing(certificate: &str, answers: Vec<Value>) -> Self {
        Self::with(tls::localhost_by(certificate), answers)
    }

    fn with(config: Arc<ServerConfig>, answers: Vec<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let stopping = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (requests, stopping) = (Arc::clone(&requests), Arc::clone(&stopping));
            move || {
                for stream in listener.incoming() {
                    if stopping.load(Ordering::SeqCst) {
                        return;
                    }
                    // Errors are ignored, because in some cases the client disconnects.
                    let _ = serve(tls::accept(&config, stream.unwrap()), &requests, &answers);
                }
            }
        });
        Self { port, requests, stopping, thread: Some(thread) }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(stream: TlsStream, requests: &Mutex<Vec<Request>>, answers: &[Value]) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream)? {
        let answer = {
            let mut requests = requests.lock().unwrap();
            requests.push(request);
            answers.get(requests.len() - 1).or(answers.last())
        };
        let Some(answer) = answer.filter(|answer| answer.get("drop").is_none()) else { return Ok(()) };
        let out = stream.get_mut();
        out.write_all(response(answer).as_bytes())?;
        out.flush()?;
    }
    Ok(())
}
