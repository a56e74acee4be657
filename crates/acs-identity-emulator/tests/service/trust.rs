//! Clients over TLS that accept the certificate, and clients that do not.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use super::support::running::Running;

/// Connects with these roots.
fn connect(port: u16, roots: RootCertStore) -> StreamOwned<ClientConnection, TcpStream> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port)).unwrap())
}

/// Asks until the answer has what is wanted.
fn trust_with(running: &Running, is_there: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let trust = running.client().send("GET", "/emulator/trust?", "").body;
        if is_there(&trust) || Instant::now() > deadline {
            return trust;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn roots(running: &Running) -> RootCertStore {
    let pem = running.client().send("GET", "/emulator/ca.pem?", "").body;
    let certificate = CertificateDer::from_pem_slice(pem.as_str().unwrap().as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    roots
}

#[test]
fn a_client_that_does_not_trust_the_authority_is_listed_with_its_alert() {
    let running = Running::in_memory();
    let mut stranger = connect(running.port, RootCertStore::empty());
    assert!(stranger.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").is_err());
    let peer = stranger.sock.local_addr().unwrap().to_string();
    let trust = trust_with(&running, |trust| !trust["refused"].as_array().unwrap().is_empty());
    let refused = trust["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{trust}");
    assert_eq!((&refused[0]["peer"], &refused[0]["reason"]), (&peer.into(), &"unknown_ca".into()), "{trust}");
    assert_eq!(trust["clients"], Value::Array(Vec::new()));
}

#[test]
fn a_client_that_trusts_the_authority_is_listed_and_its_end_is_no_refusal() {
    let running = Running::in_memory();
    let mut friend = connect(running.port, roots(&running));
    friend.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nuser-agent: node\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    friend.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    // It goes without a word.
    drop(friend);
    // Another one says that it goes, before it has asked for anything.
    let mut polite = connect(running.port, roots(&running));
    polite.conn.complete_io(&mut polite.sock).unwrap();
    polite.conn.send_close_notify();
    polite.flush().unwrap();
    drop(polite);
    // The last one is listed, so that the former ones would be, too.
    let mut silent = connect(running.port, roots(&running));
    silent.conn.complete_io(&mut silent.sock).unwrap();
    let peer = silent.sock.local_addr().unwrap().to_string();
    drop(silent);
    let trust = trust_with(&running, |trust| !trust["refused"].as_array().unwrap().is_empty());
    let clients = trust["clients"].as_array().unwrap();
    assert_eq!(clients.iter().map(|client| client["client"].as_str().unwrap()).collect::<Vec<_>>(), ["node"]);
    let refused = trust["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{trust}");
    assert_eq!(
        (&refused[0]["peer"], &refused[0]["reason"]),
        (&peer.into(), &"ended_without_request".into()),
        "{trust}"
    );
}

/// Asks with the HTTP client of Java.
const JAVA: &str = "import java.net.URI;
import java.net.http.*;
public class Ask {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}";

#[test]
#[ignore = "needs curl, OpenSSL, Python, Node.js and Java: run scripts/test.sh"]
fn every_kind_of_client_that_does_not_trust_the_authority_is_listed() {
    let running = Running::in_memory();
    let url = format!("https://localhost:{}/health", running.port);
    let address = format!("localhost:{}", running.port);
    let folder = super::support::folder::Folder::new();
    let java = folder.path().join("Ask.java");
    std::fs::write(&java, JAVA).unwrap();
    let fetch = "fetch(process.argv[1]).catch(() => process.exit(1))";
    let python = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])";
    let all: [(&str, &[&str], &str); 5] = [
        ("curl", &["-sS", &url], "unknown_ca"),
        ("openssl", &["s_client", "-verify_return_error", "-connect", &address], "unknown_ca"),
        ("python3", &["-c", python, &url], "unknown_ca"),
        ("node", &["-e", fetch, &url], "ended_without_request"),
        ("java", &[java.to_str().unwrap(), &url], "ended_without_request"),
    ];
    for (number, (program, words, reason)) in all.iter().enumerate() {
        let mut command = Command::new(program);
        command.args(*words).stdin(Stdio::null());
        for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "JAVA_TOOL_OPTIONS"] {
            command.env_remove(name);
        }
        for name in ["no_proxy", "NO_PROXY"] {
            command.env(name, "localhost");
        }
        let output = command.output().unwrap();
        assert!(!output.status.success(), "{program}: {output:?}");
        let trust = trust_with(&running, |trust| trust["refused"].as_array().unwrap().len() > number);
        assert_eq!(trust["refused"][number]["reason"], *reason, "{program}: {trust}");
    }
    let trust = running.client().send("GET", "/emulator/trust?", "").body;
    assert_eq!((trust["refused"].as_array().unwrap().len(), &trust["clients"]), (5, &Value::Array(Vec::new())));
}
