//! The stream of a connection: TCP or a Unix socket, with TLS or without.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::client;

use super::binding;
use crate::system::LocalStream;

pub(super) enum Stream {
    Tcp(Plain),
    Local(LocalStream),
    Tls(Box<client::TlsStream<TcpStream>>),
}

/// TCP without TLS. Nothing has shown yet that a PostgreSQL server is at the other end.
pub(super) struct Plain {
    stream: TcpStream,
    /// Whether the first byte of the answer was that of a message of PostgreSQL.
    is_checked: bool,
}

/// The kinds of the first message of a server: authentication, an error, a notice, or another version of the protocol.
const FIRST: &[u8] = b"RENv";

/// The error for an answer that does not begin like one of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotPostgres;

impl std::fmt::Display for NotPostgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer is not one of PostgreSQL")
    }
}

impl std::error::Error for NotPostgres {}

impl Plain {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, is_checked: false }
    }

    fn read(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        if !self.is_checked
            && let Some(first) = into.filled().get(before)
        {
            self.is_checked = true;
            if !FIRST.contains(first) {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, NotPostgres)));
            }
        }
        read
    }
}

/// Gives tokio-postgres a stream whose TLS is set up already. tokio-postgres reports some failures of TLS only as a
/// text, and knows neither `verify-ca` nor `verify-full`.
pub(super) struct SetUp;

impl TlsConnect<Stream> for SetUp {
    type Stream = Stream;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Stream, Self::Error>>;

    fn connect(self, stream: Stream) -> Self::Future {
        std::future::ready(Ok(stream))
    }
}

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let Self::Tls(stream) = self else { return ChannelBinding::none() };
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        certificate
            .and_then(|certificate| binding::digest(certificate))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// Calls a function with the pinned stream.
macro_rules! each {
    ($self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Tcp(plain) => {
                let $stream = Pin::new(&mut plain.stream);
                $call
            }
            Stream::Local(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Tls(stream) => {
                let $stream = Pin::new(stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        match stream {
            Self::Tcp(plain) => plain.read(context, into),
            Self::Local(stream) => Pin::new(stream).poll_read(context, into),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(context))
    }
}
