//! The state of a stream: its connection, its deadline, and the request's progress.

use std::io::{self, ErrorKind};
use std::task::Poll;
use std::time::Instant;

use hyper::rt::ReadBufCursor;

use crate::transport::http::channel::Channel;
use crate::transport::http::reached::Reached;
use crate::transport::http::wait::GraceEnded;

/// The state of a stream.
pub(crate) struct State {
    pub(super) channel: Channel,
    /// The time when the response must be complete.
    pub(super) deadline: Instant,
    /// Whether nothing was written yet. In that case, no data can have arrived.
    pub(super) fresh: bool,
    /// Whether all written data was flushed, as far as the channel permits.
    pub(super) flushed: bool,
    /// The received bytes of a head that is not complete.
    pub(super) received: Vec<u8>,
    /// Whether received bytes are kept, because the head is not complete.
    pub(super) records: bool,
    /// Whether any byte of the response was received.
    pub(super) answered: bool,
    /// Whether missing line breaks after the last chunk are added when the connection ends.
    pub(super) spare_line_breaks: bool,
    /// The bytes that hyper reads again.
    pub(super) replayed: Vec<u8>,
    /// Whether writes of hyper are dropped, because they were sent before.
    pub(super) replaying: bool,
    /// Whether there was no data to read and no wait since then.
    pub(super) drained: bool,
    /// Whether the server has closed the connection.
    pub(super) ended: bool,
    /// The error below HTTP.
    pub(super) failure: Option<io::Error>,
    /// Whether an interrupt moved the deadline.
    pub(super) cut_short: bool,
}

impl State {
    pub(super) fn new(channel: Channel, deadline: Instant) -> Self {
        Self {
            channel,
            deadline,
            fresh: true,
            flushed: false,
            received: Vec::new(),
            records: true,
            answered: false,
            spare_line_breaks: false,
            replayed: Vec::new(),
            replaying: false,
            drained: false,
            ended: false,
            failure: None,
            cut_short: false,
        }
    }

    pub(super) fn time_is_up(&self) -> io::Error {
        if self.cut_short { io::Error::new(ErrorKind::TimedOut, GraceEnded) } else { ErrorKind::TimedOut.into() }
    }

    /// Returns the progress of the request.
    pub(crate) fn reached(&self) -> Reached {
        match self.answered {
            true => Reached::Answered,
            // The server cannot carry out a request if its last bytes were not sent.
            false if self.channel.is_handshaking() || !self.flushed || self.channel.has_unsent() => Reached::No,
            false => Reached::Maybe,
        }
    }

    /// Checks whether the TLS handshake is in progress.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.channel.is_handshaking()
    }

    /// Takes the error below HTTP.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Checks whether the server has closed the connection.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Returns the received bytes of a head that is not complete.
    pub(crate) fn received(&self) -> &[u8] {
        &self.received
    }

    /// Sets the time when the response must be complete.
    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    pub(super) fn receive(&mut self, buffer: &mut ReadBufCursor<'_>) -> io::Result<()> {
        if !self.replayed.is_empty() {
            let count = self.replayed.len().min(buffer.remaining());
            buffer.put_slice(&self.replayed[..count]);
            self.replayed.drain(..count);
            return Ok(());
        }
        // hyper reads on as long as data arrives.
        if Instant::now() >= self.deadline {
            return Err(self.time_is_up());
        }
        let mut records = self.records.then_some(&mut self.received);
        let count = self.channel.receive(buffer.remaining(), &mut |bytes| {
            buffer.put_slice(bytes);
            if let Some(received) = &mut records {
                received.extend_from_slice(bytes);
            }
        })?;
        if count > 0 {
            self.answered = true;
            return Ok(());
        }
        self.ended = true;
        if std::mem::take(&mut self.spare_line_breaks) {
            buffer.put_slice(b"\r\n\r\n");
        }
        Ok(())
    }

    pub(super) fn poll<T>(&mut self, result: io::Result<T>) -> Poll<io::Result<T>> {
        match result {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
            Err(error) if error.kind() == ErrorKind::Interrupted => Poll::Pending,
            Err(error) => {
                let kind = error.kind();
                self.failure.get_or_insert(error);
                Poll::Ready(Err(kind.into()))
            }
            Ok(value) => Poll::Ready(Ok(value)),
        }
    }
}
