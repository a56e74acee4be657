//! A proxy before the server, which a test can stop, cut and silence.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// A proxy. Its connections end with it.
pub(super) struct Proxy {
    runtime: Runtime,
    pub(super) address: SocketAddr,
    server: SocketAddr,
    accepts: Option<JoinHandle<()>>,
    /// Whether nothing is passed on in either direction.
    silent: Arc<AtomicBool>,
}

impl Proxy {
    pub(super) fn to(server: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut proxy =
            Self { runtime, address: "127.0.0.1:0".parse().unwrap(), server, accepts: None, silent: Arc::default() };
        proxy.start();
        proxy
    }

    /// Accepts connections, on the same port as before.
    pub(super) fn start(&mut self) {
        let listener = self.runtime.block_on(listen(self.address));
        self.address = listener.local_addr().unwrap();
        self.silent = Arc::default();
        let (server, silent) = (self.server, Arc::clone(&self.silent));
        self.accepts = Some(self.runtime.spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let silent = Arc::clone(&silent);
                connections.spawn(async move {
                    let Ok(server) = TcpStream::connect(server).await else { return };
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    tokio::join!(pass(from_client, to_server, &silent), pass(from_server, to_client, &silent));
                });
            }
        }));
    }

    /// Ends all connections and refuses further ones.
    pub(super) fn stop(&mut self) {
        if let Some(accepts) = self.accepts.take() {
            accepts.abort();
            let _ = self.runtime.block_on(accepts);
        }
    }

    /// Passes nothing on from now on, without ending a connection.
    pub(super) fn be_silent(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }
}

async fn listen(address: SocketAddr) -> TcpListener {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket.listen(64).unwrap()
}

async fn pass(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, silent: &AtomicBool) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
