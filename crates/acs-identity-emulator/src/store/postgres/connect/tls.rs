//! TLS of a connection. The server says whether it has TLS before a handshake begins.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::failure::Problem;
use super::stream::{Plain, Stream};
use super::verifier::Verifier;
use crate::crypto;
use crate::database::{PostgresAddress, PostgresHost, TlsMode};

/// The message that asks for TLS: its length, and a number that no version of the protocol has.
const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// The answers to it.
const YES: u8 = b'S';
const NO: u8 = b'N';

/// Sets up TLS.
pub(super) struct Tls {
    mode: TlsMode,
    connector: TlsConnector,
}

impl Tls {
    pub(super) fn new(address: &PostgresAddress) -> Result<Self, rustls::Error> {
        let provider = Arc::new(crypto::tls());
        let verifier = Verifier::new(address, &provider)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self { mode: address.tls(), connector: Arc::new(config).into() })
    }

    pub(super) fn mode(&self) -> TlsMode {
        self.mode
    }

    /// Sets up TLS on a new connection. Where the server has none, the stream is returned unchanged, or it is an error:
    /// that depends on the mode.
    pub(super) async fn set_up(&self, mut stream: TcpStream, host: &PostgresHost) -> Result<Stream, Problem> {
        if self.mode == TlsMode::Disable {
            return Ok(Stream::Tcp(Plain::new(stream)));
        }
        stream.write_all(&REQUEST).await.map_err(Problem::of_stream)?;
        let mut answer = [0];
        // Exactly one byte is read: whatever comes behind it before the handshake is not protected.
        stream.read_exact(&mut answer).await.map_err(Problem::of_stream)?;
        match answer[0] {
            YES => {}
            NO if self.mode == TlsMode::Prefer => return Ok(Stream::Tcp(Plain::new(stream))),
            NO => return Err(Problem::NoTls),
            _ => return Err(Problem::NotPostgres),
        }
        let name = ServerName::try_from(host.name().to_owned()).map_err(|_| Problem::HostName)?;
        match self.connector.connect(name, stream).await {
            Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
            Err(error) => Err(of_handshake(error)),
        }
    }
}

fn of_handshake(error: io::Error) -> Problem {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(problem)) => Problem::Certificate(problem.clone()),
        Some(problem) => Problem::Tls(problem.clone()),
        None => Problem::of_stream(error),
    }
}
