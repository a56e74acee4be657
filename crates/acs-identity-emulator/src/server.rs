//! Connections: TLS or plain HTTP by the first byte, limits in time, a clean end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use acs_identity_protocol::ConnectionString;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::certificates;
use crate::config::Config;
use crate::core::Core;
use crate::edge::framing::Watched;
use crate::edge::{Connection, Dropped, Edge};
use crate::error::Error;
use crate::keys::pki::Pki;
use crate::store::AccessSlot;

/// The first byte of a TLS record that starts a handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// A connection that says nothing is closed after this.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(30);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// So is one that does not come to the end of its headers, or idles between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// A request that takes longer than this, body and all, is dropped: slow senders must not hold memory.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// More connections wait until others end.
const MAX_CONNECTIONS: usize = 4096;

/// How long connections may take to end when the emulator does.
const GRACE: Duration = Duration::from_secs(5);

/// An emulator that is ready to serve.
pub struct Emulator {
    core: Arc<Core>,
    config: Config,
    tls: Arc<ServerConfig>,
    pki: Arc<Pki>,
    ca_certificate: String,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Opens the data, and makes keys and certificates where there are none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, is used by another emulator, or holds a damaged file, or when what the first start
    /// decides cannot be stored. Nothing is overwritten.
    pub fn open(config: Config) -> Result<Self, Error> {
        check_clock(SystemTime::now())?;
        let core = Core::open(&config)?;
        let pki = certificates::open(&config, &core.store, OffsetDateTime::now_utc())?;
        Ok(Self {
            core: Arc::new(core),
            tls: pki.server_config()?,
            ca_certificate: pki.ca_certificate(),
            pki: Arc::new(pki),
            config,
        })
    }

    /// The certificate of the authority that vouches for the emulator, in PEM.
    pub fn ca_certificate(&self) -> &str {
        &self.ca_certificate
    }

    /// The end of the certificate that ends first.
    pub fn certificate_not_after(&self) -> OffsetDateTime {
        self.pki.not_after()
    }

    /// The host under which clients reach the emulator.
    pub fn host(&self) -> &str {
        &self.config.host
    }

    /// The endpoint for that port: a URL without a slash at the end.
    pub fn endpoint(&self, port: u16) -> String {
        self.config.endpoint(port)
    }

    /// The connection string for that port, in the one form that every SDK takes.
    pub fn connection_string(&self, port: u16) -> String {
        ConnectionString::format(&self.endpoint(port), &self.core.access_keys.get(AccessSlot::Primary))
    }

    /// The secret with which applications get tokens from the Entra side.
    pub fn client_secret(&self) -> String {
        self.core.access_keys.client_secret()
    }

    /// What the managed identity endpoint wants in `X-IDENTITY-HEADER`.
    pub fn identity_header(&self) -> String {
        self.core.access_keys.identity_header()
    }
}

/// Refuses a clock that neither certificates nor tokens can name: before 1970, or so late that the authority's certificate,
/// which is made for ten years, would end after the year 9999.
fn check_clock(now: SystemTime) -> Result<(), Error> {
    const LATEST: u64 = 253_000_000_000;
    match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) if since.as_secs() < LATEST => Ok(()),
        _ => Err(Error::Clock),
    }
}

/// Serves connections until `shutdown` resolves, then lets those that are open end, and writes what is queued.
pub async fn run(listeners: Vec<TcpListener>, emulator: Emulator, shutdown: impl Future<Output = ()>) {
    let port = listeners.first().and_then(|listener| listener.local_addr().ok()).map_or(0, |address| address.port());
    let base = emulator.config.endpoint(port);
    let edge = Arc::new(Edge::new(Arc::clone(&emulator.core), emulator.config, Arc::clone(&emulator.pki), base));
    let tls = TlsAcceptor::from(emulator.tls);
    let (stop, stopped) = watch::channel(false);
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    for listener in listeners {
        tokio::spawn(accept(listener, Arc::clone(&edge), tls.clone(), Arc::clone(&permits), stopped.clone()));
    }
    tokio::spawn(certificates::keep_up(emulator.pki, Arc::clone(&emulator.core), stopped));
    shutdown.await;
    let _ = stop.send(true);
    // Every task that serves holds a receiver; when the last one is gone, all is said.
    let _ = timeout(GRACE, stop.closed()).await;
    emulator.core.close();
}

async fn accept(
    listener: TcpListener,
    edge: Arc<Edge>,
    tls: TlsAcceptor,
    permits: Arc<Semaphore>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let (edge, tls, stopped) = (Arc::clone(&edge), tls.clone(), stopped.clone());
                tokio::spawn(async move {
                    serve(stream, edge, tls, stopped).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: others must end first.
                crate::log::warn(&format!("a connection was not accepted: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, edge: Arc<Edge>, tls: TlsAcceptor, stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let mut waiting = stopped.clone();
    let peeked = tokio::select! {
        peeked = timeout(FIRST_BYTE_TIMEOUT, stream.peek(&mut first)) => peeked,
        _ = waiting.changed() => return,
    };
    if !matches!(peeked, Ok(Ok(1))) {
        return;
    }
    let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else { return };
    if first[0] != TLS_HANDSHAKE {
        return serve_http(stream, Connection::new(peer, local, false), edge, stopped).await;
    }
    if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
        serve_http(stream, Connection::new(peer, local, true), edge, stopped).await;
    }
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: Connection,
    edge: Arc<Edge>,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = Arc::new(connection);
    let stream = Watched::new(stream, Arc::clone(&connection));
    let service = service_fn(move |request| {
        let (edge, connection) = (Arc::clone(&edge), Arc::clone(&connection));
        async move {
            // Ending the connection is all that can be done for a request that does not come to its end.
            timeout(REQUEST_TIMEOUT, edge.handle(request, connection)).await.unwrap_or(Err(Dropped))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_nothing_can_name_is_refused() {
        let (epoch, second) = (SystemTime::UNIX_EPOCH, Duration::from_secs(1));
        assert!(check_clock(epoch).is_ok() && check_clock(SystemTime::now()).is_ok());
        assert!(matches!(check_clock(epoch - second), Err(Error::Clock)));
        // In the year 9999, and after it.
        assert!(matches!(check_clock(epoch + Duration::from_secs(253_400_000_000)), Err(Error::Clock)));
        assert!(matches!(check_clock(epoch + Duration::from_secs(300_000_000_000)), Err(Error::Clock)));
    }
}
