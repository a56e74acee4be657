//! The stream of a connection. It reports reads and writes to the connection's watch, and ends when the watch says so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::limits::LINGER_BYTES;
use super::watch::{Stage, Watch};

pub(super) struct Stream {
    tcp: TcpStream,
    watch: Arc<Watch>,
    has_written: bool,
    is_shut: bool,
    /// How many bytes were dropped after the last response.
    dropped: u64,
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, watch: Arc<Watch>) -> Self {
        Self { tcp, watch, has_written: false, is_shut: false, dropped: 0 }
    }

    /// Returns whether anything was sent to the client.
    pub(super) fn has_written(&self) -> bool {
        self.has_written
    }

    fn check(&self) -> io::Result<()> {
        if self.watch.is_cut() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    fn wrote(&mut self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Ready(Ok(_)) => {
                self.has_written = true;
                self.watch.has_written();
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.watch.waits_to_write(),
        }
        result
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.tcp).poll_read(context, buffer);
        if result.is_pending() {
            self.watch.waits_to_read();
        } else {
            self.watch.has_read(buffer.filled().len() - before);
        }
        result
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        let result = Pin::new(&mut self.tcp).poll_write(context, bytes);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        let result = Pin::new(&mut self.tcp).poll_write_vectored(context, parts);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    /// Closes the sending side, then reads and drops the bytes that the client still sends. If the socket were closed
    /// with unread bytes, the system would reset the connection, and a client that is still sending would lose the last
    /// response.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_shut {
            ready!(Pin::new(&mut self.tcp).poll_shutdown(context))?;
            self.is_shut = true;
            if self.watch.retires() {
                return Poll::Ready(Ok(()));
            }
            self.watch.enter(Stage::Closing);
        }
        let mut space = [std::mem::MaybeUninit::uninit(); 8192];
        while self.dropped < LINGER_BYTES {
            let mut buffer = ReadBuf::uninit(&mut space);
            // A connection that is cut or broken is closed immediately.
            if ready!(self.as_mut().poll_read(context, &mut buffer)).is_err() || buffer.filled().is_empty() {
                break;
            }
            self.dropped += buffer.filled().len() as u64;
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Without this, the system would keep trying to send the response to a client that does not take it.
        if self.watch.is_cut() && self.watch.is_stalled() {
            let _ = self.tcp.set_zero_linger();
        }
    }
}
