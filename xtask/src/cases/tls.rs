//! TLS for the server that answers: the certificate for localhost that the golden cases were captured with.

use std::net::TcpStream;
use std::sync::{Arc, LazyLock};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The certificate, which programs are told to trust.
pub const CERTIFICATE: &str = include_str!("../../../crates/az-communication/tests/golden/tls/cert.pem");
const KEY: &str = include_str!("../../../crates/az-communication/tests/golden/tls/key.pem");

/// The side of a server of a TLS connection.
pub type TlsStream = StreamOwned<ServerConnection, TcpStream>;

/// How a server shows [`CERTIFICATE`].
pub fn localhost() -> Arc<ServerConfig> {
    static CONFIG: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| localhost_by(CERTIFICATE));
    Arc::clone(&CONFIG)
}

/// How a server shows another certificate of the same key.
pub fn localhost_by(certificate: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// TLS over a connection that came in.
pub fn accept(config: &Arc<ServerConfig>, stream: TcpStream) -> TlsStream {
    StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream)
}
