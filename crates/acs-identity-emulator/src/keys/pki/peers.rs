//! Tests of the constraints with OpenSSL, Python, Node.js and Java, against servers with signed certificates.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ServerConfig, ServerConnection};

use super::authority::{Authority, named};
use super::test_folder::Folder;
use super::{HostName, StoredCertificates, new_authority};
use crate::crypto::tls;

/// The programs that verify certificates, and how each one is called.
const VERIFIERS: [(&str, &str); 4] =
    [("bash", "openssl.sh"), ("python3", "trust.py"), ("node", "trust.mjs"), ("java", "Trust.java")];

fn host(name: &str) -> HostName {
    HostName::parse(name).unwrap()
}

/// The place of the server's name in a certificate.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    AlternativeName,
    /// The common name, as in certificates before alternative names existed.
    CommonName,
}

/// Starts a server on a port of its own, with a certificate for that name. The authority signs it even if its
/// constraints forbid the name.
fn serve(authority: &Authority, place: Place, name: &str) -> u16 {
    let now = crate::clock::machine::now();
    let (certificate, key) = match place {
        Place::AlternativeName => authority.issue(&[host(name)], now).unwrap(),
        Place::CommonName => authority.sign(named(name), now).unwrap(),
    };
    let mut chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    chain.extend(authority.intermediate.clone());
    chain.push(authority.root.clone());
    let config = ServerConfig::builder_with_provider(Arc::new(tls()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // The connection stays open until the client has finished its check.
            while connection.complete_io(&mut stream).is_ok_and(|(read, _)| read > 0) {}
        }
    });
    port
}

/// Returns the verdict of each program about servers with these names, when it trusts the authority.
fn verdicts(
    folder: &Folder,
    stored: &StoredCertificates,
    place: Place,
    names: &[&str],
) -> Vec<(&'static str, Vec<String>)> {
    let authority = Authority::open(stored).unwrap();
    let ca: PathBuf = folder.write("ca.pem", &stored.root);
    let servers: Vec<String> =
        names.iter().flat_map(|name| [(*name).to_owned(), serve(&authority, place, name).to_string()]).collect();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/trust");
    VERIFIERS
        .iter()
        .map(|(program, script)| {
            let output = Command::new(program)
                .arg(scripts.join(script))
                .arg(&ca)
                .args(&servers)
                .env_remove("JAVA_TOOL_OPTIONS")
                .env_remove("NODE_EXTRA_CA_CERTS")
                .output()
                .unwrap_or_else(|error| panic!("{program}: {error}: run scripts/test.sh"));
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let failure = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{program}: {failure}");
            let lines: Vec<String> = said.lines().map(str::to_owned).collect();
            assert_eq!(lines.len(), names.len(), "{program}: {said}{failure}");
            println!("{program}: {said}");
            (*script, lines)
        })
        .collect()
}

#[test]
#[ignore = "needs OpenSSL, Python, Node.js and Java: run scripts/test.sh"]
fn all_verifiers_accept_permitted_names_and_refuse_others() {
    const GOOD: [&str; 18] = [
        "localhost",
        "app.localhost",
        "app.test",
        "a.b.test",
        "host.docker.internal",
        "pi.local",
        "nas.home.arpa",
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "fd00::1",
        "fe80::1",
        "acs-emulator",
        "acs.example.org",
        "app",
    ];
    // A top-level domain that is also the name of a container, and names below it and below other given names.
    const BELOW: [&str; 4] = ["web.app", "www.example.app", "sub.acs-emulator", "sub.acs.example.org"];
    const BAD: [&str; 9] = [
        "example.com",
        "other",
        "notlocalhost",
        "localhost.example.com",
        "acs-emulator2",
        "8.8.8.8",
        "172.32.0.1",
        "2001:db8::1",
        "fec0::1",
    ];
    let folder = Folder::new("peers");
    let names = ["acs-emulator", "acs.example.org", "app"].map(host);
    let stored = new_authority(&names, crate::clock::machine::now()).unwrap();
    let judge = |stored: &StoredCertificates, place: Place, names: &[&str], verdict: &str| {
        for (verifier, lines) in verdicts(&folder, stored, place, names) {
            assert!(lines.iter().all(|line| line.contains(verdict)), "{verifier}: {lines:?}");
        }
    };
    judge(&stored, Place::AlternativeName, &GOOD, " trusted");
    judge(&stored, Place::AlternativeName, &BAD, " refused: ");
    judge(&stored, Place::AlternativeName, &BELOW, " refused: ");
    judge(&stored, Place::CommonName, &["example.com", "localhost.example.com"], " refused: ");
    // This checks that the certificates are refused only for their names: with an authority for these names, they are
    // accepted.
    let stored = new_authority(&BAD.map(host), crate::clock::machine::now()).unwrap();
    judge(&stored, Place::AlternativeName, &BAD, " trusted");
    let stored = new_authority(&BELOW.map(host), crate::clock::machine::now()).unwrap();
    judge(&stored, Place::AlternativeName, &BELOW, " trusted");
}
