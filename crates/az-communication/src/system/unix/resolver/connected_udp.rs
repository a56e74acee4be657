//! UDP sockets for requests to name servers. hickory's own sockets are not connected. They do not learn that no server
//! listens at the address, so they would wait until the timeout.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hickory_resolver::net::runtime::{DnsUdpSocket, RuntimeProvider, TokioRuntimeProvider, TokioTime};
use tokio::io::{Interest, ReadBuf};
use tokio::net::UdpSocket;

/// Uses tokio's TCP connections and connected UDP sockets.
#[derive(Clone, Default)]
pub(super) struct ConnectedUdp(TokioRuntimeProvider);

impl RuntimeProvider for ConnectedUdp {
    type Handle = <TokioRuntimeProvider as RuntimeProvider>::Handle;
    type Timer = <TokioRuntimeProvider as RuntimeProvider>::Timer;
    type Udp = Socket;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.0.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        from: Option<SocketAddr>,
        timeout: Option<Duration>,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Tcp>>>> {
        self.0.connect_tcp(server, from, timeout)
    }

    fn bind_udp(
        &self,
        from: SocketAddr,
        server: SocketAddr,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Udp>>>> {
        Box::pin(async move {
            let socket = UdpSocket::bind(from).await?;
            socket.connect(server).await?;
            Ok(Socket::new(socket))
        })
    }
}

/// A connected socket. tokio's socket waits only for data, and an error alone does not wake it.
pub(super) struct Socket {
    socket: Arc<UdpSocket>,
    failed: Mutex<Option<Pin<Box<dyn Send + Future<Output = ()>>>>>,
}

impl Socket {
    fn new(socket: UdpSocket) -> Self {
        let socket = Arc::new(socket);
        let watched = Arc::clone(&socket);
        let failed = async move {
            let _ = watched.ready(Interest::ERROR).await;
        };
        Self { socket, failed: Mutex::new(Some(Box::pin(failed))) }
    }

    fn poll_failed(&self, context: &mut Context<'_>) -> Poll<Option<io::Error>> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = failed.as_mut() else { return Poll::Pending };
        ready!(waiting.as_mut().poll(context));
        *failed = None;
        Poll::Ready(self.socket.take_error().ok().flatten())
    }
}

impl DnsUdpSocket for Socket {
    type Time = TokioTime;

    fn poll_recv_from(&self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<(usize, SocketAddr)>> {
        if let Poll::Ready(Some(error)) = self.poll_failed(context) {
            return Poll::Ready(Err(error));
        }
        let mut buffer = ReadBuf::new(buffer);
        let from = ready!(self.socket.poll_recv_from(context, &mut buffer))?;
        Poll::Ready(Ok((buffer.filled().len(), from)))
    }

    fn poll_send_to(&self, context: &mut Context<'_>, bytes: &[u8], to: SocketAddr) -> Poll<io::Result<usize>> {
        self.socket.poll_send_to(context, bytes, to)
    }
}
