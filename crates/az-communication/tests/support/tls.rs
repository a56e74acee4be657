//! Certificates for tests, and a TLS server that sends them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, SignatureAlgorithm};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// The certificate for localhost with which the golden cases were captured, and its key.
pub const CERTIFICATE: &str = include_str!("../golden/tls/cert.pem");
pub const KEY: &str = include_str!("../golden/tls/key.pem");

/// A certificate and its key.
pub struct Identity {
    pub der: CertificateDer<'static>,
    pub pem: String,
    pub params: CertificateParams,
    pub key: KeyPair,
}

impl Identity {
    /// Makes a self-signed certificate.
    pub fn own(params: CertificateParams) -> Self {
        Self::own_with(params, &rcgen::PKCS_ECDSA_P256_SHA256)
    }

    /// Makes a self-signed certificate with this kind of key.
    pub fn own_with(params: CertificateParams, algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { der: certificate.der().clone(), pem: certificate.pem(), params, key }
    }

    /// Makes a certificate that this issuer signs.
    pub fn by(issuer: &Identity, params: CertificateParams) -> Self {
        Self::by_with(issuer, params, &rcgen::PKCS_ECDSA_P256_SHA256)
    }

    /// Makes a certificate that this issuer signs, with this kind of key.
    pub fn by_with(issuer: &Identity, params: CertificateParams, algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = params.signed_by(&key, &Issuer::from_params(&issuer.params, &issuer.key)).unwrap();
        Self { der: certificate.der().clone(), pem: certificate.pem(), params, key }
    }

    /// Makes another certificate for the same key.
    pub fn again(&self) -> Self {
        let key = KeyPair::try_from(self.key.serialize_der()).unwrap();
        Self { der: self.der.clone(), pem: self.pem.clone(), params: self.params.clone(), key }
    }

    pub fn key_der(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }
}

/// Returns the usual parameters of an authority.
pub fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Returns the parameters of a server with these names.
pub fn server(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "a server");
    params
}

/// The server side of a TLS connection.
pub type TlsStream = StreamOwned<ServerConnection, TcpStream>;

/// Returns the configuration of a server that sends this chain, its own certificate first.
pub fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// Returns the configuration of a server that sends [`CERTIFICATE`].
pub fn localhost() -> Arc<ServerConfig> {
    static CONFIG: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| localhost_by(CERTIFICATE));
    Arc::clone(&CONFIG)
}

/// Returns the configuration of a server that sends another certificate of the same key.
pub fn localhost_by(certificate: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).map(Result::unwrap).collect();
    config(chain, PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap())
}

/// Returns the configuration of a server with one TLS version that requires clients to send a certificate of that
/// authority.
pub fn config_for_clients_of(
    authority: &Identity,
    server: &Identity,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.der.clone()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
    let builder = builder.with_client_cert_verifier(clients);
    Arc::new(builder.with_single_cert(vec![server.der.clone()], server.key_der()).unwrap())
}

/// Starts TLS on an accepted connection.
pub fn accept(config: &Arc<ServerConfig>, stream: TcpStream) -> TlsStream {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream)
}

/// Starts a server that answers the first request of every connection with a new identity. It ends with the test.
pub fn serve(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let mut stream = accept(&config, stream.unwrap());
                if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                    let body = r#"{"identity":{"id":"8:acs:made"}}"#;
                    let _ = write!(
                        stream,
                        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: \
                         close\r\n\r\n{body}",
                        body.len()
                    );
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            });
        }
    });
    port
}
