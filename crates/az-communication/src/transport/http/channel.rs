//! A connection that never blocks: TCP, or TLS over another connection.

use std::io::{self, BufRead as _, ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;

use rustls::{AlertDescription, ClientConnection, Error};

/// A connection. `write` may only fill a buffer, and `flush` sends the buffer. An operation that would block fails with
/// [`ErrorKind::WouldBlock`].
pub(crate) enum Channel {
    Tcp(TcpStream),
    Tls(Box<Tls>),
}

/// TLS over another connection.
pub(crate) struct Tls {
    session: ClientConnection,
    below: Channel,
}

impl Channel {
    /// Wraps a TCP connection and makes it non-blocking.
    pub(crate) fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::Tcp(stream))
    }

    /// Wraps a connection in TLS. The handshake starts with the first flush.
    pub(crate) fn tls(mut session: ClientConnection, below: Self) -> Self {
        // The buffer takes a whole request. The request then leaves in one write with the end of the handshake.
        session.set_buffer_limit(None);
        Self::Tls(Box::new(Tls { session, below }))
    }

    /// Returns the socket of the innermost connection.
    pub(crate) fn socket(&self) -> &TcpStream {
        match self {
            Self::Tcp(stream) => stream,
            Self::Tls(tls) => tls.below.socket(),
        }
    }

    /// Checks whether a TLS handshake is in progress. If so, the server cannot have received any data of the request.
    pub(crate) fn is_handshaking(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            Self::Tls(tls) => tls.session.is_handshaking() || tls.below.is_handshaking(),
        }
    }

    /// Checks whether a flush would send data.
    pub(crate) fn has_unsent(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            Self::Tls(tls) => tls.session.wants_write() || tls.below.has_unsent(),
        }
    }

    /// Checks whether received data is in a buffer. The socket does not report such data.
    pub(crate) fn has_received(&mut self) -> bool {
        match self {
            Self::Tcp(_) => false,
            Self::Tls(tls) => tls.session.reader().fill_buf().is_ok() || tls.below.has_received(),
        }
    }

    /// Passes at most `limit` received bytes to `take` and returns their number. The number is 0 at the end of the
    /// connection, with or without TLS's `close_notify` alert, because many servers leave it out.
    pub(crate) fn receive(&mut self, limit: usize, take: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => {
                let mut buffer = [0; 4096];
                let length = limit.min(buffer.len());
                let count = stream.read(&mut buffer[..length])?;
                take(&buffer[..count]);
                Ok(count)
            }
            Self::Tls(tls) => tls.receive(limit, take),
        }
    }
}

impl Tls {
    fn receive(&mut self, limit: usize, take: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
        loop {
            let mut reader = self.session.reader();
            match reader.fill_buf() {
                Ok(chunk) => {
                    let count = chunk.len().min(limit);
                    take(&chunk[..count]);
                    reader.consume(count);
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            self.session.read_tls(&mut self.below)?;
            if let Err(error) = self.process() {
                // This sends the alert that tells the server the reason.
                let _ = self.flush();
                return Err(error);
            }
            if self.session.wants_write() {
                match self.flush() {
                    Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                    _ => {}
                }
            }
        }
    }

    /// Processes the received TLS records.
    fn process(&mut self) -> io::Result<()> {
        let Err(mut error) = self.session.process_new_packets() else { return Ok(()) };
        // In TLS 1.2, OpenSSL sends only this alert if the client has no certificate.
        let refused = Error::AlertReceived(AlertDescription::HandshakeFailure);
        if error == refused && self.session.peer_certificates().is_some() {
            error = Error::AlertReceived(AlertDescription::CertificateRequired);
        }
        Err(io::Error::new(ErrorKind::InvalidData, error))
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.session.wants_write() {
            if let Err(error) = self.session.write_tls(&mut self.below) {
                // A server that closes the connection may have sent the reason before.
                if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
                    && self.session.read_tls(&mut self.below).is_ok()
                {
                    self.process()?;
                }
                return Err(error);
            }
        }
        self.below.flush()
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Tls(tls) => {
                let mut at = 0;
                tls.receive(buffer.len(), &mut |bytes| {
                    buffer[at..at + bytes.len()].copy_from_slice(bytes);
                    at += bytes.len();
                })
            }
        }
    }
}

impl Write for Channel {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(buffer),
            Self::Tls(tls) => tls.session.writer().write(buffer),
        }
    }

    /// Joins the records at the end of a handshake and of a request into one write.
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write_vectored(buffers),
            Self::Tls(tls) => tls.session.writer().write_vectored(buffers),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}
