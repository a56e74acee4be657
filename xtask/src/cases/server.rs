//! A TLS server that replays responses and records its requests.

use std::io::{self, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use super::canned::{Request, read, response};
use crate::error::Error;

/// The certificate for localhost with which the golden cases were captured, and its key.
pub const CERTIFICATE: &str = include_str!("../../../crates/az-communication/tests/golden/tls/cert.pem");
const KEY: &str = include_str!("../../../crates/az-communication/tests/golden/tls/key.pem");

/// A server. It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    /// The port on 127.0.0.1.
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server that sends these responses in order, the last one repeated.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub fn start(answers: Vec<Value>) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
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
                    let _ = stream.and_then(|stream| serve(stream, &requests, &answers));
                }
            }
        });
        Ok(Self { port, requests, stopping, thread: Some(thread) })
    }

    /// Returns the requests that the server received.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn lock(requests: &Mutex<Vec<Request>>) -> MutexGuard<'_, Vec<Request>> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the requests of one connection.
fn serve(stream: TcpStream, requests: &Mutex<Vec<Request>>, answers: &[Value]) -> io::Result<()> {
    let connection = ServerConnection::new(config()).map_err(io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    while let Some(request) = read(&mut stream)? {
        let answer = {
            let mut requests = lock(requests);
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

/// Returns the configuration of a server that sends [`CERTIFICATE`].
fn config() -> Arc<ServerConfig> {
    static CONFIG: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
        let chain = CertificateDer::pem_slice_iter(CERTIFICATE.as_bytes()).map_while(Result::ok).collect();
        let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).expect("the key of the repository is a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.expect("ring has the usual versions").with_no_client_auth();
        Arc::new(builder.with_single_cert(chain, key).expect("the certificate is that of the key"))
    });
    Arc::clone(&CONFIG)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cases::canned::response;

    #[test]
    fn an_answer_is_written_as_pythons_server_writes_it() {
        let answer = json!({"status": 404, "headers": {"a": "b"}, "body": {"c": [1]}});
        assert_eq!(response(&answer), "HTTP/1.1 404 Not Found\r\na: b\r\nContent-Length: 9\r\n\r\n{\"c\":[1]}");
        assert_eq!(response(&json!({"status": 204, "reason": "Gone"})), "HTTP/1.1 204 Gone\r\n\r\n");
    }
}
