//! The TLS server of the benchmark. It answers every request with the same token, so that its cost is the same for all
//! clients.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server that runs until the process ends.
pub struct Server {
    pub port: u16,
    /// The certificate of the authority, in PEM.
    pub ca: String,
}

fn answer() -> Vec<u8> {
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.{}", "a".repeat(400), "b".repeat(342));
    let expires = "2030-01-01T00:00:00.1234567+00:00";
    let body = format!(r#"{{"token":"{token}","expiresOn":"{expires}"}}"#);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Server {
    pub fn start() -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca_params = CertificateParams::new(Vec::new()).unwrap();
        ca_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca_params.distinguished_name.push(DnType::CommonName, "benchmark CA");
        let ca = ca_params.self_signed(&ca_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::new(ca_params, ca_key);
        let mut params = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                std::thread::spawn(move || serve(stream, config));
            }
        });
        Self { port, ca: ca.pem() }
    }
}

/// Runs a command that finds the server in its environment, for `bench/order.py`, and ends with its exit code.
pub fn run_with(words: &[String]) {
    let server = Server::start();
    let key = acs_identity_protocol::AccessKey::development().to_base64();
    let connection = format!("endpoint=https://localhost:{}/;accesskey={key}", server.port);
    let mut command = std::process::Command::new(&words[0]);
    command.args(&words[1..]).env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    let status = command.env("REQUESTS_CA_BUNDLE", crate::write("ca.pem", &server.ca)).status().unwrap();
    std::process::exit(status.code().unwrap_or(1));
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>) {
    let _ = stream.set_nodelay(true);
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let answer = answer();
    let mut request = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        match tls.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
        let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if request.len() < end + 4 + length.unwrap_or(0) {
            continue;
        }
        request.clear();
        if tls.write_all(&answer).and_then(|()| tls.flush()).is_err() {
            return;
        }
    }
}
