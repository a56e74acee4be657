//! The least that a client can do: read a CA, connect, sign, post, print. `minimal PORT CA-FILE KEY PATH`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use acs_identity_protocol::AccessKey;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, port, ca, key, path] = &arguments[..] else { panic!("minimal PORT CA-FILE KEY PATH") };
    let key: AccessKey = key.parse().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
    tcp.set_nodelay(true).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), tcp);
    let body = r#"{"scopes":["chat"]}"#;
    let host = format!("localhost:{port}");
    let mut message = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
    for (name, value) in key.sign_request("POST", path, &host, body.as_bytes(), time::OffsetDateTime::now_utc()) {
        message.push_str(&format!("{name}: {value}\r\n"));
    }
    message.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    tls.write_all(message.as_bytes()).unwrap();
    tls.flush().unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !answer.ends_with(b"}") {
        let count = tls.read(&mut buffer).unwrap();
        answer.extend_from_slice(&buffer[..count]);
    }
    let at = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    std::io::stdout().write_all(&answer[at + 4..]).unwrap();
}
