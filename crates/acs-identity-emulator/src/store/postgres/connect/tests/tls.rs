//! TLS: what the modes accept. The server here ends the connection after the handshake.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::crypto;

/// An authority, and a certificate of it.
struct Made {
    root: CertificateDer<'static>,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    /// The key of the authority.
    root_key: PrivateKeyDer<'static>,
}

/// Makes a certificate that names a host.
fn made(host: &str) -> Made {
    // Its name is its own, as that of every authority should be.
    let name = crate::random::guid().unwrap();
    let root_key = rcgen::KeyPair::generate().unwrap();
    let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
    root.distinguished_name.push(rcgen::DnType::CommonName, name);
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_certificate = root.self_signed(&root_key).unwrap();
    let of_root = PrivatePkcs8KeyDer::from(root_key.serialize_der()).into();
    let issuer = rcgen::Issuer::new(root, root_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Made {
        root: root_certificate.der().clone(),
        certificate: certificate.der().clone(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        root_key: of_root,
    }
}

/// Serves TLS as PostgreSQL does, and returns the port.
async fn serving(made: &Made) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::tls()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.certificate.clone()], made.key.clone_key())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 8];
            // A message that does not ask for TLS is a login without it. That is not answered.
            if stream.read_exact(&mut request).await.is_err() || request[4..] != [0x04, 0xd2, 0x16, 0x2f] {
                continue;
            }
            stream.write_all(b"S").await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 8]).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    port
}

/// Connects with a mode, with trusted roots or without, and returns the problem.
fn problem(made: &Made, mode: &str, roots: Vec<CertificateDer<'static>>) -> String {
    run(async {
        let port = serving(made).await;
        let address = parse(&format!("postgres://u@localhost:{port}/d?sslrootcert=/ca.pem&sslmode={mode}"));
        let unreachable = unreachable(address.with_roots(roots)).await;
        unreachable.problems().map(|(_, problem)| format!("{problem:?}")).collect()
    })
}

/// The server ended the connection at the login: the handshake had succeeded.
const ACCEPTED: &str = "Closed";

#[test]
fn require_accepts_every_certificate_unless_there_are_roots() {
    let [own, other] = [made("localhost"), made("localhost")];
    assert_eq!(problem(&own, "require", Vec::new()), ACCEPTED);
    assert_eq!(problem(&own, "require", vec![own.root.clone()]), ACCEPTED);
    assert_eq!(problem(&own, "require", vec![other.root]), "Certificate(UnknownIssuer)");
}

#[test]
fn verify_ca_accepts_another_name_and_verify_full_does_not() {
    let [named, other] = [made("localhost"), made("db.test")];
    for mode in ["verify-ca", "verify-full"] {
        assert_eq!(problem(&named, mode, vec![named.root.clone()]), ACCEPTED, "{mode}");
        assert_eq!(problem(&named, mode, vec![other.root.clone()]), "Certificate(UnknownIssuer)", "{mode}");
    }
    assert_eq!(problem(&other, "verify-ca", vec![other.root.clone()]), ACCEPTED);
    let refused = problem(&other, "verify-full", vec![other.root.clone()]);
    assert!(refused.starts_with("Certificate(NotValidForName"), "{refused}");
}

#[test]
fn the_certificate_of_an_authority_is_refused_in_words_of_ours() {
    let made = made("localhost");
    let own = Made { certificate: made.root.clone(), key: made.root_key.clone_key(), ..made };
    let shown = run(async {
        let port = serving(&own).await;
        let address = parse(&format!("postgres://u@localhost:{port}/d?sslrootcert=/ca.pem&sslmode=verify-ca"));
        unreachable(address.with_roots(vec![own.root.clone()])).await.to_string().replace(&port.to_string(), "PORT")
    });
    insta::assert_snapshot!(shown, @"the database at localhost:PORT cannot be used: its certificate is not one that a server may have (RFC 5280). Give the server another certificate, not that of an authority");
}

#[test]
fn prefer_does_not_fall_back_when_a_certificate_is_refused() {
    let [own, other] = [made("localhost"), made("localhost")];
    assert_eq!(problem(&own, "prefer", Vec::new()), ACCEPTED);
    assert_eq!(problem(&own, "prefer", vec![other.root]), "Certificate(UnknownIssuer)");
}

#[test]
fn verify_full_needs_roots() {
    let error =
        Pool::start(parse("postgres://u@localhost/d?sslmode=verify-full"), 1).err().map(|error| error.to_string());
    assert!(error.is_some_and(|error| error.contains("no trusted certificates")));
}

#[test]
fn the_password_is_bound_to_a_certificate_by_the_digest_of_its_signature() {
    let made = made("localhost");
    let expected = crypto::digest::digest(&crypto::digest::SHA256, &made.certificate);
    assert_eq!(super::super::binding::digest(&made.certificate).as_deref(), Some(expected.as_ref()));
    assert_eq!(super::super::binding::digest(&made.certificate[..40]), None);
}
